import { describe, expect, test } from 'vitest';
import { inProject } from './support/infer.ts';
import type { Files } from './support/project.ts';

describe('what frameworks and other libraries call', () => {
  const db =
    'from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker, scoped_session\nengine = create_engine("")\nSessionLocal = sessionmaker(bind=engine)\nsession = scoped_session(SessionLocal)\ndef get_db():\n    db = SessionLocal()\n    try:\n        yield db\n    finally:\n        db.close()\n';
  test.each<[string, Files, string]>([
    [
      'flask.g',
      {
        'db.py': db,
        'main.py':
          'from flask import g\nfrom db import SessionLocal\ndef before():\n    g.s = SessionLocal()\ndef f():\n    g.s\n',
      },
      'Session',
    ],
    [
      'flask.g of unknown origin',
      { 'main.py': 'import sqlalchemy\nfrom flask import g\ndef f():\n    g.db_session\n' },
      '~Session',
    ],
    [
      'class-based view',
      {
        'db.py': db,
        'main.py':
          'from fastapi import Depends\nfrom db import get_db\nclass V:\n    s = Depends(get_db)\n    def f(self):\n        self.s\n',
      },
      'Session',
    ],
    [
      'sqlmodel',
      { 'main.py': 'from sqlmodel import Session\nwith Session() as s:\n    s\n' },
      'sqlmodel.Session',
    ],
    [
      'Depends',
      {
        'db.py': db,
        'main.py':
          'from fastapi import Depends\nfrom db import get_db\ndef route(db=Depends(get_db)):\n    db\n',
      },
      'Session',
    ],
    [
      'Annotated Depends',
      {
        'db.py': db,
        'main.py':
          'from typing import Annotated, Any\nfrom fastapi import Depends\nfrom db import get_db\nDb = Annotated[Any, Depends(get_db)]\ndef route(db: Db):\n    db\n',
      },
      'Session',
    ],
    [
      'fixture',
      {
        'conftest.py':
          'import pytest\nfrom sqlalchemy.orm import Session\n@pytest.fixture\ndef dbs():\n    with Session() as s:\n        yield s\n',
        'tests/main.py': 'def test_a(dbs):\n    dbs\n',
      },
      'tests/main Session',
    ],
    [
      'named fixture',
      {
        'main.py':
          'import pytest\nfrom sqlalchemy.orm import Session\n@pytest.fixture(name="dbs", scope="session")\ndef make():\n    return Session()\ndef test_a(dbs):\n    dbs\n',
      },
      'Session',
    ],
    [
      'flask',
      {
        'ext.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n',
        'main.py': 'from ext import db\ndb.session\n',
      },
      'scoped_session<library sqlalchemy.orm.Session>',
    ],
    [
      'flask query',
      {
        'ext.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n',
        'main.py': 'from ext import db\nclass U(db.Model): pass\ndb.session.query(U).all()\n',
      },
      'list<main.U>',
    ],
    [
      'flask model query',
      {
        'ext.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n',
        'main.py': 'from ext import db\nclass U(db.Model): pass\nU.query.filter_by(a=1).first()\n',
      },
      'main.U',
    ],
    [
      'flask subclass',
      {
        'main.py':
          'from flask_sqlalchemy import SQLAlchemy as S\nclass DB(S): pass\ndb = DB()\ndb.session()\n',
      },
      'Session',
    ],
    [
      'event listener',
      {
        'main.py':
          'from sqlalchemy import event\nfrom sqlalchemy.orm import Session\n@event.listens_for(Session, "before_flush")\ndef f(s, context, instances):\n    s\n',
      },
      'Session',
    ],
    [
      'raw connection of an event',
      {
        'main.py':
          'from sqlalchemy import event, create_engine\n@event.listens_for(create_engine(""), "connect")\ndef f(connection, record):\n    connection\n',
      },
      'DBAPIConnection',
    ],
    [
      'run_sync of a function',
      {
        'lib.py': 'def f(x, y):\n    x\n',
        'main.py':
          'from lib import f\nfrom sqlalchemy.ext.asyncio import AsyncSession\nasync def g(s: AsyncSession):\n    await s.run_sync(f, 1)\n',
      },
      'lib Session',
    ],
  ])('%s', (_, files, expected) => {
    const [main, text] =
      expected.includes(' ') && /^(lib|tests\/main) /.test(expected)
        ? expected.split(' ')
        : ['main', expected];
    expect(inProject(files, `${main}.py`)).toBe(text);
  });
});
