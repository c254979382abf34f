// Each fixture is migrated and compared with its `after` and expected findings. Behaviour is the oracle's part.
import { describe, expect, test } from 'vitest';
import { findOrphans, readCases } from './fixtures/cases.ts';
import type { Sources } from './fixtures/cases.ts';
import { migrate } from './fixtures/migrate.ts';
import { factsOf, indexFiles } from './support/models.ts';

const cases = readCases();

test('every expected file belongs to a program', () => {
  expect(findOrphans()).toEqual([]);
});

test('there are fixtures', () => {
  expect(cases.length).toBeGreaterThan(0);
});

describe.each(cases)('$name', ({ name, before, after, expected, isRecorded }) => {
  test('is rewritten as expected, and a second run changes nothing', async () => {
    if (!isRecorded)
      throw new Error(
        `${name} has no expectation. Write it with: npm run fixtures:update -- ${name}`,
      );
    const first = await migrate(before, expected.options);
    expectSame(first.files, after);
    expect(first.problems).toEqual([]);
    if (expected.findings !== undefined) expect(first.findings).toEqual(expected.findings);
    const second = await migrate(first.files, expected.options);
    expectSame(second.files, first.files);
  });

  test('means the same models before and after', () => {
    const facts = (sources: Sources) =>
      factsOf(
        indexFiles(Object.fromEntries([...sources].filter(([path]) => path.endsWith('.py')))),
      );
    // What this rule changes, and no other may.
    const changesLoading = name.startsWith('rel-dynamic-writeonly/');
    const plain = (sources: Sources): unknown => {
      const text = JSON.stringify(facts(sources));
      return JSON.parse(changesLoading ? text.replaceAll('"write_only"', '"dynamic"') : text);
    };
    expect(plain(after)).toEqual(plain(before));
  });
});

/** Compares text by text, so that a failure shows lines and not escaped strings. */
function expectSame(actual: Sources, expected: Sources): void {
  expect([...actual.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [path, text] of expected) expect(actual.get(path), path).toBe(text);
}
