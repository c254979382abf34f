import { describe, expect, test } from 'vitest';
import { descendants } from '../src/python/tree.ts';
import {
  describeInferred,
  inferLast,
  projectOf,
  type Files,
  type ProjectOptions,
} from './support/project.ts';

const MODELS =
  'from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n' +
  'class User(Base):\n    __tablename__ = "u"\nclass Order(Base):\n    __tablename__ = "o"\n';
const ORM = 'from sqlalchemy.orm import Session, sessionmaker, scoped_session, Query, aliased\n';
const CORE = 'from sqlalchemy import create_engine, select, func, text, Table, MetaData\n';
const ASYNC =
  'from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine, AsyncConnection, AsyncEngine, async_scoped_session\n';
const HEAD = MODELS + ORM + CORE + ASYNC;

/** Infers the last expression of one file that starts with the usual imports and two models. */
function inMain(code: string, options?: ProjectOptions): string {
  return describeInferred(inferLast({ 'main.py': HEAD + code }, options));
}

/** Infers the last expression of a file of its own, without any header. */
function alone(code: string, options?: ProjectOptions): string {
  return describeInferred(inferLast({ 'main.py': code }, options));
}

function inProject(files: Files, main = 'main.py'): string {
  return describeInferred(inferLast(files, {}, main));
}

describe('objects of SQLAlchemy', () => {
  test.each([
    ['s = Session()\ns\n', 'Session'],
    ['s = Session(bind=create_engine("sqlite://"))\ns.bind\n', 'Engine'],
    ['S = sessionmaker(bind=1)\nS\n', 'sessionmaker<library sqlalchemy.orm.Session>'],
    ['S = sessionmaker()\ns = S()\ns\n', 'Session'],
    ['S = sessionmaker()\nwith S() as s:\n    s\n', 'Session'],
    ['S = sessionmaker()\nwith S.begin() as s:\n    s\n', 'Session'],
    ['S = scoped_session(sessionmaker())\nS\n', 'scoped_session<library sqlalchemy.orm.Session>'],
    ['S = scoped_session(sessionmaker())\nS()\n', 'Session'],
    ['S = scoped_session(sessionmaker())\nS.query(User)\n', 'Query<main.User>'],
    ['S = scoped_session(lambda: Session())\nS()\n', 'Session'],
    ['S = sessionmaker(class_=AsyncSession)\nS()\n', 'AsyncSession'],
    ['S = async_sessionmaker()\nS()\n', 'AsyncSession'],
    [
      'S = async_sessionmaker()\nasync def f():\n    async with S() as s:\n        s\n',
      'AsyncSession',
    ],
    [
      'S = async_sessionmaker()\nasync def f():\n    async with S.begin() as s:\n        s\n',
      'AsyncSession',
    ],
    [
      'from contextlib import asynccontextmanager\nS = async_sessionmaker()\nasync def get():\n    async with S() as s:\n        yield s\nopen_session = asynccontextmanager(get)\nasync def f():\n    async with open_session() as s:\n        s\n',
      'AsyncSession',
    ],
    [
      'class Users:\n    def __iter__(self) -> "Users":\n        return self\n    def __next__(self) -> User: ...\nfor u in Users():\n    u\n',
      'main.User',
    ],
    ['e = create_engine("sqlite://")\ne\n', 'Engine'],
    ['e = create_engine("sqlite://")\nwith e.connect() as c:\n    c\n', 'Connection'],
    ['e = create_engine("sqlite://")\nwith e.begin() as c:\n    c\n', 'Connection'],
    [
      'e = create_async_engine("x")\nasync def f():\n    async with e.begin() as c:\n        c\n',
      'AsyncConnection',
    ],
    [
      'e = create_async_engine("x")\nasync def f():\n    c = await e.connect()\n    c\n',
      'AsyncConnection',
    ],
    ['m = MetaData()\nt = Table("t", m)\nt\n', 'Table'],
    ['Base.metadata\n', 'MetaData'],
    ['with Session() as s, s.begin():\n    s\n', 'Session'],
    ['import sqlalchemy as sa\nsa.orm.Session()\n', 'Session'],
    ['with Session() as s:\n    s.connection()\n', 'Connection'],
    ['with Session() as s:\n    with s.no_autoflush as t:\n        t\n', 'Session'],
  ])('%j', (code, expected) => {
    expect(inMain(code)).toBe(expected);
  });
});

describe('queries and results', () => {
  const session = 's = Session()\n';
  test.each([
    ['s.query(User)\n', 'Query<main.User>'],
    ['s.query(User, Order)\n', 'Query<Row<(main.User, main.Order)>>'],
    ['s.query(User.name)\n', 'Query<Row<(?)>>'],
    ['s.query(func.count(User.id))\n', 'Query<Row<(?)>>'],
    ['s.query(User, User.name)\n', 'Query<Row<(main.User, ?)>>'],
    ['s.query(unknown)\n', 'Query'],
    ['s.query(*cols)\n', 'Query'],
    ['s.query(aliased(User))\n', 'Query<main.User>'],
    ['s.query(User).filter(User.id == 1).order_by(User.id).limit(3)\n', 'Query<main.User>'],
    ['s.query(User).all()\n', 'list<main.User>'],
    ['s.query(User).first()\n', 'main.User'],
    ['s.query(User).get(3)\n', 'main.User'],
    ['s.query(User).with_entities(User.id).all()\n', 'list<Row<(?)>>'],
    ['s.query(User).with_entities(Order)\n', 'Query<main.Order>'],
    ['s.query(User, Order).first()[1]\n', 'main.Order'],
    ['s.query(User)[2:5]\n', 'list<main.User>'],
    ['s.query(User)[0]\n', 'main.User'],
    ['s.query(User).count()\n', 'int'],
    ['for u in s.query(User):\n    u\n', 'main.User'],
    ['for u, o in s.query(User, Order):\n    o\n', 'main.Order'],
    ['[u for u in s.query(User)]\n', 'list<main.User>'],
    [
      '[x.id for x in s.query(User) if x]\nfor i, u in enumerate(s.query(User)):\n    u\n',
      'main.User',
    ],
    ['s.execute(select(User))\n', 'Result<Row<(main.User)>>'],
    ['s.execute(select(User)).scalars().all()\n', 'list<main.User>'],
    ['s.execute(select(User).where(User.id == 1)).scalar_one_or_none()\n', 'main.User'],
    ['s.execute(select([User.id]))\n', 'Result<Row<(?)>>'],
    ['s.execute(text("select 1"))\n', 'Result<Row>'],
    ['s.scalars(select(User))\n', 'ScalarResult<main.User>'],
    ['s.scalar(select(User))\n', 'main.User'],
    ['s.get(User, 1)\n', 'main.User'],
    ['s.merge(User())\n', 'main.User'],
    ['a, b = s.execute(select(User, Order)).one()\nb\n', 'main.Order'],
    ['q = s.query(User)\nif x:\n    q = q.filter(User.id == 1)\nq\n', 'Query<main.User>'],
    [
      'q = s.query(User)\nfor x in y:\n    q = q.filter(User.id == x)\nq.all()\n',
      'list<main.User>',
    ],
    ['q = s.query(User)\nfor x in y:\n    q = q.all()\nq\n', 'none'],
    ['q = s.query(User) if x else s.query(Order)\nq\n', 'Query'],
    ['q = s.query(User)\nq = s.query(Order)\nq\n', 'Query<main.Order>'],
    ['c = create_engine("").connect()\nc.execute(select(User)).first()\n', 'Row'],
    ['us = []\nfor u in s.query(User):\n    us.append(u)\nus\n', 'list<main.User>'],
    ['us = [User()]\nus.append(Order())\nus\n', 'list'],
    ['us = s.query(User).all() + s.query(User).all()\nus\n', 'list<main.User>'],
    ['us = sorted(s.query(User), key=len)\nus[0]\n', 'main.User'],
    ['(u := s.query(User).first())\nu\n', 'main.User'],
    ['[r.Order for r in s.query(User, Order)]\n', 'list<main.Order>'],
    ['us = s.query(User).all()\nus.pop()\n', 'main.User'],
    ['d = {u.id: u for u in s.query(User)}\nfor k, u in d.items():\n    u\n', 'main.User'],
    ['d = {u.id: u for u in s.query(User)}\nd.get(3)\n', 'main.User'],
    ['next(iter(s.query(User)))\n', 'main.User'],
    ['d = {u.id: u for u in s.query(User)}\nd[1]\n', 'main.User'],
  ])('%j', (code, expected) => {
    expect(inMain(session + code)).toBe(expected);
  });
  test.each([
    ['(await s.execute(select(User))).scalars().all()\n', 'list<main.User>'],
    ['s.execute(select(User))\n', 'CoroutineType<Result<Row<(main.User)>>>'],
    ['await s.get(User, 1)\n', 'main.User'],
    ['(await s.scalars(select(User))).first()\n', 'main.User'],
    ['await s.run_sync(lambda x: x.query(User).all())\n', 'list<main.User>'],
    ['async for u in await s.stream_scalars(select(User)):\n        u\n', 'main.User'],
    ['s.sync_session\n', 'Session'],
  ])('async %j', (code, expected) => {
    expect(inMain(`async def f(s: AsyncSession):\n    ${code}`)).toBe(expected);
  });
});

describe('annotations', () => {
  const head =
    'from typing import Annotated, Any, Callable, ContextManager, Iterator, List, Optional, Type, TypeVar, Union, cast\nimport collections.abc, contextlib\n';
  test.each([
    ['s: Session', 's', 'Session'],
    ['s: "Session"', 's', 'Session'],
    ['s: Optional[Session] = None', 's', 'Session'],
    ['s: "Optional[Session]" = None', 's', 'Session'],
    ['s: Session | None', 's', 'Session'],
    ['s: "Session | None"', 's', 'Session'],
    ['s: Union[Session, None]', 's', 'Session'],
    ['s: Annotated[Session, 3]', 's', 'Session'],
    ['s: Union[Session, AsyncSession]', 's', 'object'],
    ['s: list[User]', 's', 'list<main.User>'],
    ['s: "List[\'User\']"', 's[0]', 'main.User'],
    ['s: Iterator[User]', 'next(s)', 'main.User'],
    ['s: tuple[User, Order]', 's[1]', 'main.Order'],
    ['s: dict[str, User]', 's["a"]', 'main.User'],
    ['s: Callable[..., Session]', 's()', 'Session'],
    ['s: "Callable[[int, str], Session]"', 's()', 'Session'],
    ['s: ContextManager[Session]', 's', 'AbstractContextManager<Session>'],
    ['s: Type[User]', 's', 'class main.User'],
    ['s: "Query[User]"', 's', 'Query<main.User>'],
    ['s: sessionmaker[Session]', 's()', 'Session'],
    ['s: async_sessionmaker', 's()', 'AsyncSession'],
    ['*s: User', 's[0]', 'main.User'],
    ['s: Any', 's', 'none'],
    ['s: int', 's', 'int'],
    ['s: Unknown', 's', 'none'],
  ])('def f(%s): %s', (parameter, expression, expected) => {
    expect(inMain(`${head}def f(${parameter}):\n    ${expression}\n`)).toBe(expected);
  });
  test.each([
    ['Local = sessionmaker()\ndef f(s: Local):\n    s\n', 'Session'],
    ['Alias = Optional[Session]\ndef f(s: Alias):\n    s\n', 'Session'],
    ['T = TypeVar("T", bound=Session)\ndef f(s: T):\n    s\n', 'Session'],
    ['s: Session\ns\n', 'Session'],
    ['s: Session = unknown()\ns\n', 'Session'],
    ['s: Query = Session().query(User)\ns\n', 'Query<main.User>'],
    ['cast(Session, x)\n', 'Session'],
    ['cast("Session", x)\n', 'Session'],
    ['class A:\n    s: Session\n    def f(self):\n        self.s\n', 'Session'],
  ])('%j', (code, expected) => {
    expect(inMain(head + code)).toBe(expected);
  });
});

describe('functions', () => {
  const head =
    'from contextlib import contextmanager, asynccontextmanager, closing\nfrom typing import Annotated, Any, Callable, ContextManager, Iterator, List, Optional, Type, TypeVar, Union, cast\nS = sessionmaker()\n';
  test.each([
    ['def get():\n    return S()\nget()\n', 'Session'],
    ['def get() -> Session:\n    return x\nget()\n', 'Session'],
    ['def get():\n    if x:\n        return S()\n    return Session()\nget()\n', 'Session'],
    ['def get():\n    if x:\n        return S()\n    return create_engine("")\nget()\n', 'object'],
    ['def get():\n    if x:\n        return None\n    return S()\nget()\n', 'Session'],
    ['def get():\n    if x:\n        return unknown()\n    return S()\nget()\n', 'none'],
    ['async def get():\n    return S()\nasync def f():\n    s = await get()\n    s\n', 'Session'],
    [
      'async def get():\n    return S()\nasync def f():\n    s = get()\n    s\n',
      'CoroutineType<Session>',
    ],
    [
      '@contextmanager\ndef scope():\n    s = S()\n    try:\n        yield s\n    finally:\n        s.close()\nwith scope() as x:\n    x\n',
      'Session',
    ],
    [
      '@contextmanager\ndef scope() -> Iterator[Session]:\n    yield x\nwith scope() as x:\n    x\n',
      'Session',
    ],
    [
      '@asynccontextmanager\nasync def scope():\n    async with AsyncSession() as s:\n        yield s\nasync def f():\n    async with scope() as x:\n        x\n',
      'AsyncSession',
    ],
    ['def gen():\n    yield S()\nfor x in gen():\n    x\n', 'Session'],
    ['def gen():\n    yield from Session().query(User)\nfor x in gen():\n    x\n', 'main.User'],
    ['with closing(S()) as x:\n    x\n', 'Session'],
    ['def a():\n    return b()\ndef b():\n    return a()\na()\n', 'none'],
    ['def a(n):\n    return a(n - 1) if n else S()\na(3)\n', 'Session'],
    ['@decorate\ndef get():\n    return S()\nget()\n', '~Session'],
    ['def users(s):\n    return s.query(User)\nusers(Session()).first()\n', 'main.User'],
    ['get = lambda: S()\nget()\n', 'Session'],
    ['from functools import partial\nget = partial(Session, bind=1)\nget()\n', 'Session'],
    ['def get() -> Query:\n    return Session().query(User)\nget()\n', 'Query<main.User>'],
    ['class M:\n    def __enter__(self):\n        return S()\nwith M() as s:\n    s\n', 'Session'],
    [
      'class M:\n    async def __aenter__(self):\n        return AsyncSession()\nasync def f():\n    async with M() as s:\n        s\n',
      'AsyncSession',
    ],
    ['class M:\n    def __enter__(self):\n        return self\nwith M() as s:\n    s\n', 'main.M'],
    ['class M:\n    def __call__(self):\n        return S()\nM()()\n', 'Session'],
  ])('%j', (code, expected) => {
    expect(inMain(head + code)).toBe(expected);
  });
});

describe('attributes', () => {
  test.each([
    [
      'class R:\n    def __init__(self, session: Session):\n        self.session = session\n    def f(self):\n        self.session\n',
      'Session',
    ],
    [
      'class R:\n    def __init__(self, session):\n        self.s = session\n    def f(self):\n        self.s\nR(Session())\ndef g():\n    R.f\nclass Z(R):\n    def h(self):\n        self.s\n',
      'Session',
    ],
    ['class R:\n    s = Session()\nR.s\n', 'Session'],
    ['class R:\n    s = Session()\nclass T(R): pass\nT().s\n', 'Session'],
    [
      'class R:\n    def setUp(self):\n        self.s = Session()\n    def f(self):\n        self.s\n',
      'Session',
    ],
    [
      'class R:\n    _s = None\n    @property\n    def s(self):\n        if self._s is None:\n            self._s = Session()\n        return self._s\nR().s\n',
      'Session',
    ],
    ['class R:\n    def s(self):\n        return Session()\nR().s()\n', 'Session'],
    ['class R:\n    @classmethod\n    def s(cls):\n        return Session()\nR.s()\n', 'Session'],
    ['class R:\n    @staticmethod\n    def s(x):\n        return Session()\nR.s(1)\n', 'Session'],
    [
      'class R:\n    def __init__(self):\n        self.s, self.e = Session(), create_engine("")\n    def f(self):\n        self.e\n',
      'Engine',
    ],
    [
      'class R:\n    model = User\n    def q(self):\n        return Session().query(self.model)\nR().q()\n',
      'Query<main.User>',
    ],
    [
      'class R:\n    model = None\n    def q(self):\n        return Session().query(self.model)\nclass A(R):\n    model = User\nclass B(R):\n    model = Order\nR().q()\n',
      'Query',
    ],
    ['class MySession(Session):\n    pass\nMySession().query(User).all()\n', 'list<main.User>'],
    [
      'class MySession(Session):\n    def query(self, *a):\n        return 1\nMySession().query(User)\n',
      'int',
    ],
    [
      'class MySession(Session):\n    def query(self, *a):\n        return super().query(User)\nMySession().query(User)\n',
      'Query<main.User>',
    ],
    [
      'class Q(Query):\n    def active(self):\n        return self.filter(1)\nQ(User).active()\n',
      'main.Q',
    ],
    [
      'class R:\n    def __init__(self):\n        self.s = Session()\n    def g(self):\n        self.s = unknown\n    def f(self):\n        self.s\n',
      'none',
    ],
    [
      'class R:\n    def f(self):\n        with Session() as self.s:\n            self.s\n',
      'Session',
    ],
    [
      'class R:\n    def a(self):\n        return 1\nclass T(R):\n    def a(self):\n        return Session()\ndef f(r: R):\n    r.a()\n',
      'object',
    ],
    ['getattr(Session(), "bind")\n', 'Engine'],
    ['User\n', 'class main.User'],
    ['User()\n', 'main.User'],
    ['User.name\n', 'none'],
  ])('%j', (code, expected) => {
    expect(inMain(code)).toBe(expected);
  });
});

describe('across files', () => {
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
      'attribute set from outside',
      {
        'db.py': db,
        'main.py':
          'from db import SessionLocal\nclass App: pass\napp = App()\napp.s = SessionLocal()\napp.s\n',
      },
      'Session',
    ],
    [
      'attribute set otherwise from outside',
      {
        'db.py': db,
        'main.py':
          'from db import SessionLocal\nclass App:\n    def __init__(self):\n        self.s = SessionLocal()\napp = App()\napp.s = Fake()\ndef f(a: App):\n    a.s\n',
      },
      'none',
    ],
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
      'sqlmodel',
      { 'main.py': 'from sqlmodel import Session\nwith Session() as s:\n    s\n' },
      'sqlmodel.Session',
    ],
    [
      'imported session',
      { 'db.py': db, 'main.py': 'from db import session\nsession\n' },
      'scoped_session<library sqlalchemy.orm.Session>',
    ],
    [
      'module attribute',
      { 'db.py': db, 'main.py': 'import db\ndb.session\n' },
      'scoped_session<library sqlalchemy.orm.Session>',
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
      'global set in a function',
      {
        'db.py':
          'from sqlalchemy.orm import Session\nsession = None\ndef init():\n    global session\n    session = Session()\n',
        'main.py': 'import db\ndef f():\n    db.session\n',
      },
      'Session',
    ],
    [
      'imported global set in a function',
      {
        'db.py':
          'from sqlalchemy.orm import Session\nthing = None\ndef init():\n    global thing\n    thing = Session()\n',
        'main.py': 'from db import thing\nthing\n',
      },
      'Session',
    ],
    [
      'every call passes it',
      {
        'db.py': db,
        'lib.py': 'def f(x):\n    x\n',
        'main.py':
          'from lib import f\nfrom db import SessionLocal\nf(SessionLocal())\nf(x=SessionLocal())\n',
      },
      'lib Session',
    ],
    [
      'one call passes something else',
      {
        'db.py': db,
        'lib.py': 'def f(x):\n    x\n',
        'main.py': 'from lib import f\nfrom db import SessionLocal\nf(SessionLocal())\nf(3)\n',
      },
      'lib object',
    ],
    [
      'one call is unknown',
      {
        'db.py': db,
        'lib.py': 'def f(x):\n    x\n',
        'main.py': 'from lib import f\nfrom db import SessionLocal\nf(SessionLocal())\nf(*a)\n',
      },
      'lib none',
    ],
    [
      'it is passed on',
      {
        'db.py': db,
        'lib.py': 'def f(x):\n    x\n',
        'main.py': 'from lib import f\nfrom db import SessionLocal\nf(SessionLocal())\ng(f)\n',
      },
      'lib ~Session',
    ],
    [
      'alias of import',
      {
        'db.py': db,
        'lib.py': 'def f(x):\n    x\n',
        'main.py': 'from lib import f as g\nfrom db import SessionLocal\ng(SessionLocal())\n',
      },
      'lib Session',
    ],
    [
      'method call',
      {
        'db.py': db,
        'lib.py': 'class A:\n    def f(self, x):\n        x\n',
        'main.py': 'from lib import A\nfrom db import SessionLocal\nA().f(SessionLocal())\n',
      },
      'lib Session',
    ],
    [
      'constructor',
      {
        'db.py': db,
        'lib.py':
          'class A:\n    def __init__(self, x):\n        self.x = x\nclass B(A):\n    def f(self):\n        self.x\n',
        'main.py': 'from lib import B\nfrom db import SessionLocal\nB(SessionLocal())\n',
      },
      'lib Session',
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
      'import fallback',
      {
        'main.py':
          'try:\n    from sqlalchemy.orm import Session\nexcept ImportError:\n    Session = None\nSession()\n',
      },
      'Session',
    ],
    ['star import', { 'db.py': db, 'main.py': 'from db import *\nsession.query(1)\n' }, 'Query'],
    [
      'conditional global',
      {
        'main.py':
          'from sqlalchemy.orm import Session\nif x:\n    s = Session()\nelse:\n    s = Session(bind=1)\ndef f():\n    s\n',
      },
      'Session',
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

describe('mapped attributes', () => {
  const models =
    'from sqlalchemy import Column, Integer, ForeignKey\nfrom sqlalchemy.orm import Session, declarative_base, relationship, backref, Mapped\nBase = declarative_base()\n' +
    'class User(Base):\n    __tablename__ = "u"\n    id = Column(Integer, primary_key=True)\n    orders = relationship("Order", backref="user")\n' +
    '    log = relationship("Order", lazy="dynamic", viewonly=True)\n    bag = relationship("Order", collection_class=set, viewonly=True)\n' +
    '    def newest(self):\n        return self.orders[0]\n    @property\n    def first(self):\n        return self.orders[0]\n' +
    'class Order(Base):\n    __tablename__ = "o"\n    id = Column(Integer, primary_key=True)\n    user_id = Column(ForeignKey("u.id"))\n' +
    's = Session()\n';
  test.each([
    ['User().orders\n', 'list<main.Order>'],
    ['User().orders[0].user\n', 'main.User'],
    ['User().log\n', 'AppenderQuery<main.Order>'],
    ['User().log.filter_by(id=1).all()\n', 'list<main.Order>'],
    ['User().bag\n', 'set<main.Order>'],
    ['User().id\n', 'none'],
    ['User.id\n', 'none'],
    ['User.orders\n', 'none'],
    ['User().newest()\n', 'main.Order'],
    ['User().first\n', 'main.Order'],
    ['for u in s.query(User):\n    for o in u.orders:\n        o\n', 'main.Order'],
    ['[o for u in s.query(User).all() for o in u.orders]\n', 'list<main.Order>'],
    ['s.query(User.orders)\n', 'Query<Row<(?)>>'],
    ['User.__table__\n', 'Table'],
    ['User.metadata\n', 'MetaData'],
  ])('%j', (code, expected) => {
    expect(alone(models + code)).toBe(expected);
  });
});

describe('names of unknown origin', () => {
  const uses = 'import sqlalchemy\n';
  test.each([
    ['def f(session):\n    session\n', '~Session'],
    ['def f(db_session):\n    db_session.query(1)\n', '~Query'],
    ['from company.db import session\nsession\n', '~Session'],
    ['from company.db import Session\nSession()\n', '~Session'],
    ['session = make()\nsession\n', '~Session'],
    ['class A:\n    def f(self):\n        self.session\n', '~Session'],
    ['def f(engine):\n    engine\n', '~Engine'],
    ['def f(conn):\n    conn\n', '~Connection'],
    ['def f(db):\n    db.query(1)\n    db\n', '~Session'],
    ['def f(db):\n    db\n', 'none'],
    ['class A:\n    def f(self):\n        self.db.query(1)\n', '~Query'],
    ['def f(x):\n    x\n', 'none'],
  ])('%j', (code, expected) => {
    expect(alone(uses + code)).toBe(expected);
  });
});

describe('look-alikes', () => {
  const uses = 'import sqlalchemy\n';
  test.each([
    ['import requests\nsession = requests.Session()\nsession\n', 'requests.Session'],
    ['import requests\nsession = requests.session()\nsession\n', 'requests.session'],
    ['import requests\nwith requests.Session() as session:\n    session\n', 'requests.Session'],
    ['import boto3\nsession = boto3.session.Session()\nsession\n', 'boto3.session.Session'],
    [
      'from aiohttp import ClientSession\nsession = ClientSession()\nsession\n',
      'aiohttp.ClientSession',
    ],
    ['from flask import session\nsession\n', 'library flask.session'],
    ['from flask import session\nsession.get("a")\n', 'flask.session.get'],
    ['def view(request):\n    request.session\n', 'none'],
    [
      'from cassandra.cluster import Cluster\ncluster = Cluster()\nsession = cluster.connect()\nsession\n',
      'cassandra.cluster.Cluster.connect',
    ],
    [
      'class Session:\n    def query(self, x): return 1\nsession = Session()\nsession\n',
      'main.Session',
    ],
    ['class Session:\n    def query(self, x): return 1\nSession().query(2)\n', 'int'],
    ['def f(session: dict):\n    session\n', 'dict'],
    ['import sqlite3\nconn = sqlite3.connect("x")\nconn\n', 'sqlite3.connect'],
    ['session = 3\nsession\n', 'int'],
    ['session = {}\nsession\n', 'dict'],
    ['from django.db import connection\nconnection\n', 'library django.db.connection'],
    [
      'from google.cloud import datastore\ndb = datastore.Client()\ndb.query(kind="a")\n',
      'google.cloud.datastore.Client.query',
    ],
    [
      'import requests\ndef f(session):\n    session\nf(requests.Session())\nf\n',
      'function main.f',
    ],
    ['session = 3\nif x:\n    session = unknown()\nsession\n', '~int'],
    [
      'import asyncpg\nasync def f():\n    conn = await asyncpg.connect()\n    conn\n',
      'asyncpg.connect',
    ],
  ])('%j', (code, expected) => {
    expect(alone(uses + code)).toBe(expected);
  });
  test('nothing is guessed where SQLAlchemy is not used', () => {
    expect(alone('def f(session):\n    session\n')).toBe('none');
  });
});

test('a name has its new value where it is bound', () => {
  const { graph, inference } = projectOf({
    'main.py': 'from sqlalchemy.orm import Session\ns = 1\nwith Session() as s:\n    pass\n',
  });
  const module = graph.modules[0];
  const target =
    module && descendants(module.tree.root, 'as_pattern_target').flatMap((node) => node.named)[0];
  expect(module && target && describeInferred(inference.infer(module, target))).toBe('Session');
});

describe('what is said of a value', () => {
  test('its trail names each step with its place', () => {
    const inferred = inferLast({
      'app/db.py':
        'from sqlalchemy.orm import sessionmaker\nLocal = sessionmaker()\ndef get():\n    return Local()\n',
      'main.py': 'from app.db import get\ns = get()\ns\n',
    });
    expect(inferred?.trail).toEqual([
      'sqlalchemy.orm.sessionmaker() (app/db.py:2)',
      'Local: assigned (app/db.py:2)',
      'get(): returns it (app/db.py:4)',
      'get(): called (main.py:2)',
      's: assigned (main.py:2)',
    ]);
  });
  test.each([
    ['main.Mine', true],
    ['sqlalchemy.orm.scoped_session', true],
    ['sqlalchemy.orm.Query', false],
    ['main.Other', false],
  ])('%s is a Session: %s', (of, expected) => {
    const { inference } = projectOf({
      'main.py':
        'from sqlalchemy.orm import Session\nclass Base(Session): pass\nclass Mine(Base): pass\nclass Other: pass\n',
    });
    const value = { kind: 'instance', of, element: null } as const;
    expect(inference.isInstanceOf(value, 'sqlalchemy.orm.Session')).toBe(expected);
  });
  test('what a function returns, by its id', () => {
    const { inference } = projectOf({
      'app/db.py':
        'from sqlalchemy.orm import Session\nclass A:\n    async def get(self):\n        return Session()\n',
    });
    expect(describeInferred(inference.returns('app.db.A.get'))).toBe('CoroutineType<Session>');
  });
});

describe('settings', () => {
  test.each<[string, ProjectOptions['settings'], string]>([
    ['def f(dbs):\n    dbs\n', { sessionNames: ['dbs'] }, 'Session'],
    ['def f(x):\n    x.dbs\n', { sessionNames: ['dbs'] }, 'Session'],
    ['def f(x):\n    x.dbs\n', { sessionNames: ['x.dbs'] }, 'Session'],
    ['def f(x):\n    y.dbs\n', { sessionNames: ['x.dbs'] }, 'none'],
    ['from company import make\nmake()\n', { sessionFactories: ['make'] }, 'Session'],
    ['from company import make\nmake()\n', { sessionFactories: ['company.make'] }, 'Session'],
    [
      'from sqlalchemy.orm import Query\nfrom company import make\nclass Own(Query): ...\nmake(query_cls=Own)\n',
      { sessionFactories: ['make'] },
      'Session<class main.Own>',
    ],
    [
      'from company import make\nwith make() as s:\n    s\n',
      { sessionFactories: ['make'] },
      'Session',
    ],
    ['def f(pg):\n    pg.connect()\n', { engineNames: ['pg'] }, 'Connection'],
    ['import requests\ns = requests.Session()\ns\n', { sessionNames: ['s'] }, 'requests.Session'],
  ])('%j %j', (code, settings, expected) => {
    expect(alone(code, settings ? { settings } : {})).toBe(expected);
  });
});
