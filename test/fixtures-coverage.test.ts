// Every rule has a fixture that it changes and one that it must leave alone. What the fixtures say is checked elsewhere.
import { expect, test } from 'vitest';
import { isDeepStrictEqual } from 'node:util';
import type { Transform } from '../src/project/rule.ts';
import { transforms } from '../src/transforms/index.ts';
import { readCases } from './fixtures/cases.ts';
import type { Case } from './fixtures/cases.ts';

/** Rules that may lack a kind of case, with the reason. */
const WITHOUT: Readonly<Record<string, { readonly change?: string; readonly skip?: string }>> = {
  'fsa-model-query': {
    change: 'its fixtures come with the rewrite of Flask-SQLAlchemy models',
    skip: 'its fixtures come with the rewrite of Flask-SQLAlchemy models',
  },
};

const cases = readCases();
const rules = transforms.flatMap((transform) =>
  (transform.family ?? [transform]).map(({ id }) => ({ id, transform })),
);

function casesOf(rule: string): readonly Case[] {
  return cases.filter(({ name }) => name.startsWith(`${rule}/`));
}

function isSkip({ before, after }: Case): boolean {
  return isDeepStrictEqual(before, after);
}

/** Whether the engine shows the program to the rule at all; if not, the rule cannot go wrong there. */
function isVisited({ before }: Case, { triggers }: Transform): boolean {
  return [...before.values()].some((text) => triggers.some((trigger) => text.includes(trigger)));
}

/** Compares with the list above in both directions, so that no entry outlives its reason. */
function expectUnlessListed(kind: 'change' | 'skip', rule: string, found: boolean): void {
  const listed = WITHOUT[rule]?.[kind] !== undefined;
  expect(found, `${rule} ${found ? 'is listed, but has' : 'lacks'} a ${kind} case`).toBe(!listed);
}

test.each(rules.filter(({ transform }) => transform.fixes !== 'none'))(
  '$id has a change case',
  ({ id }) => {
    expectUnlessListed(
      'change',
      id,
      casesOf(id).some((entry) => !isSkip(entry)),
    );
  },
);

test.each(rules)('$id has a skip case that it looks at', ({ id, transform }) => {
  const skips = casesOf(id).filter((entry) => isSkip(entry) && isVisited(entry, transform));
  expectUnlessListed('skip', id, skips.length > 0);
});

test('every folder of fixtures is named after a rule', () => {
  const ids = new Set(rules.map(({ id }) => id));
  const folders = new Set(cases.map(({ name }) => name.split('/')[0] ?? ''));
  expect([...folders].filter((folder) => !ids.has(folder))).toEqual([]);
});
