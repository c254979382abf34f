// Every row of the catalog about models and relationships is shown by programs that the oracle runs: what is legacy in them, what they become, which hazard they hold.
import { describe, expect, test } from 'vitest';
import groups from './catalog/rows.json' with { type: 'json' };
import shown from './catalog/model-rows.json' with { type: 'json' };
import { MAIN, readCases, type Case } from './fixtures/cases.ts';

/** A program that shows a row. */
interface Shown {
  readonly case: string;
  /** The form or the hazard that it shows. */
  readonly shows: string;
  /** A line of the program before and after the migration, without indentation. */
  readonly before?: string;
  readonly after?: string;
  /** The rule that reports it, on the line of `before` if there is one. */
  readonly finding?: string;
}

const rows = [
  ...Object.keys(groups['Declarative and mapping']),
  ...Object.keys(groups['Relationships and loader options']),
];
const cases = new Map(readCases().map((entry) => [entry.name, entry]));

function hasLine(sources: Iterable<string>, wanted: string): boolean {
  return [...sources].some((text) => text.split('\n').some((line) => line.trim() === wanted));
}

test('every row is shown, and no other', () => {
  expect(Object.keys(shown)).toEqual(rows);
});

/** Whether a rule reports the very line. */
function reportsLine(entry: Case | undefined, rule: string, wanted: string | undefined): boolean {
  return (entry?.expected.findings ?? []).some((finding) => {
    const text = entry?.before.get(finding.path ?? MAIN) ?? '';
    const line = text.split('\n')[finding.line - 1] ?? '';
    return finding.rule === rule && (wanted === undefined || line.trim() === wanted);
  });
}

describe.each(Object.entries<readonly Shown[]>(shown))('%s', (_row, entries) => {
  test.each(entries)('$case: $shows', ({ case: name, before, after, finding }) => {
    const entry = cases.get(name);
    expect(entry?.expected.before, 'a program that no version runs shows nothing').toMatch(/^[12]/);
    if (before !== undefined)
      expect(hasLine(entry?.before.values() ?? [], before), before).toBe(true);
    if (after !== undefined) expect(hasLine(entry?.after.values() ?? [], after), after).toBe(true);
    if (finding !== undefined)
      expect(reportsLine(entry, finding, before), `${finding} at ${before ?? ''}`).toBe(true);
  });
});
