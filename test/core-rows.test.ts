// Every row of the catalog about imports, Core, engines, results, sessions and 2.1 is shown by programs: what is legacy in them, what they become, what is reported.
import { beforeAll, describe, expect, test } from 'vitest';
import { transforms } from '../src/transforms/index.ts';
import groups from './catalog/rows.json' with { type: 'json' };
import shown from './catalog/core-rows.json' with { type: 'json' };
import newer from './catalog/core-since.json' with { type: 'json' };
import { MAIN, readCases, type Case } from './fixtures/cases.ts';
import { oracleMode, prepareEnvironments, type Version } from './oracle/environments.ts';
import { describeFailure } from './oracle/judge.ts';
import { runPrograms, type Outcome } from './oracle/run.ts';

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

/** Why no program on 1.3.24 shows a row: what it is about came later, or changes only in 2.1. */
type Newer = { readonly program: readonly string[] } & (
  | { readonly since: string; readonly error: string }
  | { readonly changes: string }
);

const rows = [
  ...Object.keys(groups['Imports and moved / removed names']),
  ...Object.keys(groups['Core: select, DML, expressions, schema']),
  ...Object.keys(groups['Engine, Connection, transactions, URL']),
  ...Object.keys(groups['Result and Row']),
  ...Object.keys(groups['Session API']),
  ...Object.keys(groups['2.1 target: remaining changes']),
];
const table = new Map<string, readonly Shown[]>(Object.entries<readonly Shown[]>(shown));
const later = new Map<string, Newer>(Object.entries<Newer>(newer));
const cases = new Map(readCases().map((entry) => [entry.name, entry]));
const members = transforms.flatMap(({ id, rows: own, family }) => [
  { id, rows: own },
  ...(family ?? []),
]);

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
});

/** The versions of the programs that show a row. */
function versionsOf(row: string): ReadonlySet<string> {
  const names = (table.get(row) ?? []).map((entry) => entry.case);
  return new Set(names.map((name) => cases.get(name)?.expected.before ?? ''));
}

describe('every row is shown on the oldest version on which its form works', () => {
  const changed = new Set(Object.keys(groups['2.1 target: remaining changes']));

  test.each(rows)('%s', (row) => {
    const versions = versionsOf(row);
    const entry = later.get(row);
    if (entry === undefined)
      expect(versions.has('1.3.24') || (changed.has(row) && versions.has('2.0'))).toBe(true);
    else if ('since' in entry)
      expect([...versions]).toContain(entry.since === '1.4' ? '1.4.54' : '2.0');
    else expect([...versions]).toContain('2.0');
    // A program on an older version makes the reason stale.
    if (entry !== undefined) expect([...versions]).not.toContain('1.3.24');
  });

  test('only rows have reasons', () => {
    expect([...later.keys()].filter((row) => !rows.includes(row))).toEqual([]);
  });
});

const preparation = await prepareEnvironments(oracleMode());

describe.skipIf(preparation.kind === 'skipped')('the reasons hold', () => {
  const programs = [...later].map(([id, { program }]) => ({
    id,
    files: { [MAIN]: `${program.join('\n')}\n` },
    main: MAIN,
  }));
  const seen = new Map<Version, ReadonlyMap<string, Outcome>>();

  beforeAll(async () => {
    if (preparation.kind !== 'ready') return;
    for (const [version, environment] of preparation.environments)
      seen.set(version, await runPrograms(environment, programs));
  }, 120_000);

  const failureOn = (version: Version, row: string): string | null => {
    const outcome = seen.get(version)?.get(row);
    return outcome === undefined ? 'it was not run' : describeFailure(outcome);
  };

  test.each([...later])('%s', (row, entry) => {
    if ('since' in entry) {
      const first = entry.since === '1.4' ? '1.4' : '2.0';
      const last = first === '1.4' ? '1.3' : '1.4';
      expect(failureOn(last, row)?.replace(/^sqlalchemy\.exc\./, '')).toContain(entry.error);
      expect(failureOn(first, row)).toBeNull();
      return;
    }
    expect(failureOn('2.0', row)).toBeNull();
    const [old, now] = [seen.get('2.0')?.get(row), seen.get('2.1')?.get(row)];
    expect(failureOn('2.1', row) !== null || now?.output !== old?.output).toBe(true);
  });
});
