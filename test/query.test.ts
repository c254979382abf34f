// Exact rewrites of single query expressions, over one set of models; behaviour is proved by the fixtures.
import { describe, expect, test } from 'vitest';
import { migrateSources } from '../src/engine/run.ts';

const HEAD = `from sqlalchemy import ForeignKey, Column, Integer, JSON, String, delete, func, literal, select, text, update
from sqlalchemy.orm import Query, Session, aliased, contains_eager, declarative_base, defaultload, joinedload, lazyload, relationship, selectinload

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    name = Column(String(20))
    data = Column(JSON)
    orders = relationship("Order", back_populates="user")


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    total = Column(Integer)
    user_id = Column(ForeignKey("users.id"))
    user = relationship("User", back_populates="orders")


other = aliased(User)
unknown = load()


def run(s: Session, key, condition, criteria):
    x = `;

async function rewrite(
  expression: string,
  unsafe = false,
): Promise<{ readonly text: string; readonly reasons: readonly string[] }> {
  const { files, findings, withdrawn } = await migrateSources(
    new Map([['main.py', `${HEAD}${expression}\n`]]),
    { select: ['query', 'loader'], unsafeFixes: unsafe, lineLength: 400 },
  );
  expect(withdrawn).toEqual([]);
  const text = files.get('main.py') ?? '';
  return {
    text: text.slice(text.indexOf('x = ') + 4).trimEnd(),
    reasons: findings.filter((each) => each.safety !== 'safe').map((each) => each.reason),
  };
}

const SAFE: readonly (readonly [string, string])[] = [
  ['s.query(User).all()', 's.scalars(select(User)).all()'],
  ['s.query(User)', 'select(User)'],
  ['s.query(User.id).all()', 's.execute(select(User.id)).all()'],
  ['s.query(User, Order).join(Order).all()', 's.execute(select(User, Order).join(Order)).all()'],
  [
    's.query(User, Order.total).join(Order).all()',
    's.execute(select(User, Order.total).join(Order)).unique().all()',
  ],
  [
    's.query(User).union(s.query(User)).filter(User.id > 1).all()',
    's.scalars(select(user_alias).where(user_alias.id > 1)).all()',
  ],
  ['s.query(Order).join(Order.user).all()', 's.scalars(select(Order).join(Order.user)).all()'],
  [
    's.query(User).join(User.orders).one()',
    's.scalars(select(User).join(User.orders)).unique().one()',
  ],
  [
    's.query(User).join("orders").filter_by(total=None).all()',
    's.scalars(select(User).join(User.orders).where(Order.total.is_(None))).unique().all()',
  ],
  [
    's.query(User).filter(User.name.between(key, key + 1)).all()',
    's.scalars(select(User).where(User.name.between(key, key + 1))).all()',
  ],
  [
    's.query(User).filter(condition).all()',
    's.scalars(select(User).where(condition)).unique().all()',
  ],
  [
    's.query(User).filter(*criteria).all()',
    's.scalars(select(User).where(*criteria)).unique().all()',
  ],
  [
    's.query(User).filter(User.orders.any(Order.total == 1)).all()',
    's.scalars(select(User).where(User.orders.any(Order.total == 1))).all()',
  ],
  [
    's.query(User).options(selectinload(User.orders).joinedload(Order.user)).all()',
    's.scalars(select(User).options(selectinload(User.orders).joinedload(Order.user))).all()',
  ],
  [
    's.query(User).options(lazyload("orders").joinedload("user")).all()',
    's.scalars(select(User).options(lazyload(User.orders).joinedload(Order.user))).all()',
  ],
  ['s.query(User).first()', 's.scalars(select(User).limit(1)).first()'],
  [
    's.query(User).from_statement(text("x")).first()',
    's.scalars(select(User).from_statement(text("x"))).first()',
  ],
  [
    's.query(User).join(Order).yield_per(5).all()',
    's.scalars(select(User).join(Order).execution_options(yield_per=5)).all()',
  ],
  ['s.query(User).get(key)', 's.get(User, key)'],
  [
    's.query(User).options(joinedload("orders")).populate_existing().get((1,))',
    's.get(User, (1,), options=[joinedload(User.orders)], populate_existing=True)',
  ],
  ['s.query(User).options(*condition(key)).get(1)', 's.get(User, 1, options=condition(key))'],
  [
    's.query(User).options(*(joinedload(each) for each in criteria)).get(1)',
    's.get(User, 1, options=[*(joinedload(each) for each in criteria)])',
  ],
  ['s.query(User).count()', 's.scalar(select(func.count()).select_from(User))'],
  [
    's.query(User).join(Order).filter_by(**key).all()',
    's.scalars(select(User).join(Order).where(*(getattr(Order, name) == wanted for name, wanted in key.items()))).unique().all()',
  ],
  [
    's.query(User).order_by(User.name.desc(), User.id).filter(condition).order_by(None).count()',
    's.scalar(select(func.count()).select_from(User).where(condition))',
  ],
  [
    's.query(User).order_by(key).count()',
    's.scalar(select(func.count()).select_from(select(User).order_by(key).subquery()))',
  ],
  [
    's.query(User).order_by(User.id).limit(2).count()',
    's.scalar(select(func.count()).select_from(select(User).order_by(User.id).limit(2).subquery()))',
  ],
  [
    's.query(User).distinct().count()',
    's.scalar(select(func.count()).select_from(select(User).distinct().subquery()))',
  ],
  ['s.query(func.max(Order.total)).scalar()', 's.scalar(select(func.max(Order.total)))'],
  [
    's.query(func.max(Order.total)).group_by(Order.user_id).scalar()',
    's.execute(select(func.max(Order.total)).group_by(Order.user_id)).scalar_one_or_none()',
  ],
  ['s.query(s.query(User).exists()).scalar()', 's.scalar(select(select(User).exists()))'],
  ['s.query(User)[2]', 's.scalars(select(User).slice(2, 3)).all()[0]'],
  ['s.query(User).limit(9)[1:]', 's.scalars(select(User).limit(9).slice(1, None)).all()'],
  ['[*s.query(User)]', '[*s.scalars(select(User))]'],
  ['dict(s.query(User.id, User.name))', 'dict(s.execute(select(User.id, User.name)).all())'],
  [
    's.query(User).filter(User.id == 1).delete()',
    's.execute(delete(User).where(User.id == 1)).rowcount',
  ],
  [
    's.query(User).update({"name": key}, False)',
    's.execute(update(User).values({"name": key}).execution_options(synchronize_session=False)).rowcount',
  ],
  [
    '(s.query(User).filter(condition)).order_by(User.id).count()',
    's.scalar(select(func.count()).select_from(User).where(condition))',
  ],
  ['s.query(Order.user_id).subquery()', 'select(Order.user_id).subquery()'],
  ['s.query(Order.user_id).as_scalar()', 'select(Order.user_id).scalar_subquery()'],
  ['s.query(User).limit(2).from_self().all()', 's.scalars(select(User).limit(2)).all()'],
  [
    's.query(User).union(s.query(User).filter(condition)).all()',
    's.scalars(select(User).from_statement(union(select(User), select(User).where(condition)))).all()',
  ],
  [
    's.query(User).with_lockmode("update_nowait").all()',
    's.scalars(select(User).with_for_update(nowait=True)).all()',
  ],
];

// `Query(…)` without a session is a statement already.
const DIRECT: readonly (readonly [string, string])[] = [
  [
    's.query(User).filter(User.id.in_(Query(Order.user_id))).all()',
    's.scalars(select(User).where(User.id.in_(select(Order.user_id)))).all()',
  ],
];

describe('safe', () => {
  test.each([...SAFE, ...DIRECT])('%s', async (before, after) => {
    const { text, reasons } = await rewrite(before);
    expect(text).toBe(after);
    expect(reasons).toEqual([]);
  });
});

const UNSAFE: readonly (readonly [string, string, RegExp])[] = [
  ['s.query(User)[:key]', 's.scalars(select(User).limit(key)).all()', /may be negative/],
  [
    's.query(User, User.data).join(Order).all()',
    's.execute(select(User, User.data).join(Order)).unique().all()',
    /lists or dicts/,
  ],
  [
    'key(s.query(User.id, Order.id).join(Order).all())',
    'key(s.execute(select(User.id, Order.id).join(Order)).all())',
    /two columns/,
  ],
  [
    's.query(User.name).distinct().order_by(User.id).all()',
    's.execute(select(User.name).distinct().order_by(User.id)).all()',
    /DISTINCT/,
  ],
  ['s.query(Unseen).all()', 's.scalars(select(Unseen)).unique().all()', /was not found/],
];

describe('unsafe', () => {
  test.each(UNSAFE)('%s', async (before, after, reason) => {
    expect((await rewrite(before)).text).toBe(before);
    const { text, reasons } = await rewrite(before, true);
    expect(text).toBe(after);
    expect(reasons.join()).toMatch(reason);
  });
});

const MANUAL: readonly (readonly [string, RegExp])[] = [
  ['s.query(unknown).all()', /objects or rows/],
  ['s.query(User).limit(2).from_self().filter(condition).all()', /from_self/],
  ['s.query(User).union(s.query(User)).filter(condition).all()', /union/],
  ['s.query(User).join(Order).join("orders", aliased=True).all()', /alias/],
  ['s.query(User)[key]', /may be negative/],
  ['s.query(User).filter(condition).get(1)', /has nothing for/],
  ['s.query(User).join("things").all()', /no relationship/],
  ['s.query(User).delete(  # gone\n        synchronize_session=False\n    )', /comments/],
  ['Query(User, session=s).all()', /made by `Query/],
  ['Query([User], s).first()', /made by `Query/],
  ['list(Query(User).with_session(s))', /made by `Query/],
];

describe('manual', () => {
  test.each(MANUAL)('%s', async (before, reason) => {
    const { text, reasons } = await rewrite(before, true);
    expect(text).toContain(
      before.startsWith('s.query(User).union') ? 's.query(User).union' : before,
    );
    expect(reasons.join()).toMatch(reason);
  });
});
