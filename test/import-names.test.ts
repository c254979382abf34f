import { describe, expect, test } from 'vitest';
import type { ImportRequest } from '../src/edits/edit.ts';
import { useName } from '../src/project/imports.ts';
import { descendants } from '../src/python/tree.ts';
import { moduleOf, request } from './support/imports.ts';

describe('useName', () => {
  /** The name is used at the identifier `here`. */
  function use(
    text: string,
    canonical: string,
    typing = false,
    pending: ImportRequest[] = [],
  ): string {
    const module = moduleOf(text);
    const at = descendants(module.tree.root, 'identifier').find((node) => node.text === 'here');
    if (!at) throw new Error('no place');
    const { text: spelled, request: wanted } = useName(module, canonical, at, pending, {
      target: '2.0',
      typing,
    });
    if (!wanted) return spelled;
    const { module: from, name, alias } = wanted;
    return `${spelled} < ${name === null ? '' : `from ${from} `}import ${name ?? from}${alias === null ? '' : ` as ${alias}`}${wanted.typing ? ' (typing)' : ''}`;
  }

  test.each([
    ['here\n', 'sqlalchemy.select', 'select < from sqlalchemy import select'],
    ['from sqlalchemy import select\nhere\n', 'sqlalchemy.select', 'select'],
    ['from sqlalchemy import select as s\nhere\n', 'sqlalchemy.select', 's'],
    ['from sqlalchemy.future import select\nhere\n', 'sqlalchemy.select', 'select'],
    ['from sqlalchemy.sql.expression import func\nhere\n', 'sqlalchemy.func', 'func'],
    ['import sqlalchemy as sa\nhere\n', 'sqlalchemy.select', 'sa.select'],
    ['import sqlalchemy\nhere\n', 'sqlalchemy.select', 'sqlalchemy.select'],
    ['import sqlalchemy as sa\nhere\n', 'sqlalchemy.exc.NoResultFound', 'sa.exc.NoResultFound'],
    [
      'import sqlalchemy as sa\nfrom sqlalchemy.exc import DataError\nDataError(here)\n',
      'sqlalchemy.exc.NoResultFound',
      'NoResultFound < from sqlalchemy.exc import NoResultFound',
    ],
    [
      'import sqlalchemy as sa\nfrom sqlalchemy import Column\nColumn(here, sa.select(1))\n',
      'sqlalchemy.select',
      'sa.select',
    ],
    [
      'import sqlalchemy as sa\nfrom sqlalchemy import Column\nColumn(here, not_sa.select, sa.selectable)\n',
      'sqlalchemy.select',
      'select < from sqlalchemy import select',
    ],
    [
      'import sqlalchemy as sa\nfrom sqlalchemy import Column\nhere\n',
      'sqlalchemy.select',
      'sa.select',
    ],
    [
      'import sqlalchemy as sa\nfrom sqlalchemy import Column\nColumn(here, sa.select(1))\n',
      'sqlalchemy.select',
      'sa.select',
    ],
    [
      'import sqlalchemy as sa\nfrom sqlalchemy import Column\nColumn(here, not_sa.select, sa.selectable)\n',
      'sqlalchemy.select',
      'select < from sqlalchemy import select',
    ],
    [
      'import sqlalchemy as sa\nfrom sqlalchemy import Column\nhere\n',
      'sqlalchemy.select',
      'sa.select',
    ],
    [
      'import sqlalchemy as sa\nfrom sqlalchemy import Column\nColumn(here)\n',
      'sqlalchemy.select',
      'select < from sqlalchemy import select',
    ],
    [
      'import sqlalchemy as sa\nfrom sqlalchemy import orm\nhere\n',
      'sqlalchemy.select',
      'sa.select',
    ],
    ['from sqlalchemy import orm\nhere\n', 'sqlalchemy.orm.Mapped', 'orm.Mapped'],
    ['import sqlalchemy.orm as so\nhere\n', 'sqlalchemy.orm.Mapped', 'so.Mapped'],
    ['import sqlalchemy.orm\nhere\n', 'sqlalchemy.orm.Mapped', 'sqlalchemy.orm.Mapped'],
    [
      'import sqlalchemy as sa\nhere\n',
      'sqlalchemy.orm.Mapped',
      'Mapped < from sqlalchemy.orm import Mapped',
    ],
    // The name is taken.
    ['def update(): here\n', 'sqlalchemy.update', 'sa.update < import sqlalchemy as sa'],
    [
      'def update(): pass\nsa = 1\nhere\n',
      'sqlalchemy.update',
      'sqlalchemy.update < import sqlalchemy',
    ],
    ['def f(text): return here\n', 'sqlalchemy.text', 'sa.text < import sqlalchemy as sa'],
    [
      'def f():\n    for func in []: pass\n    here\n',
      'sqlalchemy.func',
      'sa.func < import sqlalchemy as sa',
    ],
    [
      'def g(text): return text\ndef f(): here\n',
      'sqlalchemy.text',
      'text < from sqlalchemy import text',
    ],
    [
      'class A:\n    def update(self): here\n',
      'sqlalchemy.update',
      'update < from sqlalchemy import update',
    ],
    ['class A:\n    date = 1\n    here\n', 'datetime.date', 'datetime.date < import datetime'],
    ['from typing import Text\nhere\n', 'sqlalchemy.Text', 'sa.Text < import sqlalchemy as sa'],
    [
      'import sqlalchemy as sa\nfrom sqlalchemy import Column\ndef update(): here\n',
      'sqlalchemy.update',
      'sa.update',
    ],
    ['exists(1)\nhere\n', 'sqlalchemy.exists', 'sa.exists < import sqlalchemy as sa'],
    [
      'class Mapped: pass\nhere\n',
      'sqlalchemy.orm.Mapped',
      'orm_Mapped < from sqlalchemy.orm import Mapped as orm_Mapped',
    ],
    ['List = 1\nhere\n', 'typing.List', 'typing.List < import typing'],
    ['import datetime\nhere\n', 'datetime.date', 'datetime.date'],
    ['import datetime as dt\nhere\n', 'datetime.datetime', 'dt.datetime'],
    ['from datetime import datetime\nhere\n', 'datetime.datetime', 'datetime'],
    ['from datetime import datetime\nhere\n', 'datetime.date', 'date < from datetime import date'],
    ['here\n', 'builtins.list', 'list'],
    ['here\n', 'decimal', 'decimal < import decimal'],
    [
      'from sqlalchemy import *\nselect(1)\nhere\n',
      'sqlalchemy.select',
      'select < from sqlalchemy import select',
    ],
    // Visible, but not there yet or not always there.
    [
      'here\nfrom sqlalchemy import select\n',
      'sqlalchemy.select',
      'select < from sqlalchemy import select',
    ],
    ['def f(): here\nfrom sqlalchemy import select\n', 'sqlalchemy.select', 'select'],
    ['def f():\n    from sqlalchemy import select\n    here\n', 'sqlalchemy.select', 'select'],
    [
      'def f():\n    from sqlalchemy import select\ndef g():\n    here\n',
      'sqlalchemy.select',
      'select < from sqlalchemy import select',
    ],
    [
      'if x:\n    from sqlalchemy import select\nhere\n',
      'sqlalchemy.select',
      'select < from sqlalchemy import select',
    ],
    [
      'try:\n    from sqlalchemy.orm import declared_attr\nexcept ImportError:\n    from sqlalchemy.ext.declarative import declared_attr\nhere\n',
      'sqlalchemy.orm.declared_attr',
      'declared_attr',
    ],
    [
      'if TYPE_CHECKING:\n    from sqlalchemy.orm import Mapped\nhere\n',
      'sqlalchemy.orm.Mapped',
      'Mapped < from sqlalchemy.orm import Mapped',
    ],
  ])('%j needs %s', (text, canonical, expected) => {
    expect(use(text, canonical)).toBe(expected);
  });

  test('typing names', () => {
    const guarded = 'if TYPE_CHECKING:\n    from app.models import User\nhere\n';
    expect(use(guarded, 'app.models.User', true)).toBe('User');
    expect(use('here\n', 'app.models.User', true)).toBe(
      'User < from app.models import User (typing)',
    );
  });

  test('names that other rewrites request are taken', () => {
    expect(use('here\n', 'typing.Text', false, [request('sqlalchemy:Text')])).toBe(
      'typing.Text < import typing',
    );
    expect(use('here\n', 'sqlalchemy.Text', false, [request('sqlalchemy:Text')])).toBe(
      'Text < from sqlalchemy import Text',
    );
  });

  test('says before which offset code at module level needs the import', () => {
    const module = moduleOf('import a\nBase = here()\ndef f(): here2\n');
    const [first, second] = descendants(module.tree.root, 'identifier').filter((node) =>
      node.text.startsWith('here'),
    );
    const needs = [first, second].map(
      (at) =>
        at && useName(module, 'sqlalchemy.select', at, [], { target: '2.0' }).request?.neededAt,
    );
    expect(needs).toEqual([16, undefined]);
  });
});
