import { describe, expect, test } from 'vitest';
import { applyEdits } from '../src/edits/apply.ts';
import type { ImportRequest } from '../src/edits/edit.ts';
import { unusedImports } from '../src/project/import-cleanup.ts';
import { joinedImports } from '../src/project/import-merge.ts';
import { planImports } from '../src/project/import-plan.ts';
import { useName } from '../src/project/imports.ts';
import type { Module } from '../src/project/modules.ts';
import { descendants } from '../src/python/tree.ts';
import { bind } from './support/python.ts';

function moduleOf(text: string, path = 'app/x.py'): Module {
  const binding = bind(text);
  return {
    path,
    name: 'app.x',
    isPackage: path.endsWith('__init__.py'),
    tree: binding.tree,
    binding,
  };
}

/** `sqlalchemy:select`, `sqlalchemy as sa`, `typing:List as L`, `?app.models:User` (typing only). */
function request(spec: string): ImportRequest {
  const typing = spec.startsWith('?');
  const [source, alias = null] = spec.replace('?', '').split(' as ');
  const [module = '', name = null] = (source ?? '').split(':');
  return { path: 'app/x.py', module, name, alias, ...(typing ? { typing } : {}) };
}

function planned(text: string, specs: string, lineLength = 88): string {
  const requests = specs.split(', ').map(request);
  const edits = planImports(moduleOf(text), requests, { lineLength });
  const result = applyEdits(text, [{ span: 0, edits }]);
  expect(bind(result).tree.problems).toEqual([]);
  expect(planImports(moduleOf(result), requests, { lineLength })).toEqual([]);
  return result;
}

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

describe('planImports extends', () => {
  test.each([
    ['from sqlalchemy import a\n', 'sqlalchemy:b', 'from sqlalchemy import a, b\n'],
    [
      'from sqlalchemy import Column, text\n',
      'sqlalchemy:select',
      'from sqlalchemy import Column, select, text\n',
    ],
    [
      'from sqlalchemy import Column, text\n',
      'sqlalchemy:Integer',
      'from sqlalchemy import Column, Integer, text\n',
    ],
    [
      'from sqlalchemy import VARCHAR, Column, text\n',
      'sqlalchemy:JSON',
      'from sqlalchemy import JSON, VARCHAR, Column, text\n',
    ],
    ['from sqlalchemy import a, C, e\n', 'sqlalchemy:D', 'from sqlalchemy import a, C, D, e\n'],
    ['from sqlalchemy import z, a, m\n', 'sqlalchemy:b', 'from sqlalchemy import z, a, m, b\n'],
    [
      'from sqlalchemy import c, d\n',
      'sqlalchemy:b, sqlalchemy:a',
      'from sqlalchemy import a, b, c, d\n',
    ],
    ['from sqlalchemy import (a, c)\n', 'sqlalchemy:b', 'from sqlalchemy import (a, b, c)\n'],
    ['from sqlalchemy import a  # noqa\n', 'sqlalchemy:b', 'from sqlalchemy import a, b  # noqa\n'],
    [
      'from sqlalchemy import a as x\n',
      'sqlalchemy:b as y',
      'from sqlalchemy import a as x, b as y\n',
    ],
    [
      'from sqlalchemy import a, \\\n    b\n',
      'sqlalchemy:c',
      'from sqlalchemy import a, \\\n    b, c\n',
    ],
    [
      'from sqlalchemy import (\n    a,\n    c,\n)\n',
      'sqlalchemy:b, sqlalchemy:d',
      'from sqlalchemy import (\n    a,\n    b,\n    c,\n    d,\n)\n',
    ],
    [
      'from sqlalchemy import (\n    a,\n    c\n)\n',
      'sqlalchemy:b, sqlalchemy:d',
      'from sqlalchemy import (\n    a,\n    b,\n    c,\n    d\n)\n',
    ],
    [
      'from sqlalchemy import (\n    b,\n)\n',
      'sqlalchemy:a',
      'from sqlalchemy import (\n    a,\n    b,\n)\n',
    ],
    [
      'from sqlalchemy import (\n    a,  # one\n    # two\n    c,  # three\n)\n',
      'sqlalchemy:b, sqlalchemy:d',
      'from sqlalchemy import (\n    a,  # one\n    b,\n    # two\n    c,  # three\n    d,\n)\n',
    ],
    [
      'from sqlalchemy import (\n    a,\n    b  # last\n)\n',
      'sqlalchemy:c',
      'from sqlalchemy import (\n    a,\n    b,  # last\n    c\n)\n',
    ],
    [
      'from sqlalchemy import (\n    a,\n    b)\n',
      'sqlalchemy:c',
      'from sqlalchemy import (\n    a,\n    b,\n    c)\n',
    ],
    [
      'from sqlalchemy import (a, b,\n                        d)\n',
      'sqlalchemy:c',
      'from sqlalchemy import (a, b, c,\n                        d)\n',
    ],
    [
      'from sqlalchemy import (\n    a, b, c\n)\n',
      'sqlalchemy:d',
      'from sqlalchemy import (\n    a, b, c, d\n)\n',
    ],
    ['from sqlalchemy import a\r\n', 'sqlalchemy:b', 'from sqlalchemy import a, b\r\n'],
    [
      'from sqlalchemy import (\r\n    a,\r\n)\r\n',
      'sqlalchemy:b',
      'from sqlalchemy import (\r\n    a,\r\n    b,\r\n)\r\n',
    ],
    ['from sqlalchemy import a; x = 1\n', 'sqlalchemy:b', 'from sqlalchemy import a, b; x = 1\n'],
    ['from sqlalchemy import a, b', 'sqlalchemy:c', 'from sqlalchemy import a, b, c'],
    ['from sqlalchemy import a\n', 'sqlalchemy:a', 'from sqlalchemy import a\n'],
  ])('%j by %s', (before, specs, after) => {
    expect(planned(before, specs)).toBe(after);
  });

  test('breaks a line that gets too long', () => {
    const long = 'from sqlalchemy import aaaaaaaaaa, bbbbbbbbbb  # x\n';
    expect(planned(long, 'sqlalchemy:cc', 46)).toBe(
      'from sqlalchemy import (\n    aaaaaaaaaa,\n    bbbbbbbbbb,\n    cc,\n)  # x\n',
    );
    expect(planned('from sqlalchemy import (aaaaaaaaaa, bbbbbbbbbb)\n', 'sqlalchemy:aa', 46)).toBe(
      'from sqlalchemy import (\n    aa,\n    aaaaaaaaaa,\n    bbbbbbbbbb,\n)\n',
    );
  });

  test('nothing that other edits change', () => {
    const text = 'import os\nfrom sqlalchemy import a\nx = a\n';
    const start = text.indexOf('from');
    const touched = [{ start, end: start + 25 }];
    const edits = planImports(
      moduleOf(text),
      [request('sqlalchemy:b')],
      { lineLength: 88 },
      touched,
    );
    expect(applyEdits(text, [{ span: 0, edits }])).toBe(
      'import os\n\nfrom sqlalchemy import b\nfrom sqlalchemy import a\nx = a\n',
    );
  });

  test('breaks a line beside a new statement', () => {
    expect(
      planned('from typing import aaaaaaaaaa, bbbbbbbbbb\n', 'typing:cc, sqlalchemy:x', 40),
    ).toBe(
      'from typing import (\n    aaaaaaaaaa,\n    bbbbbbbbbb,\n    cc,\n)\n\nfrom sqlalchemy import x\n',
    );
  });

  test('nothing that is guarded, local or late', () => {
    const guarded = 'try:\n    from sqlalchemy import a\nexcept ImportError:\n    a = None\n';
    expect(planned(guarded, 'sqlalchemy:b')).toBe(`from sqlalchemy import b\n\n${guarded}`);
    const late = 'import os\n\nclass A: pass\n\nfrom sqlalchemy import a\n';
    expect(planned(late, 'sqlalchemy:b')).toBe(
      'import os\n\nfrom sqlalchemy import b\n\nclass A: pass\n\nfrom sqlalchemy import a\n',
    );
  });

  test('nothing that stands after the code that needs it', () => {
    const text = 'from sqlalchemy.orm import x\nBase = x()\nfrom sqlalchemy import a\n';
    const edits = planImports(moduleOf(text), [{ ...request('sqlalchemy:b'), neededAt: 29 }], {
      lineLength: 88,
    });
    expect(applyEdits(text, [{ span: 0, edits }])).toBe(
      'from sqlalchemy import b\nfrom sqlalchemy.orm import x\nBase = x()\nfrom sqlalchemy import a\n',
    );
  });
});

describe('planImports beside a statement that goes', () => {
  test('counts the lines around it as one block', () => {
    const kept = 'from sqlalchemy import a\nfrom sqlalchemy import c\n';
    const gone = 'from sqlalchemy.ext import old\n';
    const text = `${kept}${gone}from sqlalchemy.orm import b\n`;
    const touched = [{ start: kept.length, end: kept.length + gone.length }];
    const wanted = [request('sqlalchemy.orm:new')];
    const edits = planImports(moduleOf(text), wanted, { lineLength: 88 }, touched);
    expect(applyEdits(text, [{ span: 0, edits }])).toBe(`${text}from sqlalchemy.orm import new\n`);
  });
});

describe('planImports with packages of the project', () => {
  const isOwn = (name: string): boolean => name === 'app';

  function added(text: string, specs: string): string {
    const requests = specs.split(', ').map(request);
    const edits = planImports(moduleOf(text), requests, { lineLength: 88 }, [], isOwn);
    return applyEdits(text, [{ span: 0, edits }]);
  }

  test.each([
    [
      'import os\n\nfrom app.db import session\n',
      'sqlalchemy:a',
      'import os\n\nfrom sqlalchemy import a\n\nfrom app.db import session\n',
    ],
    [
      'from app.db import session\n\nx = 1\n',
      'sqlalchemy:a',
      'from sqlalchemy import a\n\nfrom app.db import session\n\nx = 1\n',
    ],
    [
      'import flask\n\nfrom app.db import session\n',
      'sqlalchemy:a',
      'import flask\nfrom sqlalchemy import a\n\nfrom app.db import session\n',
    ],
    [
      'from app.db import session\nfrom flask import Flask\n\nfrom app.x import y\n',
      'sqlalchemy:a',
      'from app.db import session\nfrom flask import Flask\nfrom sqlalchemy import a\n\nfrom app.x import y\n',
    ],
    [
      'from .. import x\n',
      '?.models:User, ?app.db:Base, ?typing:List',
      'from typing import TYPE_CHECKING\n\nfrom .. import x\n\nif TYPE_CHECKING:\n    from typing import List\n\n    from app.db import Base\n\n    from .models import User\n',
    ],
    [
      'import flask\n\nfrom . import x\n',
      'app.db:session',
      'import flask\n\nfrom app.db import session\n\nfrom . import x\n',
    ],
  ])('%j + %s', (text, spec, expected) => {
    expect(added(text, spec)).toBe(expected);
  });
});

describe('planImports adds', () => {
  test.each([
    ['', 'sqlalchemy:a', 'from sqlalchemy import a\n'],
    ['x = 1\n', 'sqlalchemy:a', 'from sqlalchemy import a\n\nx = 1\n'],
    ['def f(): pass\n', 'sqlalchemy:a', 'from sqlalchemy import a\n\n\ndef f(): pass\n'],
    ['"""Doc."""\n', 'sqlalchemy:a', '"""Doc."""\n\nfrom sqlalchemy import a\n'],
    ['"""Doc."""\n\nx = 1\n', 'sqlalchemy:a', '"""Doc."""\n\nfrom sqlalchemy import a\n\nx = 1\n'],
    ['"""Doc."""\nx = 1\n', 'sqlalchemy:a', '"""Doc."""\n\nfrom sqlalchemy import a\n\nx = 1\n'],
    [
      '#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nx = 1\n',
      'sqlalchemy:a',
      '#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\nfrom sqlalchemy import a\n\nx = 1\n',
    ],
    ['# License.\n\nx = 1\n', 'sqlalchemy:a', '# License.\n\nfrom sqlalchemy import a\n\nx = 1\n'],
    ['# About x.\nx = 1\n', 'sqlalchemy:a', 'from sqlalchemy import a\n\n# About x.\nx = 1\n'],
    [
      'from __future__ import annotations\n',
      'sqlalchemy:a',
      'from __future__ import annotations\n\nfrom sqlalchemy import a\n',
    ],
    ['import os\n\nx = 1\n', 'sqlalchemy:a', 'import os\n\nfrom sqlalchemy import a\n\nx = 1\n'],
    [
      'import os\n\nx = 1\n',
      'typing:Optional',
      'import os\nfrom typing import Optional\n\nx = 1\n',
    ],
    [
      'import os\nfrom uuid import UUID\n',
      'typing:Optional',
      'import os\nfrom typing import Optional\nfrom uuid import UUID\n',
    ],
    ['import os\n', 'datetime', 'import datetime\nimport os\n'],
    [
      'from sqlalchemy import a\n',
      'typing:List',
      'from typing import List\n\nfrom sqlalchemy import a\n',
    ],
    [
      'from __future__ import annotations\n\nfrom sqlalchemy import a\n',
      'typing:List',
      'from __future__ import annotations\n\nfrom typing import List\n\nfrom sqlalchemy import a\n',
    ],
    ['from . import x\n', 'sqlalchemy:a', 'from sqlalchemy import a\n\nfrom . import x\n'],
    [
      'from sqlalchemy import a\n',
      'sqlalchemy.orm:b',
      'from sqlalchemy import a\nfrom sqlalchemy.orm import b\n',
    ],
    [
      'from sqlalchemy.orm import b\n',
      'sqlalchemy:a',
      'from sqlalchemy import a\nfrom sqlalchemy.orm import b\n',
    ],
    [
      'from sqlalchemy import a\nfrom sqlalchemy.sql import c\n',
      'sqlalchemy.orm:b',
      'from sqlalchemy import a\nfrom sqlalchemy.orm import b\nfrom sqlalchemy.sql import c\n',
    ],
    [
      'import flask\nfrom sqlalchemy import a\n',
      'sqlalchemy as sa',
      'import flask\nimport sqlalchemy as sa\nfrom sqlalchemy import a\n',
    ],
    [
      'from flask import Flask\nfrom sqlalchemy import a\n',
      'sqlalchemy as sa',
      'import sqlalchemy as sa\nfrom flask import Flask\nfrom sqlalchemy import a\n',
    ],
    [
      'from sqlalchemy import create_engine\nfrom sqlalchemy import ForeignKey\nfrom sqlalchemy import Integer\nfrom sqlalchemy import String\n',
      'sqlalchemy:select',
      'from sqlalchemy import create_engine\nfrom sqlalchemy import ForeignKey\nfrom sqlalchemy import Integer\nfrom sqlalchemy import select\nfrom sqlalchemy import String\n',
    ],
    [
      'from sqlalchemy import a  # noqa\nx = 1\n',
      'sqlalchemy.orm:b',
      'from sqlalchemy import a  # noqa\nfrom sqlalchemy.orm import b\nx = 1\n',
    ],
    [
      'from sqlalchemy.orm import b\r\n',
      'sqlalchemy:a',
      'from sqlalchemy import a\r\nfrom sqlalchemy.orm import b\r\n',
    ],
    [
      'import z\nimport a\nfrom sqlalchemy import q\nimport b\n',
      'sqlalchemy.orm:c',
      'import z\nimport a\nfrom sqlalchemy import q\nfrom sqlalchemy.orm import c\nimport b\n',
    ],
    [
      'from sqlalchemy import a',
      'sqlalchemy.orm:b',
      'from sqlalchemy import a\nfrom sqlalchemy.orm import b',
    ],
    [
      'import os\n',
      'sqlalchemy:a, sqlalchemy.orm:b',
      'import os\n\nfrom sqlalchemy import a\nfrom sqlalchemy.orm import b\n',
    ],
    [
      '',
      'sqlalchemy:a, sqlalchemy.orm:b',
      'from sqlalchemy import a\nfrom sqlalchemy.orm import b\n',
    ],
    ['', 'typing:List, sqlalchemy:a', 'from typing import List\n\nfrom sqlalchemy import a\n'],
    [
      'import os\n',
      'typing:List, sqlalchemy:a',
      'import os\nfrom typing import List\n\nfrom sqlalchemy import a\n',
    ],
  ])('%j gets %s', (before, specs, after) => {
    expect(planned(before, specs)).toBe(after);
  });

  test('one name a statement where the file does so', () => {
    const text =
      'from sqlalchemy import a\nfrom sqlalchemy import d\nfrom sqlalchemy.orm import x\n';
    expect(planned(text, 'sqlalchemy:b, sqlalchemy:c, sqlalchemy.orm:y')).toBe(
      'from sqlalchemy import a\nfrom sqlalchemy import b\nfrom sqlalchemy import c\nfrom sqlalchemy import d\n' +
        'from sqlalchemy.orm import x\nfrom sqlalchemy.orm import y\n',
    );
  });

  test.each([
    [
      'from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from app.models import User\n',
      '?app.models:Order',
      'from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from app.models import Order, User\n',
    ],
    [
      'from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import os\n',
      '?app.models:Order',
      'from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import os\n    from app.models import Order\n',
    ],
    [
      'import typing\n\nif typing.TYPE_CHECKING:\n    pass\n',
      '?app.models:Order',
      'import typing\n\nif typing.TYPE_CHECKING:\n    from app.models import Order\n',
    ],
    [
      'import typing\n\nx = 1\n',
      '?app.models:Order',
      'import typing\n\nif typing.TYPE_CHECKING:\n    from app.models import Order\n\nx = 1\n',
    ],
    [
      'from sqlalchemy import a\n\nx = 1\n',
      '?app.m:Order, ?app.n:Item',
      'from typing import TYPE_CHECKING\n\nfrom sqlalchemy import a\n\nif TYPE_CHECKING:\n    from app.m import Order\n    from app.n import Item\n\nx = 1\n',
    ],
    [
      'x = 1\n',
      '?app.m:Order',
      'from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from app.m import Order\n\nx = 1\n',
    ],
    ['from app.m import Order\n', '?app.m:Order', 'from app.m import Order\n'],
  ])('typing only: %j gets %s', (before, specs, after) => {
    expect(planned(before, specs)).toBe(after);
  });
});

describe('unusedImports', () => {
  function cleaned(before: string, after: string, elsewhere: readonly string[] = []): string {
    const module = moduleOf(after);
    const edits = unusedImports(
      moduleOf(before),
      module,
      (_, name) => elsewhere.includes(name),
      88,
    );
    const result = applyEdits(after, [{ span: 0, edits }]);
    expect(bind(result).tree.problems).toEqual([]);
    return result;
  }

  test.each([
    ['from sqlalchemy import a, b\n', 'from sqlalchemy import b\n'],
    ['from sqlalchemy import b, a\n', 'from sqlalchemy import b\n'],
    ['from sqlalchemy import b, a, c\n', 'from sqlalchemy import b, c\n'],
    ['from sqlalchemy import a\n', ''],
    ['import os\nfrom sqlalchemy import a\n', 'import os\n'],
    ['import os\n\nfrom sqlalchemy import a\n\nx = 1\n', 'import os\n\nx = 1\n'],
    ['from sqlalchemy import (\n    a,\n    b,\n)\n', 'from sqlalchemy import (\n    b,\n)\n'],
    ['from sqlalchemy import (\n    b,\n    a,\n)\n', 'from sqlalchemy import (\n    b,\n)\n'],
    ['from sqlalchemy import (\n    b,\n    a\n)\n', 'from sqlalchemy import (\n    b\n)\n'],
    ['from sqlalchemy import (b, a,\n    c)\n', 'from sqlalchemy import (b, c)\n'],
    ['if TYPE_CHECKING:\n    from sqlalchemy import a\n', ''],
    ['import os\nif typing.TYPE_CHECKING:\n    from sqlalchemy import a\n', 'import os\n'],
    ['if TYPE_CHECKING:\n    from sqlalchemy import a\n    from datetime import a1\n', ''],
    [
      'if TYPE_CHECKING:\n    from sqlalchemy import a\nelse:\n    x = 1\n',
      'if TYPE_CHECKING:\n    pass\nelse:\n    x = 1\n',
    ],
    [
      'if TYPE_CHECKING:  # types\n    from sqlalchemy import a\n',
      'if TYPE_CHECKING:  # types\n    pass\n',
    ],
    [
      'if six.PY3:\n    from sqlalchemy import a\n    from sqlalchemy.orm import a1\n',
      'if six.PY3:\n    pass\n',
    ],
    ['import sqlalchemy as a\n', ''],
    ['from sqlalchemy import x as a\n', ''],
    ['def f():\n    from sqlalchemy import a\n    g(a)\n', 'def f():\n    g(1)\n'],
  ])('%j', (head, expected) => {
    const local = head.startsWith('def');
    const before = local ? head : `${head}b\nc\na\na1\n`;
    const after = local ? head.replace('g(a)', 'g(1)') : `${head}b\nc\n`;
    expect(cleaned(before, after)).toBe(local ? expected : `${expected}b\nc\n`);
  });

  test.each([
    ['from sqlalchemy import a  # keep\n', ''],
    ['from sqlalchemy import a  # noqa: F401\n', ''],
    ['from sqlalchemy import (\n    a,  # keep\n    b,\n)\n', ''],
    ['from sqlalchemy import a as a\n', ''],
    ['from app.models import a\n', ''],
    ['from .models import a\n', ''],
    ['import sqlalchemy.a\n', ''],
    ['from sqlalchemy import a\n', '__all__ = ["a"]\n'],
    ['from sqlalchemy import a\n', 'x: "a" = 1\n'],
    ['from sqlalchemy import a\n', 'x = 1  # type: a\n'],
    ['try:\n    from sqlalchemy import a\nexcept ImportError:\n    a = None\n', ''],
    ['from sqlalchemy import a; z = 1\n', ''],
  ])('keeps %j %j', (head, rest) => {
    const after = `${head}${rest}b\n`;
    expect(cleaned(`${after}a\n`, after)).toBe(after);
  });

  test('keeps what was unused before, and what other modules import', () => {
    const text = 'from sqlalchemy import a\nb\n';
    expect(cleaned(text, text)).toBe(text);
    expect(cleaned(`${text}a\n`, text, ['a'])).toBe(text);
  });
});

describe('joinedImports', () => {
  function joined(before: string, after: string): string {
    const edits = joinedImports(moduleOf(before), moduleOf(after), 88);
    const result = applyEdits(after, [{ span: 0, edits }]);
    expect(bind(result).tree.problems).toEqual([]);
    return result;
  }

  test.each([
    [
      'from sqlalchemy.orm import b\n',
      'from sqlalchemy.orm import a\nfrom sqlalchemy.orm import b\nx()\n',
      'from sqlalchemy.orm import a, b\nx()\n',
    ],
    [
      'from sqlalchemy.orm import b, old\n',
      'from sqlalchemy.orm import a\nimport os\nfrom sqlalchemy.orm import (\n    b,\n    c,\n)\n',
      'import os\nfrom sqlalchemy.orm import (\n    a,\n    b,\n    c,\n)\n',
    ],
  ])('%j', (before, after, expected) => {
    expect(joined(before, after)).toBe(expected);
  });

  test.each([
    // It stood so.
    ['from m import a\nfrom m import b\n', 'from m import a\nfrom m import b\n'],
    // One name a line is the style of the file.
    [
      'from m import a\nfrom m import b\nfrom n import c\n',
      'from m import a\nfrom m import b\nfrom n import c\nfrom n import d\n',
    ],
    // Something is executed in between.
    ['from m import b\n', 'from m import a\nsetup()\nfrom m import b\n'],
    ['from m import b\n', 'from m import a  # why\nfrom m import b\n'],
    ['from m import b  # why\n', 'from m import a\nfrom m import b  # why\n'],
    ['from m import *\n', 'from m import a\nfrom m import *\n'],
  ])('keeps %j', (before, after) => {
    expect(joined(before, after)).toBe(after);
  });
});
