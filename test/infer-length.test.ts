// The line length that a file was formatted to, told from the file. The formatted texts are what Black writes at that length.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileSettings, type ConfiguredLengths } from '../src/engine/line-length.ts';
import { DEFAULT_SETTINGS } from '../src/project/settings.ts';
import { inferLineLength } from '../src/python/layout/infer-length.ts';
import { createParser } from '../src/python/parse.ts';

const modules = new URL('../node_modules/', import.meta.url).pathname;
const parser = await createParser({
  runtime: join(modules, 'web-tree-sitter/web-tree-sitter.wasm'),
  grammar: join(modules, 'tree-sitter-python/tree-sitter-python.wasm'),
});

/** A call of 85 columns: broken at 79, whole from 88 on. */
const CALL_85 = `value = session.get(${'a'.repeat(30)}, ${'b'.repeat(32)})`;
const BROKEN_85 = `value = session.get(\n    ${'a'.repeat(30)}, ${'b'.repeat(32)}\n)`;
/** One of 95 columns: broken at 79 and 88, whole from 99 on. */
const CALL_95 = `value = session.get(${'a'.repeat(35)}, ${'b'.repeat(37)})`;
const BROKEN_95 = `value = session.get(\n    ${'a'.repeat(35)}, ${'b'.repeat(37)}\n)`;
const BY_HAND = `value = session.get(${'a'.repeat(30)},\n                    ${'b'.repeat(32)})`;

function text(...statements: readonly string[]): string {
  return statements.map((each) => `${each}\n`).join('');
}

function times(count: number, statement: string): readonly string[] {
  return Array.from({ length: count }, () => statement);
}

describe('inferLineLength', () => {
  it.each([
    ['a file at 79', 79, text(...times(3, BROKEN_85))],
    ['a file at 88', 88, text(...times(3, CALL_85), ...times(3, BROKEN_95))],
    ['a file beyond 88', 99, text(...times(3, CALL_95))],
    ['an exception', 79, text(...times(12, BROKEN_85), CALL_85)],
    ['too few statements', null, text(...times(2, BROKEN_85))],
    ['statements that come out alike at the usual length', null, text(...times(9, BROKEN_95))],
    ['lines set by hand', null, text(...times(9, BY_HAND))],
    ['a mixed file', null, text(...times(5, BROKEN_85), ...times(5, BY_HAND))],
    ['short lines', null, text(...times(9, 'a = b'))],
    ['tabs', null, `if a:\n${text(...times(5, BROKEN_85)).replaceAll(/^/gm, '\t')}    pass\n`],
  ])('judges %s', (_, expected, source) => {
    expect(inferLineLength(parser.parse(source))).toBe(expected);
  });
});

describe('fileSettings', () => {
  const narrow = text(...times(3, BROKEN_85));
  const layers = { inferLineLength };
  const isEditable = (): boolean => true;

  function lengths(
    texts: Readonly<Record<string, string>>,
    lineLength: number | null,
    configured?: ConfiguredLengths,
  ): Readonly<Record<string, number>> {
    const trees = new Map(
      Object.entries(texts).map(([path, source]) => [path, parser.parse(source)]),
    );
    const settings = { ...DEFAULT_SETTINGS, lineLength };
    const lengthsOf = configured && { lengthsOf: () => configured };
    const of = fileSettings({ trees, settings, layers, isEditable, ...lengthsOf });
    return Object.fromEntries(Object.keys(texts).map((path) => [path, of(path).lineLength]));
  }

  it('takes the configured length for every file', () => {
    expect(lengths({ 'a.py': narrow, 'b.py': '' }, 100)).toEqual({ 'a.py': 100, 'b.py': 100 });
  });

  it('takes the length of each file, and the usual one where nothing shows', () => {
    expect(lengths({ 'a.py': narrow, 'b.py': '' }, null)).toEqual({ 'a.py': 79, 'b.py': 88 });
  });

  it('takes the length of most files where a file shows none', () => {
    const texts = { 'a.py': narrow, 'b.py': narrow, 'c.py': narrow, 'd.py': '' };
    expect(lengths(texts, null)['d.py']).toBe(79);
  });

  it('takes the length of the formatter before what the file shows', () => {
    const configured = { formatter: 100, isFormatted: true, linter: 120 };
    expect(lengths({ 'a.py': narrow, 'b.py': '' }, null, configured)).toEqual({
      'a.py': 100,
      'b.py': 100,
    });
  });

  it('takes the usual length for a formatter without one', () => {
    const configured = { formatter: null, isFormatted: true, linter: 120 };
    expect(lengths({ 'b.py': '' }, null, configured)['b.py']).toBe(88);
  });

  it('takes the length of the linter only where no file shows another', () => {
    const configured = { formatter: null, isFormatted: false, linter: 120 };
    expect(lengths({ 'a.py': narrow, 'b.py': '' }, null, configured)).toEqual({
      'a.py': 79,
      'b.py': 120,
    });
    const texts = { 'a.py': narrow, 'b.py': narrow, 'c.py': narrow, 'd.py': '' };
    expect(lengths(texts, null, configured)['d.py']).toBe(79);
  });
});
