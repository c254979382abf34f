import { describe, expect, test } from 'vitest';
import type { ModuleBinding } from '../src/binder/scope.ts';
import { descendants, type PyNode } from '../src/python/tree.ts';
import { bind } from './support/python.ts';

/** The last identifier spelled `name` in the text. */
function last(binding: ModuleBinding, name: string): PyNode {
  const found = descendants(binding.tree.root, 'identifier').filter((node) => node.text === name);
  const node = found.at(-1);
  if (!node) throw new Error(`no ${name}`);
  return node;
}

function describeLookup(text: string, name = 'x'): string {
  const binding = bind(text);
  const lookup = binding.lookup(name, last(binding, name));
  return lookup ? `${lookup.scope.kind}: ${lookup.bindings.map((b) => b.kind).join(' ')}` : 'none';
}

function reachingLines(text: string, name = 'x'): string {
  const binding = bind(text);
  return binding
    .reaching(last(binding, name))
    .map((b) => text.slice(0, b.node.start).split('\n').length)
    .join(' ');
}

describe('lookup', () => {
  test.each([
    ['x = 1\nprint(x)\n', 'module: assignment'],
    ['class A:\n    x = 1\n    y = x\n', 'class: assignment'],
    ['class A:\n    x = 1\n    def f(self):\n        return x\n', 'none'],
    ['x = 1\nclass A:\n    x = 2\n    def f(self):\n        return x\n', 'module: assignment'],
    ['class A:\n    x = [1]\n    y = [i for i in x]\n', 'class: assignment'],
    ['x = 1\nclass A:\n    x = f(x)\n', 'module: assignment'],
    ['x = 1\nclass A:\n    x: C[x] = 2\n', 'class: assignment'],
    ['x = 1\nclass A:\n    x = f()\n    y = x\n', 'class: assignment'],
    ['x = 1\nclass A:\n    y = x\n    x = 2\n    z = x\n', 'class: assignment'],
    ['class A:\n    x = [1]\n    y = [i for i in z if x]\n', 'none'],
    ['def f(x):\n    return lambda: x\n', 'function: parameter'],
    ['def f(a, *x, **k):\n    return x\n', 'function: parameter'],
    ['def f(x=1):\n    pass\nx\n', 'none'],
    ['x = 1\ndef f(a=x): pass\n', 'module: assignment'],
    ['def f(x: int = 3, *, k: str): return x\n', 'function: parameter'],
    ['x = 1\ndef f():\n    global x\n    x = 2\n    return x\n', 'module: assignment assignment'],
    [
      'def g():\n    x = 1\n    def f():\n        nonlocal x\n        x = 2\n        return x\n',
      'function: assignment assignment',
    ],
    ['def f(ys):\n    return [x for y in ys if (x := y)] and x\n', 'function: walrus'],
    ['[x for x in y]\n', 'comprehension: comprehension'],
    ['[x for x in y]\nx\n', 'none'],
    ['for x, (a, *b) in y: pass\nx\n', 'module: for'],
    ['with f() as (x, y): pass\nx\n', 'module: with'],
    ['try: pass\nexcept E as x:\n    x\n', 'module: except'],
    ['import x.y\nx\n', 'module: import'],
    ['from a import b as x\nx\n', 'module: import'],
    ['match a:\n    case [x, *_]:\n        x\n', 'module: match'],
    ['match a:\n    case P(q=x) if x:\n        x\n', 'module: match'],
    ['match a:\n    case x.y:\n        x\n', 'none'],
    ['a = x = 1\nx\n', 'module: assignment'],
    ['x: int\nx\n', 'module: annotation'],
    ['def f():\n    x += 1\n', 'function: augmented'],
    ['lambda x: x\n', 'lambda: parameter'],
  ])('%j', (text, expected) => {
    expect(describeLookup(text)).toBe(expected);
  });
});

describe('reaching', () => {
  test.each([
    ['x = 1\nx = 2\nx\n', '2'],
    ['x = 1\nif a:\n    x = 2\nx\n', '1 3'],
    ['x = 1\nif a:\n    x = 2\nelse:\n    x = 3\nx\n', '3 5'],
    ['x = 1\nif a:\n    x = 2\n    return\nx\n', '1'],
    ['x = 1\nfor a in b:\n    x\n    x = 2\n    print(x)\n', '4'],
    ['x = 1\nfor a in b:\n    print(x)\n    y = x\n    x = 2\n    x == x\n', '5'],
    ['x = 1\nfor a in b:\n    x = x.f()\n', '1 3'],
    ['x = 1\nwith a as x:\n    x\n', '2'],
    ['def f(x):\n    if a:\n        x = 1\n    return x\n', '1 3'],
    ['x = 1\ntry:\n    x = 2\nexcept E:\n    x = 3\nx\n', '1 3 5'],
    ['x = 1\nif a:\n    x = 2\nelif b:\n    x\n', '1'],
    ['for x in a:\n    x\n', '1'],
    ['for x in a:\n    x = f(x)\n', '1'],
    ['for x in a:\n    print(x)\n    if b:\n        x = 2\n    y = x\n', '1 4'],
    ['x = 1\nwhile a:\n    x = 2\nx\n', '1 3'],
    ['x = 1\ndef f():\n    return x\n', '1'],
    ['x = 1\nx = 2\ndef f():\n    return x\n', '1 2'],
  ])('%j', (text, expected) => {
    expect(reachingLines(text)).toBe(expected);
  });
});

describe('imports', () => {
  test('levels, aliases and guards', () => {
    const binding = bind(
      'import a.b\nimport a.b as c\nfrom . import d\nfrom ..e import f as g\nfrom h import *\nif TYPE_CHECKING:\n    from i import J\n',
    );
    expect(
      binding.imports.map((b) => [
        b.name,
        b.imported?.level,
        b.imported?.module,
        b.imported?.name,
        b.typeChecking,
      ]),
    ).toEqual([
      ['a', 0, 'a', null, false],
      ['c', 0, 'a.b', null, false],
      ['d', 1, '', 'd', false],
      ['g', 2, 'e', 'f', false],
      ['J', 0, 'i', 'J', true],
    ]);
    expect(binding.starImports.map((star) => star.module)).toEqual(['h']);
  });

  test('references leave out attributes, keywords and bound names', () => {
    const binding = bind(
      'x = 1\na.x\nf(x=2)\nf(x)\n[x for x in y]\ndef g():\n    return x\nx: x\n',
    );
    expect(binding.references(binding.module, 'x').map((node) => node.parent?.kind)).toEqual([
      'argument_list',
      'return_statement',
      'type',
    ]);
  });
});
