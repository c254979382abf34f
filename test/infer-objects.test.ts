import { describe, expect, test } from 'vitest';
import { alone, inMain } from './support/infer.ts';

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
