// The application of the README as a whole: migrated by default it prints on 2.0 and 2.1 what it printed on 1.4, and a second run changes nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fg from 'fast-glob';
import { describe, expect, test } from 'vitest';
import { migrate } from './fixtures/migrate.ts';
import { oracleMode, prepareEnvironments } from './oracle/environments.ts';
import type { Version } from './oracle/environments.ts';
import { runPrograms } from './oracle/run.ts';
import { skipLine } from './oracle/summary.ts';

const folder = fileURLToPath(new URL('../examples/bookshop', import.meta.url));
const preparation = await prepareEnvironments(oracleMode());
const reason = preparation.kind === 'skipped' ? preparation.reason : '';

const START = 'import runpy\n\nrunpy.run_module("bookshop", run_name="__main__")\n';

async function outputOn(version: Version, files: ReadonlyMap<string, string>): Promise<string> {
  const environment =
    preparation.kind === 'ready' ? preparation.environments.get(version) : undefined;
  if (!environment) throw new Error(`there is no SQLAlchemy ${version}`);
  const id = `bookshop on ${version}`;
  const sources = { ...Object.fromEntries(files), 'main.py': START };
  const outcome = (await runPrograms(environment, [{ id, files: sources, main: 'main.py' }])).get(
    id,
  );
  expect([outcome?.problem, outcome?.exception]).toEqual([undefined, null]);
  return outcome?.output ?? '';
}

describe.skipIf(reason !== '')(reason === '' ? 'the bookshop' : skipLine(reason, 1), async () => {
  const paths = fg.sync('bookshop/**/*.py', { cwd: folder }).toSorted();
  const before = new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
  const expected = readFileSync(join(folder, 'expected.txt'), 'utf8');
  const { files: after, problems } = await migrate(before, {});

  test('was recorded on 1.4', async () => {
    expect(await outputOn('1.4', before)).toBe(expected);
  }, 60_000);

  test.each(['2.0', '2.1'] as const)(
    'prints the same on %s after the default run',
    async (version) => {
      expect(problems).toEqual([]);
      expect(await outputOn(version, after)).toBe(expected);
    },
    60_000,
  );

  test('is left alone by a second run', async () => {
    expect((await migrate(after, {})).files).toEqual(after);
  });
});
