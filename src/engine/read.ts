// Reads and decodes files with bounded concurrency. It decides nothing about their content.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, type Encoding } from './decode.ts';
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

async function readOne(file: string): ReturnType<typeof decode> {
  try {
    return await decode(await readFile(file));
  } catch (error) {
    return { problem: `cannot be read (${codeOf(error) ?? messageOf(error)})`, line: null };
  }
}
