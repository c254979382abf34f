// The program of a worker: parses the texts that it is sent. It knows no paths and keeps nothing.
import { parentPort } from 'node:worker_threads';
import { createParser } from '../python/parse.ts';
import type { FlatTree } from '../python/tree.ts';
import { parserFiles } from './parser-files.ts';

const parser = await createParser(parserFiles());

/** `null` for a text that the parser cannot take: the main thread says why. */
function flatten(text: string): FlatTree | null {
  try {
    return parser.flatten(text);
  } catch {
    return null;
  }
}

parentPort?.on('message', (texts: readonly string[]) => {
  const flat = texts.map(flatten);
  const buffers = flat.flatMap((each) =>
    each ? Object.values(each.columns).map((column) => column.buffer) : [],
  );
  parentPort?.postMessage(flat, buffers);
});
