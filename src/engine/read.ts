// Reads and decodes files. It decides nothing about their content.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, type Decoded, type Encoding } from './decode.ts';
import { codeOf, messageOf } from './problem.ts';
import type { Unprocessed } from './report.ts';

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
  for (const path of paths) {
    const each = await readOne(join(root, path));
    if (!each) continue;
    if (each.problem === null) {
      texts.set(path, each.text);
      encodings.set(path, each.encoding);
    } else unreadable.push({ path, line: each.line, problem: each.problem });
  }
  return { texts, encodings, unreadable };
}

async function readOne(file: string): Promise<Decoded | null> {
  try {
    // Source files are small: waiting for each costs less than keeping many requests in flight.
    const bytes = readFileSync(file);
    const decoded = await decode(bytes);
    // What cannot be decoded is worth telling only where it could have mattered.
    return decoded.problem === null || bytes.includes('sqlalchemy') ? decoded : null;
  } catch (error) {
    return { problem: `cannot be read (${codeOf(error) ?? messageOf(error)})`, line: null };
  }
}
