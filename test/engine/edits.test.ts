// Resolution, application and the way back of offsets.
import { describe, expect, test } from 'vitest';
import { applyEdits } from '../../src/edits/apply.ts';
import type { Edit, Finding } from '../../src/edits/edit.ts';
import { resolve } from '../../src/edits/resolve.ts';
import { alignTexts } from '../../src/engine/align.ts';
import { chain, offsetMap } from '../../src/engine/offsets.ts';

const edit = (start: number, end: number, text: string, attach?: 'before' | 'after'): Edit => ({
  path: 'a.py',
  start,
  end,
  text,
  ...(attach ? { attach } : {}),
});

const finding = (rule: string, edits: readonly Edit[]): Finding => ({
  rule,
  path: 'a.py',
  start: 0,
  end: 1,
  message: '',
  reason: '',
  evidence: [],
  fix: { safety: 'safe', edits, imports: [], droppedComments: [] },
});

describe('resolve', () => {
  const outcome = (...findings: readonly Finding[]): readonly (readonly string[])[] => {
    const { accepted, postponed } = resolve(findings);
    return [accepted.map(({ rule }) => rule), postponed.map(({ rule }) => rule)];
  };

  test('the first of two that overlap wins, as a whole', () => {
    const first = finding('first', [edit(0, 4, 'x')]);
    const second = finding('second', [edit(10, 12, 'y'), edit(3, 5, 'z')]);
    const third = finding('third', [edit(10, 12, 'w')]);
    expect(outcome(first, second, third)).toEqual([['first', 'third'], ['second']]);
  });

  test('neighbours and insertions at the borders do not collide', () => {
    const wrap = finding('wrap', [edit(0, 0, '(', 'before'), edit(4, 4, ')', 'after')]);
    expect(outcome(finding('in', [edit(0, 4, 'x')]), wrap)).toEqual([['in', 'wrap'], []]);
  });

  test('an insertion inside a replaced region collides', () => {
    const inside = finding('inside', [edit(2, 2, 'y')]);
    expect(outcome(finding('all', [edit(0, 4, 'x')]), inside)).toEqual([['all'], ['inside']]);
  });
});

test('nested wrappings compose whatever their order', () => {
  const inner = { span: 1, edits: [edit(0, 0, 'g(', 'before'), edit(1, 1, ')', 'after')] };
  const outer = { span: 3, edits: [edit(0, 0, 'f(', 'before'), edit(1, 1, ', 2)', 'after')] };
  expect(applyEdits('x + y', [inner, outer])).toBe('f(g(x), 2) + y');
  expect(applyEdits('x + y', [outer, inner])).toBe('f(g(x), 2) + y');
});

describe('offsets', () => {
  const map = offsetMap([edit(2, 4, 'xyz'), edit(6, 6, '!!')]);
  test('back', () => {
    const offsets = [0, 2, 5, 7, 9, 11].map((offset) => map.toOld(offset, 'start'));
    expect(offsets).toEqual([0, 2, 4, 6, 6, 8]);
    expect(map.toOld(3, 'end')).toBe(4);
    expect(map.toOld(3, 'start')).toBe(2);
  });
  test('forward, and through several steps', () => {
    expect([0, 4, 6, 8].map((offset) => map.toNew(offset, 'end'))).toEqual([0, 5, 9, 11]);
    expect(chain([map, offsetMap([edit(0, 1, '')])]).toNew(4, 'end')).toBe(4);
    expect(chain([map, offsetMap([edit(0, 1, '')])]).toOld(4, 'end')).toBe(4);
  });
});

describe('alignTexts', () => {
  test.each([
    ['f(a, b)', 'f(\n    a,\n    b,\n)'],
    ['x = a.b().c()', 'x = (\n    a.b()\n    .c()\n)'],
    ['f(\n    a,\n)', 'f(a)'],
    ['f("x")', "f('x')"],
  ])('%j to %j', (before, after) => {
    const edits = alignTexts('a.py', 0, before, after);
    expect(applyEdits(before, [{ span: 0, edits }])).toBe(after);
  });

  test('names keep their places', () => {
    const edits = alignTexts('a.py', 0, 'f(alpha, beta)', 'f(\n    alpha,\n    beta,\n)');
    expect(edits.every(({ text }) => !/\w/.test(text))).toBe(true);
  });
});
