// Writes a revision of the user's repository to a temporary folder. The repository, its index and its work tree stay as they are.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, messageOf, UserError } from '../engine/problem.ts';

/** A revision on disk. */
export interface Checkout {
  /** The folder that stands for the current directory. */
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/**
 * Checks a revision out. `copies` are paths below the current directory that git does not track and that the revision needs as well, such as
 * a generated `_version.py`.
 */
export async function checkout(
  cwd: string,
  revision: string,
  copies: readonly string[],
): Promise<Checkout> {
  const prefix = (await ask(cwd, ['rev-parse', '--show-prefix'])).replace(/\/$/, '');
  const commit = await commitOf(cwd, revision);
  const top = await realpath(await mkdtemp(join(tmpdir(), 'sqla-migrate-verify-')));
  const remove = (): Promise<void> => rm(top, { recursive: true, force: true });
  try {
    const tree = join(top, 'tree');
    const index = { GIT_INDEX_FILE: join(top, 'index') };
    const root = await ask(cwd, ['rev-parse', '--show-toplevel']);
    await ask(root, ['read-tree', commit], index);
    await ask(root, ['checkout-index', '--all', '--force', `--prefix=${tree}/`], index);
    const path = join(tree, prefix);
    await mkdir(path, { recursive: true });
    for (const copy of copies) await copyInto(cwd, path, copy);
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function copyInto(from: string, to: string, copy: string): Promise<void> {
  const source = join(from, copy);
  if (!existsSync(source)) throw new UserError(`--copy ${copy}: there is no such file or folder`);
  await mkdir(dirname(join(to, copy)), { recursive: true });
  await cp(source, join(to, copy), { recursive: true });
}

async function commitOf(cwd: string, revision: string): Promise<string> {
  try {
    return await ask(cwd, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`--before ${revision}: git knows no such revision`, { cause: error });
  }
}

async function ask(
  cwd: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const run = promisify(execFile);
  try {
    const { stdout } = await run('git', [...words], {
      cwd,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', ...env },
      maxBuffer: 1 << 28,
    });
    return stdout.trimEnd();
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new UserError('git was not found: verify reads the state before from it', {
        cause: error,
      });
    if (messageOf(error).includes('not a git repository'))
      throw new UserError(
        `${cwd} is not in a git repository: verify reads the state before from a revision of git`,
        { cause: error },
      );
    throw error;
  }
}
