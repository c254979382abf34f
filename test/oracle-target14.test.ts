// The judge of what is migrated to 1.4, and the finding of servers: each must say what is wrong, and what is stale.
import { expect, test } from 'vitest';
import type { Expectation } from './fixtures/expectation.ts';
import { NEW_EXPECTATION, parseExpectation } from './fixtures/expectation.ts';
import type { Outcome } from './oracle/run.ts';
import { startServer } from './oracle/servers.ts';
import type { Observation14 } from './oracle/target14.ts';
import { judgeOn14, judgeOn20 } from './oracle/target14.ts';

const OUTCOME: Outcome = {
  id: '',
  output: 'a\n',
  exception: null,
  statements: 0,
  legacy: {},
  seen: [],
  shape: { tables: [], mappers: [] },
};
const OBSERVED: Observation14 = {
  files: new Map(),
  findings: [{ rule: 'conn-autocommit', line: 5, status: 'manual' }],
  problems: [],
  before: OUTCOME,
  on14: OUTCOME,
  on20: OUTCOME,
};
const WARNED = { ...OBSERVED, on14: { ...OUTCOME, legacy: { 'Removed: is old': 'main.py:5' } } };
const EXPECTED: Expectation = { ...NEW_EXPECTATION, output: 'a\n' };

function keeping(rule: string): Expectation {
  const warnings = [{ use: 'Removed: is', rule, reason: 'a person decides' }];
  return { ...EXPECTED, target14: { warnings } };
}

test('a warning that nobody expects is a problem, with its place', () => {
  expect(judgeOn14(EXPECTED, OBSERVED)).toEqual([]);
  expect(judgeOn14(EXPECTED, WARNED)).toEqual([
    'migrated to 1.4 it warns at main.py:5: Removed: is old',
  ]);
});

test('a kept warning must be there, and be reported', () => {
  expect(judgeOn14(keeping('conn-autocommit'), WARNED)).toEqual([]);
  expect(judgeOn14(keeping('query-all'), WARNED)).toEqual([
    'query-all does not report: Removed: is',
  ]);
  expect(judgeOn14(keeping('conn-autocommit'), OBSERVED)).toEqual([
    'stale entry of "target14.warnings": Removed: is',
  ]);
});

test('what 1.4 or 2.0 does otherwise is a problem', () => {
  const other = { ...OUTCOME, output: 'b\n' };
  expect(judgeOn14(EXPECTED, { ...OBSERVED, on14: other }).join()).toContain('-a\n+b');
  expect(judgeOn20(EXPECTED, { ...OBSERVED, on20: other }).join()).toContain('-a\n+b');
  const tables = [{ table: 't' }];
  const on14 = { ...OUTCOME, shape: { tables, mappers: [] } };
  expect(judgeOn14(EXPECTED, { ...OBSERVED, on14 })).toEqual(['tables or mappers differ on 1.4']);
});

test('a reason for other tables on 1.4 speaks of 1.4 alone, and goes stale', () => {
  const on14 = { ...OUTCOME, shape: { tables: [{ table: 't' }], mappers: [] } };
  const differing = { ...OBSERVED, on14 };
  const reason = 'the constraint of 1.3 is asked for again';
  expect(judgeOn14({ ...EXPECTED, shapeDiffers: reason }, differing)).toEqual([
    'tables or mappers differ on 1.4',
  ]);
  const expected = { ...EXPECTED, target14: { shapeDiffers: reason } };
  expect(judgeOn14(expected, differing)).toEqual([]);
  expect(judgeOn14(expected, OBSERVED)).toEqual([
    '"target14.shapeDiffers" is stale: tables and mappers are equal on 1.4',
  ]);
});

test('a reason for a failure on 2.0 that does not fail is stale', () => {
  const expected = { ...EXPECTED, target14: { fails: 'no commit()' } };
  const broken = { ...OUTCOME, exception: { type: 'E', message: 'm', frames: [] } };
  expect(judgeOn20(expected, { ...OBSERVED, on20: broken })).toEqual([]);
  expect(judgeOn20(expected, OBSERVED)).toEqual([
    '"target14.fails" is stale: the program does the same on 2.0',
  ]);
});

test('expectations name known servers, and give reasons', () => {
  expect(() => parseExpectation('{"server": "postgres"}', 'a.json')).toThrow(
    'a.json: "server" is "postgres", which is none of mysql, postgresql',
  );
  expect(() =>
    parseExpectation('{"target14": {"warnings": [{"use": "x", "reason": ""}]}}', 'a.json'),
  ).toThrow('a.json: every entry of "warnings" needs a "reason"');
});

test('a server that is not installed is named', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    const started = await startServer('mysql', ['/nowhere']);
    expect(started).toEqual({
      kind: 'mysql',
      missing: 'mariadb-install-db, mariadbd, mariadb-admin not found',
    });
  } finally {
    process.env['PATH'] = path;
  }
});
