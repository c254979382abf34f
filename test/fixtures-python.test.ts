// What Python's own tools say about every `after`: CPython compiles it, pyright finds no error that is not listed.
import { describe, expect, test } from 'vitest';
import { readCases } from './fixtures/cases.ts';
import { ALLOWED_RULES, checkTypes } from './oracle/pyright.ts';
import { oracleMode, prepareEnvironments } from './oracle/environments.ts';
import { compileSources } from './oracle/syntax.ts';

const cases = readCases();
const preparation = await prepareEnvironments(oracleMode());
const environment =
  preparation.kind === 'ready' ? preparation.environments.get('2.0.58') : undefined;
const sources = new Map(
  cases.flatMap(({ name, after }) =>
    [...after].map(([path, text]) => [`${name}/${path}`, text] as const),
  ),
);

describe.skipIf(environment === undefined)('every after', () => {
  test('is compiled by CPython', async () => {
    expect(await compileSources(environment?.python ?? '', sources)).toEqual({});
  });

  test('has no type error in pyright (basic) beyond the allowed rules', async () => {
    const errors = await checkTypes(environment?.packages ?? '', sources);
    const unexpected = errors.filter((error) => !ALLOWED_RULES.has(error.rule));
    expect(
      unexpected.map(({ path, line, rule, message }) => `${path}:${line} ${rule} ${message}`),
    ).toEqual([]);
  }, 300_000);
});
