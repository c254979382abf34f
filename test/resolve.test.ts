import { describe, expect, test } from 'vitest';
import type { Edit, Finding } from '../src/edits/edit.ts';
import { resolve } from '../src/edits/resolve.ts';

function edit(start: number, end: number, text: string, path = 'a.py'): Edit {
  return { path, start, end, text };
}

function finding(rule: string, ...edits: readonly Edit[]): Finding {
  const fix =
    edits.length === 0
      ? null
      : { safety: 'safe' as const, edits, imports: [], droppedComments: [] };
  return { rule, path: 'a.py', start: 0, end: 0, message: '', reason: '', fix, evidence: [] };
}

function accepted(...findings: readonly Finding[]): readonly string[] {
  const { accepted: kept, postponed } = resolve(findings);
  expect(kept.length + postponed.length).toBe(findings.length);
  return kept.map(({ rule }) => rule);
}

describe('resolve', () => {
  test('accepts what changes different places', () => {
    expect(accepted(finding('a', edit(0, 2, 'x')), finding('b', edit(2, 4, 'y')))).toEqual([
      'a',
      'b',
    ]);
  });

  test('postpones the whole of a fix that collides in one place', () => {
    const first = finding('a', edit(0, 4, 'x'));
    expect(accepted(first, finding('b', edit(3, 5, 'y'), edit(9, 9, 'z')))).toEqual(['a']);
    expect(accepted(first, finding('b', edit(3, 5, 'y', 'b.py')))).toEqual(['a', 'b']);
  });

  test('accepts insertions at one place', () => {
    expect(accepted(finding('a', edit(4, 4, ')')), finding('b', edit(4, 4, '.x')))).toEqual([
      'a',
      'b',
    ]);
  });

  test('postpones an insertion where another construct ends that it has no part in', () => {
    const at = (found: Finding, start: number, end: number): Finding => ({ ...found, start, end });
    const whole = at(finding('a', edit(20, 20, ')')), 10, 20);
    expect(accepted(whole, at(finding('b', edit(20, 20, '.x')), 14, 20))).toEqual(['a', 'b']);
    expect(accepted(whole, at(finding('b', edit(20, 20, '.x')), 30, 34))).toEqual(['a']);
    expect(accepted(whole, at(finding('a', edit(20, 20, '.x')), 30, 34))).toEqual(['a', 'a']);
  });

  test('asks once for what two rules want', () => {
    const both = [edit(4, 4, '.options(x)'), edit(9, 9, 'y')];
    expect(accepted(finding('a', ...both), finding('b', ...both))).toEqual(['a']);
    expect(accepted(finding('a', ...both), finding('b', edit(4, 4, '.options(x)')))).toEqual(['a']);
    expect(
      accepted(finding('a', edit(4, 4, ')')), finding('b', edit(4, 4, ')'), edit(0, 0, '('))),
    ).toEqual(['a', 'b']);
  });

  test('accepts findings without a fix', () => {
    expect(accepted(finding('a'), finding('b'))).toEqual(['a', 'b']);
  });
});
