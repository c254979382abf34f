import { describe, expect, test } from 'vitest';
import { applyEdits } from '../src/edits/apply.ts';
import { planImports } from '../src/project/import-plan.ts';
import { moduleOf, planned, request } from './support/imports.ts';

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
    [
      'from flask import f\nfrom app.models import User\nfrom app.api import g\n',
      'app:db, sqlalchemy:select',
      'from flask import f\nfrom sqlalchemy import select\nfrom app import db\nfrom app.models import User\nfrom app.api import g\n',
    ],
    [
      'from z import f\nfrom sqlalchemy.orm import b\nfrom a import g\n',
      'sqlalchemy:select',
      'from z import f\nfrom sqlalchemy import select\nfrom sqlalchemy.orm import b\nfrom a import g\n',
    ],
    [
      'from sqlalchemy import Table\nfrom sqlalchemy.orm import backref\nfrom sqlalchemy.orm import relationship\nfrom sqlalchemy.orm import Session\n',
      'sqlalchemy.orm:declared_attr, sqlalchemy.orm:Mapped, sqlalchemy.orm:DeclarativeBase',
      'from sqlalchemy import Table\nfrom sqlalchemy.orm import backref\nfrom sqlalchemy.orm import DeclarativeBase\nfrom sqlalchemy.orm import declared_attr\nfrom sqlalchemy.orm import Mapped\nfrom sqlalchemy.orm import relationship\nfrom sqlalchemy.orm import Session\n',
    ],
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
