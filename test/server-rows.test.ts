// Every row of the catalog that concerns PostgreSQL or MySQL is shown by a program that runs on that server, or says why there is none.
import { expect, test } from 'vitest';
import { transforms } from '../src/transforms/index.ts';
import groups from './catalog/rows.json' with { type: 'json' };
import wanted from './catalog/server-rows.json' with { type: 'json' };
import { readCases } from './fixtures/cases.ts';
import type { Case } from './fixtures/cases.ts';

const cases = readCases().filter(({ expected }) => expected.server !== undefined);
const wantedRows = new Map<string, string | readonly string[]>(Object.entries(wanted));

test('rows of servers are rows of the catalog', () => {
  const known = new Set(Object.values(groups).flatMap((group) => Object.keys(group)));
  const named = [...wantedRows.keys(), ...cases.flatMap(({ expected }) => expected.rows ?? [])];
  expect(named.filter((row) => !known.has(row))).toEqual([]);
});

test('a program shows only rows that a rule claims which it is about', () => {
  const claimed = new Map<string, string[]>();
  for (const { id, rows, family } of transforms)
    for (const member of [{ id, rows }, ...(family ?? [])])
      for (const row of member.rows) claimed.set(row, [...(claimed.get(row) ?? []), member.id]);
  const strangers = cases.flatMap((entry) => {
    const about = rulesOf(entry);
    const rows = entry.expected.rows ?? [];
    return rows
      .filter((row) => !claimed.get(row)?.some((rule) => about.has(rule)))
      .map((row) => `${entry.name}: ${row}`);
  });
  expect(strangers).toEqual([]);
});

test('every row has a program on each of its servers, or a reason', async () => {
  const lines = [...wantedRows].flatMap(([row, servers]) => {
    if (typeof servers === 'string') return [`${row}: no program. ${servers}`];
    return servers.map((server) => `${row}: ${server}: ${programsOf(row, server)}`);
  });
  const unlisted = cases.flatMap(({ name, expected }) =>
    (expected.rows ?? [])
      .filter((row) => !wantedRows.get(row)?.includes(expected.server ?? ''))
      .map((row) => `${row}: ${name} is not listed`),
  );
  expect([...lines, ...unlisted].filter((line) => /: (none|.* is not listed)$/.test(line))).toEqual(
    [],
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('catalog/server-rows.txt');
});

function programsOf(row: string, server: string): string {
  const names = cases
    .filter(({ expected }) => expected.server === server && expected.rows?.includes(row))
    .map(({ name, expected }) => `${name} (${expected.before})`);
  return names.length === 0 ? 'none' : names.join(', ');
}

/** The rule of the folder, and those that report or rewrite something in the program. */
function rulesOf({ name, expected }: Case): ReadonlySet<string> {
  return new Set([name.split('/')[0] ?? '', ...(expected.findings ?? []).map(({ rule }) => rule)]);
}
