// Parses many texts, in worker threads where that is faster. What comes out is the same with any number of them.
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { PythonParser } from '../python/parse.ts';
import type { FlatTree, PyTree } from '../python/tree.ts';
import { messageOf } from './problem.ts';

/** Below so much text in all, a worker costs more than it saves. */
const WORTH_A_WORKER = 1_500_000;
/** The text of one message to a worker. */
const BATCH = 200_000;
/** Batches that each worker has at hand. */
const AHEAD = 2;

/** How texts are parsed. */
export interface ParseOptions {
  readonly parser: PythonParser;
  /** Threads, this one included. */
  readonly jobs: number;
  /** The program of the workers; without it this thread does everything. */
  readonly worker: string | null;
  /** Called while files are parsed. */
  onProgress?(done: number, total: number): void;
}

/** One text to parse. */
type Job = readonly [path: string, text: string];

/** Parses texts by path; the trees come in the order of the texts. */
export async function parseFiles(
  texts: readonly Job[],
  options: ParseOptions,
): Promise<ReadonlyMap<string, PyTree>> {
  const { parser, onProgress } = options;
  const queue = batches(texts);
  const trees = new Map<string, PyTree>();
  const keep = (path: string, tree: PyTree): void => {
    trees.set(path, tree);
    onProgress?.(trees.size, texts.length);
  };
  const workers = startWorkers(texts, options).map((worker) =>
    feed(worker, queue, (batch, flat) => {
      for (const [index, [path, text]] of batch.entries()) {
        const each = flat[index];
        keep(path, each ? parser.revive(text, each) : parseFile(text, parser));
      }
    }),
  );
  for (let batch = queue.pop(); batch; batch = queue.pop())
    for (const [path, text] of batch) {
      keep(path, parseFile(text, parser));
      if (workers.length > 0) await setImmediate();
    }
  await Promise.all(workers);
  // What a worker that died had left.
  for (const [path, text] of texts) if (!trees.has(path)) keep(path, parseFile(text, parser));
  return new Map(texts.flatMap(([path]): [string, PyTree][] => entry(trees, path)));
}

function entry(trees: ReadonlyMap<string, PyTree>, path: string): [string, PyTree][] {
  const tree = trees.get(path);
  return tree ? [[path, tree]] : [];
}

/** A text that the parser cannot take (expressions nested too deeply for the stack) is a file with a problem, not the end of the run. */
export function parseFile(text: string, parser: PythonParser): PyTree {
  try {
    return parser.parse(text);
  } catch (error) {
    const problem = `cannot be parsed (${messageOf(error)})`;
    return { ...parser.parse(''), text, problems: [{ offset: 0, problem }] };
  }
}

function batches(texts: readonly Job[]): Job[][] {
  const found: Job[][] = [];
  let size = BATCH;
  for (const job of texts) {
    if (size >= BATCH) {
      found.push([]);
      size = 0;
    }
    found.at(-1)?.push(job);
    size += job[1].length;
  }
  return found;
}

function startWorkers(texts: readonly Job[], { jobs, worker }: ParseOptions): readonly Worker[] {
  const size = texts.reduce((sum, [, text]) => sum + text.length, 0);
  const wanted = Math.min(jobs - 1, Math.floor(size / WORTH_A_WORKER));
  if (worker === null || wanted < 1) return [];
  return Array.from({ length: wanted }, () => new Worker(worker));
}

/** Hands batches of the queue to a worker until the queue is empty; a worker that fails leaves its batches undone. */
async function feed(
  worker: Worker,
  queue: Job[][],
  done: (batch: readonly Job[], flat: readonly (FlatTree | null)[]) => void,
): Promise<void> {
  const sent: Job[][] = [];
  const send = (): void => {
    const batch = queue.shift();
    if (!batch) return;
    sent.push(batch);
    worker.postMessage(
      batch.map(([, text]) => text),
      [],
    );
  };
  await new Promise<void>((resolve) => {
    worker.on('message', (flat: readonly (FlatTree | null)[]) => {
      const batch = sent.shift() ?? [];
      send();
      done(batch, flat);
      if (sent.length === 0) resolve();
    });
    worker.on('error', () => resolve());
    worker.on('exit', () => resolve());
    for (let each = 0; each < AHEAD; each++) send();
    if (sent.length === 0) resolve();
  });
  await worker.terminate();
}
