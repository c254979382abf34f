import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadLayers } from '../../src/engine/load-layers.ts';
import { parseFiles } from '../../src/engine/parse-files.ts';
import type { PyTree } from '../../src/python/tree.ts';

const { parser } = await loadLayers();
const worker = fileURLToPath(new URL('../../dist/parse-worker.js', import.meta.url));

const FUNCTION = `def total(rows, *, factor=1):
    """${'Adds up. '.repeat(500)}"""
    result = [*rows.values()]
    for row in rows:
        result.append(row.price * factor)  # é
    return sum(result)


`;
const texts: readonly [string, string][] = [
  ...Array.from({ length: 40 }, (_, index): [string, string] => [
    `app/m${String(index).padStart(2, '0')}.py`,
    `NUMBER = ${index}\n${FUNCTION.repeat(18)}`,
  ]),
  ['app/deep.py', `x = ${'('.repeat(4000)}1${')'.repeat(4000)}\n`],
  ['app/old.py', 'print "old"\n'],
  ['app/empty.py', ''],
];

function flat(trees: ReadonlyMap<string, PyTree>): readonly unknown[] {
  return [...trees].map(([path, { root, text, problems }]) => {
    const { kind, field, start, end, parent, after } = root.table;
    return [path, text.length, problems, [kind, field, start, end, parent, after].map(String)];
  });
}

describe('parsing in worker threads', () => {
  let folder = '';
  let alone: readonly unknown[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sqla-migrate-workers-'));
    alone = flat(await parseFiles(texts, { parser, jobs: 1, worker }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A worker that leaves a file behind for each message that it answers, so that its work can be seen. */
  function witnessed(): string {
    const program = join(folder, 'witness.mjs');
    writeFileSync(
      program,
      `import { appendFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
await import(${JSON.stringify(`file://${worker}`)});
parentPort.on('message', (texts) => appendFileSync(${JSON.stringify(join(folder, 'seen'))}, texts.length + '\\n'));
`,
    );
    return program;
  }

  test('the bundle has the program of the workers', () => {
    expect(existsSync(worker)).toBe(true);
    expect(alone).toHaveLength(texts.length);
  });

  test.each([2, 4])('%i threads give the same trees in the same order', async (jobs) => {
    rmSync(join(folder, 'seen'), { force: true });
    const trees = await parseFiles(texts, { parser, jobs, worker: witnessed() });
    expect(flat(trees)).toEqual(alone);
    expect(existsSync(join(folder, 'seen'))).toBe(true);
  });

  test.each(['process.exit(3);\n', 'throw new Error("no");\n'])(
    'a worker that dies leaves its files to this thread: %s',
    async (code) => {
      const program = join(folder, 'dying.mjs');
      writeFileSync(program, code);
      expect(flat(await parseFiles(texts, { parser, jobs: 2, worker: program }))).toEqual(alone);
    },
  );
});
