import { expect, test } from 'vitest';
import { itemRemovals } from '../src/python/calls.ts';
import { descendants } from '../src/python/tree.ts';
import { parse } from './support/python.ts';

function without(text: string, ...removed: readonly string[]): string {
  const list = descendants(parse(text).root, 'argument_list')[0];
  if (!list) throw new Error('no call');
  const items = list.named.filter((item) => removed.includes(item.text));
  return itemRemovals(list, items).reduceRight(
    (result, { start, end }) => result.slice(0, start) + result.slice(end),
    text,
  );
}

test.each([
  ['f(a, b, c)', ['a'], 'f(b, c)'],
  ['f(a, b, c)', ['b'], 'f(a, c)'],
  ['f(a, b, c)', ['c'], 'f(a, b)'],
  ['f(a, b, c)', ['a', 'b'], 'f(c)'],
  ['f(a, b, c)', ['b', 'c'], 'f(a)'],
  ['f(a, b, c)', ['a', 'c'], 'f(b)'],
  ['f(a, b, c)', ['a', 'b', 'c'], 'f()'],
  ['f(a, b,)', ['b'], 'f(a,)'],
  ['f(a,)', ['a'], 'f()'],
  ['f(\n    a,\n    b,\n)', ['a'], 'f(\n    b,\n)'],
  ['f(\n    a,\n    b,\n)', ['b'], 'f(\n    a,\n)'],
  ['f(\n    a,  # why\n    b,\n)', ['a'], 'f(\n    # why\n    b,\n)'],
  ['f(\n    a,\n    # why\n    b=1,\n)', ['a'], 'f(\n    # why\n    b=1,\n)'],
  ['f(a,  # why\n  b,)', ['b'], 'f(a,  # why\n  )'],
  ['f(a,  # why\n  b)', ['b'], 'f(a,  # why\n  )'],
  ['f(a,  # why\n  b,  # too\n)', ['b'], 'f(a,  # why\n  # too\n)'],
  ['f(  # why\n  a, b,\n)', ['a', 'b'], 'f(  # why\n)'],
  ['f(\n    a,  # why\n    b,\n)', ['b'], 'f(\n    a,  # why\n)'],
  ['f(\n    a  # why\n)', ['a'], 'f(\n    # why\n)'],
  [
    'f(\n    # x\n    a,\n    # y\n    b\n    # z\n)',
    ['b'],
    'f(\n    # x\n    a,\n    # y\n    # z\n)',
  ],
  [
    'f(\n    # x\n    a,\n    # y\n    b\n    # z\n)',
    ['a', 'b'],
    'f(\n    # x\n    # y\n    # z\n)',
  ],
  ['f(\n    a,  # x\n    b,  # y\n)', ['a', 'b'], 'f(\n    # x\n    # y\n)'],
  ['f(a, b,  # why\n)', ['b'], 'f(a,  # why\n)'],
])('%j without %j', (text, removed, expected) => {
  expect(without(text, ...removed)).toBe(expected);
});
