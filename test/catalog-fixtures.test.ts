// Every row of the catalog about Query and its subclasses is shown by fixtures that the oracle runs, or says why none can be. Counts them.
import { expect, test } from 'vitest';
import patterns from './catalog/query-rows.json' with { type: 'json' };
import groups from './catalog/rows.json' with { type: 'json' };
import { readCases, type Case } from './fixtures/cases.ts';

const rows = [
  ...Object.keys(groups['Query API']),
  ...Object.keys(groups['Query subclasses and frameworks']),
];
const shown = new Map<string, string | { readonly reason: string }>(Object.entries(patterns));
/** Programs that the oracle starts before and after. */
const run = readCases().filter(({ expected }) => expected.before !== 'static');
const OF_QUERIES = /^(query|fsa|custom-query|scoped-query)-/;

function textOf({ before }: Case): string {
  return [...before.values()].join('\n');
}

/** Whether a query leaves the expression that makes it: through a name, a function, an attribute or a file. */
function isFlowing(entry: Case): boolean {
  return /\breturn \w+(\.\w+)*\.query\(|^ *(self\.)?\w+ = \w+(\.\w+)*\.query\((?![^\n]*\.(all|count|first|get|one|scalar|one_or_none)\([^\n]*\)$)/m.test(
    textOf(entry),
  );
}

test('the rows are those of the catalog', () => {
  expect([...shown.keys()].toSorted()).toEqual(rows.toSorted());
});

test.each(rows)('%s is shown by a program that runs', (row) => {
  const pattern = shown.get(row);
  if (typeof pattern !== 'string') return expect(pattern?.reason).toMatch(/\w/);
  const found = run.filter((entry) => new RegExp(pattern, 'm').test(textOf(entry)));
  expect(found).not.toEqual([]);
});

test('there are programs enough, and queries that flow in many of them', () => {
  const all = run.filter(({ name }) => OF_QUERIES.test(name));
  const flowing = all.filter(isFlowing);
  console.log(`programs about queries: ${all.length}, with queries that flow: ${flowing.length}`);
  expect(all.length).toBeGreaterThanOrEqual(120);
  expect(flowing.length).toBeGreaterThanOrEqual(40);
});
