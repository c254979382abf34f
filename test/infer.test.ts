import { describe, expect, test } from 'vitest';
import { descendants } from '../src/python/tree.ts';
import { alone, inMain } from './support/infer.ts';
import { describeInferred, inferLast, projectOf, type ProjectOptions } from './support/project.ts';

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
      'sqlalchemy.orm.sessionmaker() (app/db.py:2:9)',
      'Local: assigned (app/db.py:2:1)',
      'get(): returns it (app/db.py:4:5)',
      'get(): called (main.py:2:5)',
      's: assigned (main.py:2:1)',
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
