// Every rule has a fixture that it changes and one that it must leave alone. What the fixtures say is checked elsewhere.
import { expect, test } from 'vitest';
import { isDeepStrictEqual } from 'node:util';
import type { Transform } from '../src/project/rule.ts';
import { transforms } from '../src/transforms/index.ts';
import { readCases } from './fixtures/cases.ts';
import type { Case } from './fixtures/cases.ts';

/** Rules that have cases in the folder of another rule of their family as well: one program shows them all. */
const SHOWN_BY: Readonly<Record<string, string>> = {
  'conn-autocommit-option': 'conn-begin-after-execute',
  'conn-begin-nested-call': 'conn-begin-after-execute',
  'conn-begin-nested-root': 'conn-begin-after-execute',
  'conn-branch': 'conn-begin-after-execute',
  'conn-exec-options': 'conn-begin-after-execute',
  'conn-execute-empty': 'conn-in-transaction',
  'conn-execute-tuples': 'conn-in-transaction',
  'core-compound-arguments': 'core-apply-labels',
  'core-enum-aliases': 'core-uuid-type',
  'core-in-subquery': 'core-apply-labels',
  'core-list-argument': 'core-apply-labels',
  'core-order-by-false': 'core-textual-sql',
  'core-pg-match': 'core-int-division',
  'core-select-append': 'core-apply-labels',
  'core-select-c': 'core-implicit-from',
  'core-select-join': 'core-implicit-from',
  'core-select-select': 'core-apply-labels',
  'core-table-select': 'core-dml-arguments',
  'engine-create-drop': 'conn-in-transaction',
  'engine-sqlite-pool': 'conn-in-transaction',
  'engine-url-mutated': 'engine-url',
  'engine-url-scheme': 'engine-url',
  'engine-url-str': 'engine-url',
  'fsa-get-or-404': 'fsa-model-query',
  'fsa-paginate': 'fsa-model-query',
  'model-composite-none': 'model-float-double',
  'model-mapped-table': 'model-automap',
  'rel-cascade-backrefs': 'rel-overlaps',
  'rel-noload': 'rel-arguments',
  'rel-viewonly': 'rel-arguments',
  'row-isinstance-mapping': 'row-result-keys',
  'row-name-clash': 'row-result-keys',
  'row-primary-key': 'row-result-keys',
  'row-result-next': 'row-result-keys',
  'row-template': 'row-keys-dml',
  'row-typed': 'row-result-keys',
  'scoped-query-property': 'fsa-model-query',
  'session-autoflush-core': 'session-begin-after-use',
  'session-bound-metadata': 'session-begin-after-use',
  'session-close-all': 'session-execute-bind',
  'session-concurrent': 'session-begin-after-use',
  'session-execute-query': 'session-execute-bind',
  'session-flush-objects': 'session-execute-bind',
  'session-get-attribute': 'session-bulk',
  'session-identity-key': 'session-bulk',
  'session-join-mode': 'session-begin-after-use',
  'session-positional': 'session-execute-bind',
  'session-transaction': 'session-execute-bind',
};

const cases = readCases();
const rules = transforms.flatMap((transform) =>
  [...new Set([transform, ...(transform.family ?? [])].map(({ id }) => id))].map((id) => ({
    id,
    transform,
    fixes: transform.family?.find((rule) => rule.id === id)?.fixes ?? transform.fixes,
  })),
);

function casesOf(rule: string): readonly Case[] {
  const folders = [rule, SHOWN_BY[rule]];
  return cases.filter(({ name }) => folders.includes(name.split('/')[0]));
}

function isSkip({ before, after }: Case): boolean {
  return isDeepStrictEqual(before, after);
}

/** Whether the engine shows the program to the rule at all; if not, the rule cannot go wrong there. */
function isVisited({ before }: Case, { triggers }: Transform): boolean {
  return [...before.values()].some((text) => triggers.some((trigger) => text.includes(trigger)));
}

test.each(rules.filter(({ fixes }) => fixes !== 'none'))('$id has a change case', ({ id }) => {
  expect(casesOf(id).filter((entry) => !isSkip(entry))).not.toEqual([]);
});

test.each(rules)('$id has a skip case that it looks at', ({ id, transform }) => {
  const skips = casesOf(id).filter((entry) => isSkip(entry) && isVisited(entry, transform));
  expect(skips).not.toEqual([]);
});

test('every folder of fixtures is named after a rule', () => {
  const ids = new Set(rules.map(({ id }) => id));
  const folders = new Set(cases.map(({ name }) => name.split('/')[0] ?? ''));
  expect([...folders].filter((folder) => !ids.has(folder))).toEqual([]);
  expect(Object.keys(SHOWN_BY).filter((id) => !ids.has(id))).toEqual([]);
});

/** Rules that are read as a linter: whoever runs them alone must be able to trust both what they say and their silence. */
const linters = rules.filter(({ id }) => /^(async|lint)-/.test(id));

function isSelected({ name, expected }: Case, id: string): boolean {
  const selected = expected.options.select ?? [];
  return name.startsWith(`${id}/`) || selected.some((each) => id.startsWith(each));
}

/** Whether a case says that the rule finds something: by its expected findings, or as the only rule that changes it. */
function isFound(entry: Case, id: string): boolean {
  const { findings } = entry.expected;
  return (
    findings?.some(({ rule }) => rule === id) === true ||
    (!isSkip(entry) && entry.name.startsWith(`${id}/`))
  );
}

test.each(linters)(
  '$id has three cases that it finds, and three near ones that it does not',
  ({ id, transform }) => {
    const found = cases.filter((entry) => isFound(entry, id));
    const near = cases.filter(
      (entry) => isSelected(entry, id) && !isFound(entry, id) && isVisited(entry, transform),
    );
    expect(
      found.length,
      `found: ${found.map(({ name }) => name).join(', ')}`,
    ).toBeGreaterThanOrEqual(3);
    expect(near.length, `near: ${near.map(({ name }) => name).join(', ')}`).toBeGreaterThanOrEqual(
      3,
    );
  },
);
