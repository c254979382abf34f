// Every row of the catalog of legacy forms is claimed by a rule, or listed as not claimed yet.
import { expect, test } from 'vitest';
import { transforms } from '../src/transforms/index.ts';
import groups from './catalog/rows.json' with { type: 'json' };

const rows = Object.values(groups).flatMap((group) => Object.keys(group));
const claimed = new Set(
  transforms.flatMap((transform) => [
    ...transform.rows,
    ...(transform.family ?? []).flatMap((member) => member.rows),
  ]),
);

test('rules claim rows that exist', () => {
  expect([...claimed].filter((row) => !rows.includes(row))).toEqual([]);
});

test('the rows that no rule claims yet are listed', async () => {
  const open = Object.entries(groups).map(([name, group]) => {
    const ids = Object.keys(group).filter((row) => !claimed.has(row));
    return [
      `${name}: ${ids.length} of ${Object.keys(group).length} open`,
      ...ids.map((id) => `  ${id}`),
    ];
  });
  await expect(`${open.flat().join('\n')}\n`).toMatchFileSnapshot('catalog/open-rows.txt');
});
