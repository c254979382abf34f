// The normaliser of the conformance run: it forgives labels of columns, and nothing else.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runCommand } from './oracle/command.ts';

const python = process.env['SQLA_ORACLE_PYTHON'] ?? 'python3';
const hasPython = (await runCommand(python, ['--version'])).code === 0;
const folder = fileURLToPath(new URL('../conformance', import.meta.url));

async function isSame(one: string, other: string): Promise<boolean> {
  const code =
    'import sys; sys.path.insert(0, sys.argv[1]); from labels import same_but_labels; print(same_but_labels(*sys.argv[2:]))';
  const { stdout } = await runCommand(python, ['-c', code, folder, one, other]);
  return stdout.trim() === 'True';
}

const LEGACY =
  'SELECT a.x_id AS a_x_id FROM (SELECT x.id AS x_id, x.n AS x_n FROM x ORDER BY x_n) AS a WHERE a.x_n = :n_1';
const UNION = 'SELECT x.id AS x_id FROM x UNION SELECT y.id AS y_id FROM y ORDER BY x_id';

describe.runIf(hasPython)('SQL that differs in labels only', () => {
  test.each([
    ['SELECT x.id AS x_id FROM x', 'SELECT x.id FROM x'],
    [LEGACY, 'SELECT a.id FROM (SELECT x.id, x.n FROM x ORDER BY n) AS a WHERE a.n = :n_2'],
    [UNION, 'SELECT x.id FROM x UNION SELECT y.id FROM y ORDER BY id'],
    [
      'WITH c AS (SELECT x.id AS x_id FROM x) SELECT c.x_id AS c_x_id FROM c',
      'WITH c AS (SELECT x.id FROM x) SELECT c.id FROM c',
    ],
    [
      'SELECT a.x_id AS a_x_id FROM ((SELECT x.id AS x_id FROM x ORDER BY x.n) UNION SELECT y.id AS y_id FROM y) AS a',
      'SELECT a.x_id AS a_x_id FROM ((SELECT x.id AS x_id FROM x ORDER BY x.n) UNION SELECT y.id AS id FROM y) AS a',
    ],
    ['SELECT x.id AS x_id, y.id AS y_id FROM x, y', 'SELECT x.id, y.id AS id_1 FROM x, y'],
    [
      'SELECT DISTINCT ON (x.n) x.id AS x_id, CAST(x.n AS INTEGER) AS x_n FROM x',
      'SELECT DISTINCT ON (x.n) x.id, CAST(x.n AS INTEGER) AS n FROM x',
    ],
    [
      'SELECT x.id AS x_id, count(x.n) AS total FROM x ORDER BY total',
      'SELECT x.id, count(x.n) AS total FROM x ORDER BY total',
    ],
    [
      'SELECT x.id AS x_id FROM x WHERE x.t IN (__[POSTCOMPILE_t_1])',
      'SELECT x.id FROM x WHERE x.t IN (__[POSTCOMPILE_t_3])',
    ],
  ])('%s', async (one, other) => {
    expect(await isSame(one, other)).toBe(true);
  });
});

describe.runIf(hasPython)('SQL that differs otherwise', () => {
  test.each([
    ['SELECT x.id AS x_id FROM x', 'SELECT DISTINCT x.id FROM x'],
    ['SELECT x.id AS x_id, x.n AS x_n FROM x', 'SELECT x.n, x.id FROM x'],
    ['SELECT x.id AS x_id FROM x', 'SELECT x.id, x.n FROM x'],
    [LEGACY, 'SELECT a.id FROM (SELECT x.id, x.n FROM x ORDER BY n) AS a WHERE a.id = :n_2'],
    [LEGACY, 'SELECT a.id FROM (SELECT x.id, x.n FROM x ORDER BY id) AS a WHERE a.n = :n_2'],
    ['SELECT x.id AS own FROM x', 'SELECT x.id FROM x'],
    ['SELECT 1 + x.id AS x_id FROM x', 'SELECT 1 + x.id AS id FROM x'],
    ['SELECT x.id AS own FROM x', 'SELECT x.id AS other FROM x'],
    ['SELECT count(x.id) AS total FROM x', 'SELECT count(x.id) AS count_1 FROM x'],
    ['SELECT x.id AS y_id FROM x', 'SELECT x.id FROM x'],
    ['SELECT x.id AS x_id FROM x JOIN y', 'SELECT x.id FROM x LEFT OUTER JOIN y'],
    [
      'SELECT x.id AS x_id FROM x WHERE x.a = :i_1 AND x.b = :i_2',
      'SELECT x.id FROM x WHERE x.a = :i_2 AND x.b = :i_2',
    ],
    ['SELECT x.id AS x_id FROM x', "SELECT x.id FROM x WHERE x.n = 'a'"],
  ])('%s is not %s', async (one, other) => {
    expect(await isSame(one, other)).toBe(false);
  });
});
