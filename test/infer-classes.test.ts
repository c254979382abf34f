import { describe, expect, test } from 'vitest';
import { inProject } from './support/infer.ts';
import type { Files } from './support/project.ts';

describe('classes, factories and query properties across files', () => {
  const db =
    'from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker, scoped_session\nengine = create_engine("")\nSessionLocal = sessionmaker(bind=engine)\nsession = scoped_session(SessionLocal)\ndef get_db():\n    db = SessionLocal()\n    try:\n        yield db\n    finally:\n        db.close()\n';
  test.each<[string, Files, string]>([
    [
      'a mock in one call',
      {
        'db.py': db,
        'lib.py': 'def f(x):\n    x\n',
        'main.py':
          'from unittest.mock import Mock\nfrom lib import f\nfrom db import SessionLocal\nf(SessionLocal())\nf(Mock())\n',
      },
      'lib ~Session',
    ],
    [
      'query class of the model',
      {
        'main.py':
          'from flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy.orm import Query\ndb = SQLAlchemy()\nclass Q(Query): pass\nclass M:\n    query_class = Q\nclass U(M, db.Model): pass\nU.query.filter_by(a=1)\n',
      },
      'main.Q<main.U>',
    ],
    [
      'query class of the extension',
      {
        'main.py':
          'from flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy.orm import Query\nclass Q(Query): pass\ndb = SQLAlchemy(query_class=Q)\nclass U(db.Model): pass\nU.query.all()\n',
      },
      'list<main.U>',
    ],
    [
      'query class of the extension itself',
      {
        'main.py':
          'from flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy.orm import Query\nclass Q(Query): pass\ndb = SQLAlchemy(query_class=Q)\nclass U(db.Model): pass\nU.query\n',
      },
      'main.Q<main.U>',
    ],
    [
      'query of a mixin',
      {
        'main.py':
          'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass M:\n    @classmethod\n    def f(cls):\n        return cls.query\nclass U(M, db.Model): pass\nM.f()\n',
      },
      'Query<main.M>',
    ],
    [
      'query class of a factory',
      {
        'main.py':
          'from sqlalchemy.orm import Query, sessionmaker, scoped_session\nclass Q(Query): pass\nS = sessionmaker(query_cls=Q)\nS().query(int)\n',
      },
      'main.Q',
    ],
    [
      'query class of a registry',
      {
        'main.py':
          'from sqlalchemy.orm import Query, sessionmaker, scoped_session\nclass Q(Query): pass\nS = scoped_session(sessionmaker(query_cls=Q))\nS.query(int)\n',
      },
      'main.Q',
    ],
    [
      'unknown query class',
      {
        'main.py':
          'from sqlalchemy.orm import Query, sessionmaker\nS = sessionmaker(query_cls=unknown)\nS().query(int)\n',
      },
      'none',
    ],
    [
      'session class of a registry',
      {
        'main.py':
          'from sqlalchemy.orm import Session, sessionmaker, scoped_session\nclass MySession(Session):\n    def query(self, *a):\n        return 1\nS = scoped_session(sessionmaker(class_=MySession))\nS.query(int)\n',
      },
      'int',
    ],
    [
      'sharded session',
      {
        'main.py':
          'from sqlalchemy.orm import sessionmaker\nfrom sqlalchemy.ext.horizontal_shard import ShardedSession\nS = sessionmaker(class_=ShardedSession)\nwith S() as s:\n    s\n',
      },
      'ShardedSession',
    ],
    [
      'super of a class',
      {
        'main.py':
          'from sqlalchemy.orm import Query\nclass Q(Query):\n    def f(self):\n        super(Q, self).filter(1)\n',
      },
      'Query',
    ],
    [
      'Session or scoped_session',
      {
        'main.py':
          'from sqlalchemy.orm import Session, scoped_session\ndef f(s: Session | scoped_session):\n    s\n',
      },
      'Session',
    ],
    [
      'parametrized',
      {
        'db.py': db,
        'main.py':
          'import pytest\nfrom db import SessionLocal\n@pytest.fixture\ndef x():\n    return SessionLocal()\n@pytest.mark.parametrize("x", [1])\ndef test_a(x):\n    x\n',
      },
      'none',
    ],
    [
      'query property',
      {
        'db.py': db,
        'main.py':
          'from db import session\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\nBase.query = session.query_property()\nclass U(Base): pass\nU.query.all()\n',
      },
      'list<main.U>',
    ],
    [
      'query property of the class',
      {
        'db.py': db,
        'main.py':
          'from db import session\nclass U(object):\n    query = session.query_property()\nU.query.all()\n',
      },
      'list<main.U>',
    ],
    [
      'function of a class called with an object',
      {
        'db.py': db,
        'lib.py': 'class A:\n    def f(self, x):\n        x\n',
        'main.py': 'from lib import A\nfrom db import SessionLocal\nA.f(A(), SessionLocal())\n',
      },
      'lib Session',
    ],
    [
      'query property of a variable',
      { 'db.py': db, 'main.py': 'import db\ndb.session().query(db.U)\n' },
      'Query',
    ],
  ])('%s', (_, files, expected) => {
    const [main, text] =
      expected.includes(' ') && /^(lib|tests\/main) /.test(expected)
        ? expected.split(' ')
        : ['main', expected];
    expect(inProject(files, `${main}.py`)).toBe(text);
  });
});
