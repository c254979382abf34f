// Statements beside the layout that Black and Ruff give them.

export const COMMENTED: readonly (readonly [string, string])[] = [
  [
    `x = f(
    a(b),  # type: ignore[arg-type]
    c, d,)`,
    `x = f(
    a(b),  # type: ignore[arg-type]
    c,
    d,
)`,
  ],
  [
    `stmt = (
    Session.scalars(select(Review)
    .options(joinedload(Review.book))
    .where(Review.body == None)  # noqa: E711
    .order_by(Review.id))
    .all()
)`,
    `stmt = Session.scalars(
    select(Review)
    .options(joinedload(Review.book))
    .where(Review.body == None)  # noqa: E711
    .order_by(Review.id)
).all()`,
  ],
  [
    `b = f(
    one,  # first
    # second
    two
)`,
    `b = f(
    one,  # first
    # second
    two,
)`,
  ],
  [
    `c = session.scalars(  # all of them
    select(User).where(User.id == 1)).all()`,
    `c = session.scalars(  # all of them
    select(User).where(User.id == 1)
).all()`,
  ],
  [
    `e = [one,
    # two
]`,
    `e = [
    one,
    # two
]`,
  ],
  [
    `g = session.query(User).filter(
    # only active ones
    User.active, User.name == name).all()`,
    `g = (
    session.query(User)
    .filter(
        # only active ones
        User.active,
        User.name == name,
    )
    .all()
)`,
  ],
  [
    `i = f(
    one

    # two

)`,
    `i = f(
    one
    # two
)`,
  ],
  [
    `r = [
    a.b for a in cc  # first
    # second
    if a
]`,
    `r = [
    a.b
    for a in cc  # first
    # second
    if a
]`,
  ],
];

/** Flat statement (the header of a compound one) and its layout at 60 columns. */
export const CASES: readonly (readonly [string, string])[] = [
  [
    'f("SELECT some_table.name AS name, some_table.id " "FROM some_table, others " "WHERE a = b")',
    `f(
    "SELECT some_table.name AS name, some_table.id "
    "FROM some_table, others "
    "WHERE a = b"
)`,
  ],
  ['user = session.get(User, 5)', 'user = session.get(User, 5)'],
  [
    'users = session.scalars(select(User).where(User.name == name).order_by(User.id)).all()',
    `users = session.scalars(
    select(User).where(User.name == name).order_by(User.id)
).all()`,
  ],
  [
    'stmt = select(User).where(User.name == name).order_by(User.id).limit(10)',
    `stmt = (
    select(User)
    .where(User.name == name)
    .order_by(User.id)
    .limit(10)
)`,
  ],
  [
    'return session.scalars(select(User).where(User.age > 1)).unique().all()',
    `return (
    session.scalars(select(User).where(User.age > 1))
    .unique()
    .all()
)`,
  ],
  [
    'users = (await session.execute(select(User).where(User.name == name))).scalars().all()',
    `users = (
    (
        await session.execute(
            select(User).where(User.name == name)
        )
    )
    .scalars()
    .all()
)`,
  ],
  [
    'session.execute(delete(User).where(User.name == name).execution_options(synchronize_session=False))',
    `session.execute(
    delete(User)
    .where(User.name == name)
    .execution_options(synchronize_session=False)
)`,
  ],
  [
    'addresses: Mapped[List["Address"]] = relationship("Address", back_populates="user")',
    `addresses: Mapped[List["Address"]] = relationship(
    "Address", back_populates="user"
)`,
  ],
  [
    'addresses_of_former_owners: Mapped[List["FormerAddress"]] = relationship(back_populates="user")',
    `addresses_of_former_owners: Mapped[
    List["FormerAddress"]
] = relationship(back_populates="user")`,
  ],
  [
    'addresses: Mapped[List["Address"]] = relationship("Address", back_populates="user", cascade="all", lazy="select")',
    `addresses: Mapped[List["Address"]] = relationship(
    "Address",
    back_populates="user",
    cascade="all",
    lazy="select",
)`,
  ],
  ['name = column(String,)', 'name = column(\n    String,\n)'],
  ['x = call(\n    a\n)', 'x = call(a)'],
  ['x = (\n    session.get(User, 5)\n)', 'x = session.get(User, 5)'],
  ['from sqlalchemy import (select, func)', 'from sqlalchemy import select, func'],
  [
    'from sqlalchemy import Column, ForeignKey, Integer, String, select',
    `from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    String,
    select,
)`,
  ],
  ['from a import (b,)', 'from a import (\n    b,\n)'],
  [
    'for user in session.scalars(select(User).where(User.name == name)):',
    `for user in session.scalars(
    select(User).where(User.name == name)
):`,
  ],
  ['for (a, b) in (pairs):', 'for a, b in pairs:'],
  [
    'if session.scalar(select(User)) is None and session.scalar(select(Address)) is None:',
    `if (
    session.scalar(select(User)) is None
    and session.scalar(select(Address)) is None
):`,
  ],
  ['while (x):', 'while x:'],
  [
    'with Session(engine, autoflush=False, expire_on_commit=False) as session:',
    `with Session(
    engine, autoflush=False, expire_on_commit=False
) as session:`,
  ],
  [
    'async def find_user(session: AsyncSession, name: str, limit: int) -> User:',
    `async def find_user(
    session: AsyncSession, name: str, limit: int
) -> User:`,
  ],
  [
    'class User(MappedAsDataclass, DeclarativeBase, SomeMixin, Other):',
    `class User(
    MappedAsDataclass, DeclarativeBase, SomeMixin, Other
):`,
  ],
  ['class User():', 'class User:'],
  [
    '(newest,) = session.execute(select(func.max(User.id)).where(User.age > 3)).one()',
    `(newest,) = session.execute(
    select(func.max(User.id)).where(User.age > 3)
).one()`,
  ],
  [
    'return not session.scalar(select(User.id).where(User.name == name).limit(1))',
    `return not session.scalar(
    select(User.id).where(User.name == name).limit(1)
)`,
  ],
  [
    'total = session.scalar(select(func.count()).select_from(User)) or default_total',
    `total = (
    session.scalar(select(func.count()).select_from(User))
    or default_total
)`,
  ],
  [
    'assert session.scalar(select(func.count()).select_from(User)) == 3',
    `assert (
    session.scalar(select(func.count()).select_from(User))
    == 3
)`,
  ],
  [
    'data["users"] = [row.id for row in session.execute(select(User.id)) if row.id]',
    `data["users"] = [
    row.id
    for row in session.execute(select(User.id))
    if row.id
]`,
  ],
  [
    'query = select(User).options(joinedload(User.addresses), selectinload(User.orders))',
    `query = select(User).options(
    joinedload(User.addresses), selectinload(User.orders)
)`,
  ],
  [
    '@pytest.mark.parametrize("name", [first_value, second_value, third])',
    `@pytest.mark.parametrize(
    "name", [first_value, second_value, third]
)`,
  ],
  [
    'raise NoResultFound("No user has the name that was asked for", name)',
    `raise NoResultFound(
    "No user has the name that was asked for", name
)`,
  ],
];
