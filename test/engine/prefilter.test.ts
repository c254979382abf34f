// The prefilter must never leave out a file that a run without it would change.
import { describe, expect, test } from 'vitest';
import { findCandidates, importedNames } from '../../src/engine/prefilter.ts';
import { DEFAULT_SETTINGS } from '../../src/project/settings.ts';
import { migrate, renaming } from '../support/engine.ts';

const candidates = (
  files: Readonly<Record<string, string>>,
  settings = {},
  isEditable: (path: string) => boolean = () => true,
): readonly string[] =>
  findCandidates(new Map(Object.entries(files)), {
    settings: { ...DEFAULT_SETTINGS, ...settings },
    isEditable,
  });

describe('importedNames', () => {
  test.each([
    ['import a.b.c', ['a.b.c', 'a.b', 'a']],
    ['import a, b as c', ['a', 'b']],
    ['from . import x', ['.', '.x']],
    ['from ..a import (\n    b,  # why, what\n    c as d,\n)', ['..a', '..a.b', '..a.c']],
    ['from a \\\n    import b', ['a', 'a.b']],
    ['from a import *', ['a']],
    ['try: import a\nexcept ImportError: from b import c', ['a', 'b', 'b.c']],
    ['x = 1; import a', ['a']],
    ['    from.a import b', ['.a', '.a.b']],
    ['important = 1\nfrom_ = 2', []],
  ])('%j', (source, expected) => {
    expect(importedNames(source).toSorted()).toEqual(expected.toSorted());
  });
});

describe('candidates', () => {
  test('importers of a file that names SQLAlchemy, over several steps', () => {
    const files = {
      'app/__init__.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n',
      'app/ext.py': 'from . import db\n',
      'app/models.py': 'from app.ext import db\nclass User(db.Model): pass\n',
      'other/thing.py': 'import os\n',
    };
    expect(candidates(files)).toEqual(['app/__init__.py', 'app/ext.py', 'app/models.py']);
  });

  test('helpers that a candidate imports, and what they import', () => {
    const files = {
      'models.py': 'import sqlalchemy\n',
      'service.py': 'import models\nfrom helpers import active\n',
      'helpers/__init__.py': 'from .inner import active\n',
      'helpers/inner.py': 'def active(q): return q.all()\n',
      'lonely.py': 'def f(): pass\n',
    };
    expect(candidates(files)).toEqual([
      'helpers/__init__.py',
      'helpers/inner.py',
      'models.py',
      'service.py',
    ]);
  });

  test('tests below a conftest that names SQLAlchemy', () => {
    const files = {
      'tests/conftest.py': 'from sqlalchemy.orm import Session\n',
      'tests/unit/test_a.py': 'def test_a(session): session.execute("x")\n',
      'lonely.py': '',
    };
    expect(candidates(files)).toEqual(['tests/conftest.py', 'tests/unit/test_a.py']);
  });

  test('src layouts and namespace packages', () => {
    const files = {
      'src/app/db.py': 'import sqlalchemy\n',
      'src/app/use.py': 'from app.db import session\n',
    };
    expect(candidates(files)).toEqual(['src/app/db.py', 'src/app/use.py']);
  });

  test('empty packages around a candidate keep its name', () => {
    const files = {
      'backend/app/__init__.py': '',
      'backend/app/db.py': 'import sqlalchemy\n',
      'other/__init__.py': '',
    };
    expect(candidates(files)).toEqual(['backend/app/__init__.py', 'backend/app/db.py']);
  });

  test('only what is connected with the files that may change', () => {
    const files = {
      'a/db.py': 'import sqlalchemy\nfrom shared import x\n',
      'b/use.py': 'import shared\n',
      'c/db.py': 'import sqlalchemy\n',
      'shared.py': 'from sqlalchemy import event\n',
    };
    const editable = (path: string): boolean => path === 'a/db.py';
    expect(candidates(files, {}, editable)).toEqual(['a/db.py', 'b/use.py', 'shared.py']);
  });

  test('files that name what the user declared', () => {
    const files = { 'a.py': 'from framework import DBSession\n' };
    expect(candidates(files)).toEqual([]);
    expect(candidates(files, { sessionNames: ['framework.DBSession'] })).toEqual(['a.py']);
  });

  test('a companion counts where it is imported, not where its name is a word', () => {
    const files = { 'a.py': 'from sqlmodel import Field\n', 'b.py': '# all databases\n' };
    expect(candidates(files)).toEqual(['a.py']);
  });

  test('a project without SQLAlchemy has none', () => {
    expect(candidates({ 'a.py': 'import b\n', 'b.py': 'import a\n' })).toEqual([]);
  });
});

test('a run without the prefilter gives the same', () => {
  const files = {
    'app/__init__.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n',
    'app/models.py': 'from app import db\nfrom .util import old\nclass User(db.Model): old = 1\n',
    'app/util.py': 'def old(q): return q\n',
    'scripts/run.py': 'import app.models\nold = app.models.old\n',
  };
  const rules = [renaming('old', 'new')];
  const filtered = migrate(files, rules);
  const all = migrate(files, rules, {}, { prefilter: false });
  expect(Object.fromEntries(filtered.files)).toEqual(Object.fromEntries(all.files));
  expect(filtered.findings).toEqual(all.findings);
});
