// Layouts of single statements. Every expected text is what both Ruff and Black write for the flat statement.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isHanging } from '../src/python/layout/hanging.ts';
import { isLaidOut, layoutStatement, type LayoutOptions } from '../src/python/layout.ts';
import { createParser } from '../src/python/parse.ts';
import type { PyNode } from '../src/python/tree.ts';
import { CASES, COMMENTED } from './support/layout-cases.ts';

const modules = new URL('../node_modules/', import.meta.url).pathname;
const parser = await createParser({
  runtime: join(modules, 'web-tree-sitter/web-tree-sitter.wasm'),
  grammar: join(modules, 'tree-sitter-python/tree-sitter-python.wasm'),
});

const OPTIONS: LayoutOptions = { indent: '', lineLength: 60, newline: '\n' };

function statement(source: string): PyNode {
  const tree = parser.parse(source);
  expect(tree.problems).toEqual([]);
  const [node] = tree.root.named;
  if (!node) throw new Error('no statement');
  const decorator = node.kind === 'decorated_definition' ? node.named[0] : node;
  return decorator ?? node;
}

function layout(source: string, options: Partial<LayoutOptions> = {}): string | null {
  return layoutStatement(statement(source), { ...OPTIONS, ...options });
}

/** Statement with comments inside its brackets and its layout at 60 columns. */
describe('layoutStatement', () => {
  it.each(COMMENTED)('keeps the comments of %s', (source, expected) => {
    expect(layout(`${source}\n`)).toBe(expected);
    expect(isLaidOut(statement(`${expected}\n`), OPTIONS)).toBe(true);
  });

  it.each(CASES)('lays out %s', (source, expected) => {
    const body = source.endsWith(':')
      ? '\n    pass\n'
      : source.startsWith('@')
        ? '\ndef f(): ...\n'
        : '\n';
    expect(layout(source + body)).toBe(expected);
    const again = statement(expected + body);
    expect(layoutStatement(again, OPTIONS)).toBe(expected);
    expect(isLaidOut(again, OPTIONS)).toBe(true);
  });

  it('indents continuation lines by the indentation of the statement', () => {
    const source = 'value = session.scalar(select(User.name).where(User.id == 1))\n';
    expect(layout(source, { indent: '    ', newline: '\r\n' })).toBe(
      'value = session.scalar(\r\n        select(User.name).where(User.id == 1)\r\n    )',
    );
  });

  it('counts a comment after the statement', () => {
    expect(layout('value = session.scalar(select(User.name))  # the very first one\n')).toBe(
      'value = session.scalar(\n    select(User.name)\n)',
    );
  });

  it.each([
    ['a comment that Black moves', 'x = f(\n    a,  # first\n    b\n)\n'],
    ['a comment that Black moves out of parentheses', 'x = (\n    a.b(c)  # why\n)\n'],
    ['a comment that both rewrite', 'x = f(\n    a,  #first\n    b,\n)\n'],
    ['a comment that formatters obey', 'x = f(\n    a,  # fmt: skip\n    b,\n)\n'],
    [
      'a chain that Black breaks at its comment only',
      'x = (\n    a.b()\n    # why\n    .c()\n    .d()\n)\n',
    ],
    [
      'an operation that only Black breaks for a comment',
      'if (\n    # why\n    a and b\n):\n    pass\n',
    ],
    ['a line continuation', 'x = a + \\\n    b\n'],
    ['a string over several lines', 'x = text("""\nselect 1\n""")\n'],
    ['two statements on a line', 'x = 1; y = 2\n'],
    ['a body on the line of its header', 'if x: pass\n'],
    ['strings Ruff would join', 'x = "a" "b"\n'],
    [
      'a long comment for another tool',
      `x = session.get(User, identity)  # noqa: ${'E501 '.repeat(8)}\n`,
    ],
    [
      'a long ternary argument',
      `f(first, ${'a'.repeat(30)} if condition else ${'b'.repeat(30)})\n`,
    ],
    [
      'an assert with a long message',
      `assert session.get(User, 5) is not None, "${'m'.repeat(40)}"\n`,
    ],
    ['a bare tuple of one', 'a, = b\n'],
    [
      'a chain that Black breaks at its comment only, after arguments on lines of their own',
      'x = (\n    a.b(\n        one,\n    ).c()\n    # why\n    .d()\n)\n',
    ],
    [
      'a longer line that Black would not break',
      `x = f(\n    call(${'a'.repeat(30)}, ${'b'.repeat(30)}),  # type: ignore\n)\n`,
    ],
    ['wide characters', 'x = f("日本")\n'],
  ])('refuses %s', (_, source) => {
    expect(layout(source)).toBeNull();
  });

  it('gives no parentheses to ternaries where those over several lines have none', () => {
    const [one, other] = ['a'.repeat(30), 'b'.repeat(30)];
    const text = `x = f(\n    first,\n    ${one}\n    if condition\n    else ${other},\n)`;
    expect(isLaidOut(statement(`${text}\n`), OPTIONS)).toBe(true);
    const moved = text.replace('x = f(', 'x = g(h(').replace(/\)$/, '))');
    expect(layout(`${moved}\n`)).toBe(
      `x = g(\n    h(\n        first,\n        ${one}\n        if condition\n        else ${other},\n    )\n)`,
    );
  });

  it('refuses tabs', () => {
    expect(layout('x = 1\n', { indent: '\t' })).toBeNull();
  });

  it('lays out long displays in about linear time', () => {
    const items = Array.from({ length: 4000 }, (_, index) => `call_${index}(a, b)`).join(', ');
    const started = performance.now();
    expect(layout(`x = [${items}]\n`)?.split('\n')).toHaveLength(4002);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('isLaidOut', () => {
  it('tells a statement in another style', () => {
    expect(isLaidOut(statement('x = call(a,\n         b)\n'), OPTIONS)).toBe(false);
    expect(isLaidOut(statement('x = call(a, b)\n'), OPTIONS)).toBe(true);
  });
});

describe('isHanging', () => {
  const hangs = (source: string): boolean => isHanging([statement(source)]);

  it.each([
    'x = f(a)',
    'x = f(a,\n      b)',
    'x = f(\n    a, b)',
    'x = f(\n  a,\n  b,\n)',
    'x = f(\n    a,\n    b,\n    )',
    'x = f(a, g(\n    b\n), c,\n    d)',
    'x = (\n    a\n            .b()\n)',
    'x = f(\n    a,\n        b,\n)',
    'x = a + \\\n    b',
    'x = f(\n    """a\n    b""",\n)',
  ])('not: %j', (source) => {
    expect(hangs(source)).toBe(false);
  });

  it.each([
    'x = f(\n    a, b\n)',
    'x = f(\n    a,\n    b,  # c\n    # d\n)',
    'x = (\n    a\n    .b(\n        c,\n    )\n    .d()\n)',
    'x = (\n    a\n        .b()\n)',
    'assert f(a)[\n    b\n] == g(\n    c\n)',
  ])('%j', (source) => {
    expect(hangs(source)).toBe(true);
  });
});
