// Every row of the catalog about imports, Core, engines, results, sessions and 2.1 is shown by programs: what is legacy in them, what they become, what is reported.
import { describe, expect, test } from 'vitest';
import { transforms } from '../src/transforms/index.ts';
import groups from './catalog/rows.json' with { type: 'json' };
import shown from './catalog/core-rows.json' with { type: 'json' };
import { readCases, type Case } from './fixtures/cases.ts';

/** A program that shows a row. */
interface Shown {
  readonly case: string;
  /** The form that it shows. */
  readonly shows: string;
  /** The line that holds it, without indentation; without `after` and `finding` it is gone after the migration. */
  readonly before: string;
  /** A line that stands there instead. */
  readonly after?: string;
  /** The rule that reports the line, or what it does with it. */
  readonly finding?: string;
}

const rows = [
  ...Object.keys(groups['Imports and moved / removed names']),
  ...Object.keys(groups['Core: select, DML, expressions, schema']),
  ...Object.keys(groups['Engine, Connection, transactions, URL']),
  ...Object.keys(groups['Result and Row']),
  ...Object.keys(groups['Session API']),
  ...Object.keys(groups['2.1 target: remaining changes']),
];
const table = new Map<string, readonly Shown[]>(Object.entries<readonly Shown[]>(shown));
const cases = new Map(readCases().map((entry) => [entry.name, entry]));
const members = transforms.flatMap(({ id, rows: own, family }) => [
  { id, rows: own },
  ...(family ?? []),
]);

/** Rows about what is committed and when: only another connection tells. */
const TRANSACTIONS = [
  'autocommit-option',
  'conn-autocommit',
  'conn-begin-after-execute',
  'conn-begin-nested-call',
  'conn-begin-nested-root',
  'conn-branch',
  'engine-execute-unknown',
  'engine-execute-write',
  'engine-run-callable',
  'engine-transaction',
  'session-autocommit',
  'session-begin-after-use',
  'session-join-mode',
  'session-nested-commit',
  'session-subtransactions',
  'session-transaction-attr',
  'text-bindparams',
];

function linesOf(sources: Case['before']): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...sources].map(([path, text]) => [path, text.split('\n').map((line) => line.trim())]),
  );
}

function hasLine(sources: Case['before'], wanted: string): boolean {
  return [...linesOf(sources).values()].some((lines) => lines.includes(wanted));
}

/** Whether a finding of the rule stands in the statement of the line: a statement may begin some lines above. */
function isReported({ before, expected }: Case, { before: wanted, finding }: Shown): boolean {
  const places = [...linesOf(before)].flatMap(([path, lines]) =>
    lines.flatMap((line, index) => (line === wanted ? [{ path, line: index + 1 }] : [])),
  );
  return (expected.findings ?? []).some(
    ({ rule, path, line }) =>
      rule === finding &&
      places.some(
        (place) => (path === undefined || path === place.path) && Math.abs(place.line - line) <= 3,
      ),
  );
}

/** Whether the program writes to a database that another connection of its own reads. */
function isObserved({ before, expected }: Case): boolean {
  const text = [...before.values()].join('');
  const isShared = expected.server !== undefined || /sqlite:\/\/\/["'{]/.test(text);
  const connections = text.match(/\.(connect|begin)\(\)|sqlite3\.connect\(|create_engine\(/g) ?? [];
  return isShared && connections.length > 1;
}

test('every row is shown, and no other', () => {
  expect([...table.keys()]).toEqual(rows);
  expect(rows).toHaveLength(207);
});

describe.each(rows)('%s', (row) => {
  const entries = table.get(row) ?? [];
  test.each(entries)('$case: $shows', (entry) => {
    const found = cases.get(entry.case);
    if (!found) return expect.fail(`${entry.case} is no fixture`);
    const { before, after, expected } = found;
    expect(hasLine(before, entry.before), entry.before).toBe(true);
    if (entry.after !== undefined) expect(hasLine(after, entry.after), entry.after).toBe(true);
    else if (entry.finding === undefined) expect(hasLine(after, entry.before)).toBe(false);
    if (entry.finding !== undefined) expect(isReported(found, entry), entry.finding).toBe(true);
    if (expected.before === 'static') expect(expected.reason).toMatch(/\w/);
  });
  test('it is shown by a program that runs, in a case of a rule that claims it', () => {
    const claiming = new Set(members.filter((each) => each.rows.includes(row)).map(({ id }) => id));
    const running = entries.filter(
      ({ case: name }) => cases.get(name)?.expected.before !== 'static',
    );
    expect(running).not.toEqual([]);
    const reported = entries.flatMap(({ finding }) => finding ?? []);
    expect(reported.filter((rule) => !claiming.has(rule))).toEqual([]);
    // Where nothing changes, the finding is all there is to prove.
    for (const entry of entries)
      if (entry.after === entry.before) expect(entry.finding, entry.case).toBeDefined();
  });
  test.runIf(TRANSACTIONS.includes(row))('another connection tells what was committed', () => {
    const observed = entries.filter(({ case: name }) => {
      const found = cases.get(name);
      return found !== undefined && isObserved(found);
    });
    expect(observed).not.toEqual([]);
  });
});
