import { describe, expect, test } from 'vitest';
import { bindModule } from '../src/binder/bind.ts';
import { buildGraph, moduleNames } from '../src/project/graph.ts';
import { createSymbols } from '../src/project/resolve-symbols.ts';
import { descendants } from '../src/python/tree.ts';
import { parse } from './support/python.ts';

/** What the last expression statement of `main` stands for. */
function resolve(files: Readonly<Record<string, string>>, main = 'main.py'): string {
  const names = moduleNames(Object.keys(files));
  const graph = buildGraph(
    Object.entries(files).map(([path, text]) => {
      const tree = parse(text);
      return {
        path,
        name: names.get(path) ?? path,
        isPackage: path.endsWith('__init__.py'),
        tree,
        binding: bindModule(tree),
      };
    }),
  );
  const module = graph.byPath(main);
  const node = module && descendants(module.tree.root, 'expression_statement').at(-1)?.named[0];
  const symbol = node && createSymbols(graph).symbolOf(module, node);
  if (!symbol) return 'none';
  return symbol.kind === 'definition' ? `definition ${symbol.id}` : `${symbol.kind} ${symbol.name}`;
}

describe('symbols in one file', () => {
  test.each([
    ['from sqlalchemy.sql.expression import select\nselect\n', 'library sqlalchemy.select'],
    ['import sqlalchemy as sa\nsa.orm.relationship\n', 'library sqlalchemy.orm.relationship'],
    ['from sqlalchemy import orm\norm.Session\n', 'library sqlalchemy.orm.Session'],
    ['import sqlalchemy.orm\nsqlalchemy.orm.Session\n', 'library sqlalchemy.orm.Session'],
    ['from sqlalchemy import *\nColumn\n', 'library sqlalchemy.Column'],
    ['from sqlalchemy import *\nlist\n', 'library builtins.list'],
    [
      'try:\n    from sqlalchemy.orm import declarative_base as d\nexcept ImportError:\n    from sqlalchemy.ext.declarative import declarative_base as d\nd\n',
      'library sqlalchemy.orm.declarative_base',
    ],
    ['try:\n    from a import X\nexcept ImportError:\n    X = None\nX\n', 'library a.X'],
    ['from sqlalchemy import Column\nfrom peewee import Column\nColumn\n', 'library peewee.Column'],
    [
      'if a:\n    from sqlalchemy import Column\nelse:\n    from peewee import Column\nColumn\n',
      'none',
    ],
    ['import sqlalchemy as sa\nC = sa.Column\nC\n', 'library sqlalchemy.Column'],
    [
      'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\ndb.Column\n',
      'library sqlalchemy.Column',
    ],
    [
      'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\ndb.Model\n',
      'library flask_sqlalchemy.SQLAlchemy.Model',
    ],
    [
      'from flask_sqlalchemy import SQLAlchemy\nclass DB(SQLAlchemy): pass\ndb = DB()\ndb.relationship\n',
      'library sqlalchemy.orm.relationship',
    ],
    ['def f(x):\n    pass\nx\n', 'none'],
    ['class A:\n    class B: pass\nA.B\n', 'definition main.A.B'],
    ['x = x\nx\n', 'definition main.x'],
  ])('%j', (text, expected) => {
    expect(resolve({ 'main.py': text })).toBe(expected);
  });
});

describe('symbols across files', () => {
  test.each<[string, Record<string, string>, string, string]>([
    [
      'absolute',
      {
        'app/__init__.py': '',
        'app/m.py': 'class U: pass\n',
        'main.py': 'from app.m import U\nU\n',
      },
      'main.py',
      'definition app.m.U',
    ],
    [
      're-export',
      {
        'app/__init__.py': 'from .m import U\n',
        'app/m.py': 'class U: pass\n',
        'main.py': 'import app\napp.U\n',
      },
      'main.py',
      'definition app.m.U',
    ],
    [
      'star',
      {
        'app/__init__.py': 'from .m import *\n',
        'app/m.py': 'class U: pass\n',
        'main.py': 'from app import U\nU\n',
      },
      'main.py',
      'definition app.m.U',
    ],
    [
      'submodule',
      {
        'app/__init__.py': '',
        'app/m.py': 'class U: pass\n',
        'main.py': 'from app import m\nm.U\n',
      },
      'main.py',
      'definition app.m.U',
    ],
    [
      'namespace package',
      { 'app/m.py': 'class U: pass\n', 'main.py': 'import app.m\napp.m.U\n' },
      'main.py',
      'definition app.m.U',
    ],
    [
      'src layout',
      {
        'src/app/__init__.py': '',
        'src/app/m.py': 'class U: pass\n',
        'tests/t.py': 'from app.m import U\nU\n',
      },
      'tests/t.py',
      'definition app.m.U',
    ],
    [
      'relative',
      {
        'a/__init__.py': '',
        'a/b/__init__.py': '',
        'a/m.py': 'class U: pass\n',
        'a/b/c.py': 'from ..m import U as V\nV\n',
      },
      'a/b/c.py',
      'definition a.m.U',
    ],
    [
      'cycle',
      {
        'a.py': 'from b import U\n',
        'b.py': 'from a import U\n',
        'main.py': 'from a import U\nU\n',
      },
      'main.py',
      'none',
    ],
    [
      'flask object elsewhere',
      {
        'ext.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n',
        'main.py': 'from ext import db\ndb.String\n',
      },
      'main.py',
      'library sqlalchemy.String',
    ],
    [
      'missing member',
      { 'app/__init__.py': '', 'main.py': 'from app import nothing\nnothing\n' },
      'main.py',
      'none',
    ],
  ])('%s', (_, files, main, expected) => {
    expect(resolve(files, main)).toBe(expected);
  });
});
