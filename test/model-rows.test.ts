// Every row of the catalog about models and relationships is shown by programs that the oracle runs: what is legacy in them, what they become, which hazard they hold.
import { describe, expect, test } from 'vitest';
import groups from './catalog/rows.json' with { type: 'json' };
import shown from './catalog/model-rows.json' with { type: 'json' };
import { readCases } from './fixtures/cases.ts';

/** A program that shows a row. */
interface Shown {
  readonly case: string;
  /** The form or the hazard that it shows. */
  readonly shows: string;
  /** A line of the program before and after the migration, without indentation. */
  readonly before?: string;
  readonly after?: string;
  /** The rule that reports it. */
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

describe.each(Object.entries<readonly Shown[]>(shown))('%s', (_row, entries) => {
  test.each(entries)('$case: $shows', ({ case: name, before, after, finding }) => {
    const entry = cases.get(name);
    const rules = entry?.expected.findings?.map(({ rule }) => rule) ?? [];
    // Nothing runs where SQLAlchemy refuses the program: then the finding is the proof.
    expect(
      entry !== undefined && (entry.expected.before !== 'static' || finding !== undefined),
    ).toBe(true);
    if (before !== undefined)
      expect(hasLine(entry?.before.values() ?? [], before), before).toBe(true);
    if (after !== undefined) expect(hasLine(entry?.after.values() ?? [], after), after).toBe(true);
    if (finding !== undefined) expect(rules).toContain(finding);
  });
});
