// Writes rewritten files, each atomically, and only if none changed since it was read. It computes no text.
import { constants } from 'node:fs';
import { access, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { encode, type Encoding } from './decode.ts';
import { codeOf, messageOf, UserError } from './problem.ts';

/** A file to be written. */
export interface PendingWrite {
  /** Path relative to the root. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly encoding: Encoding;
}

interface Ready {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** Writes all files or, when one of them cannot be written safely, none. */
export async function writeFiles(root: string, writes: readonly PendingWrite[]): Promise<void> {
  const ready: Ready[] = [];
  for (const write of writes) ready.push(await prepare(root, write));
  for (const each of ready) await writeAtomically(each);
}

async function prepare(root: string, write: PendingWrite): Promise<Ready> {
  const { path, before, after, encoding } = write;
  const file = join(root, path);
  try {
    const bytes = await encode(after, encoding);
    const expected = await encode(before, encoding);
    const current = await readFile(file);
    if (!current.equals(expected))
      throw new UserError(
        `${path} changed on disk while sqla-migrate was running; nothing was written. Run it again.`,
      );
    await access(file, constants.W_OK);
    await access(dirname(file), constants.W_OK);
    return { file, bytes, mode: (await stat(file)).mode };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${path} cannot be written (${codeOf(error) ?? messageOf(error)}); nothing was written.`,
    );
  }
}

async function writeAtomically({ file, bytes, mode }: Ready): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.sqla-migrate-${process.pid}`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.chmod(mode & 0o7777);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
