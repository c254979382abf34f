// Programs around the examples of the rules about asyncio and blocking code.
import { END, indent, START, type Place } from './example-marks.ts';

const ASYNC_HEAD = `\
import asyncio

import asyncpg
from fastapi import Depends, FastAPI
from sqlalchemy import ForeignKey, String, create_engine, event, func, select
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_scoped_session,
    async_sessionmaker,
    close_all_sessions,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, DynamicMapped, Mapped, Session, WriteOnlyMapped
from sqlalchemy.orm import joinedload, mapped_column, relationship, scoped_session, selectinload
from sqlalchemy.orm import sessionmaker

app = FastAPI()
URL = "sqlite://"
SessionLocal = sessionmaker(create_engine(URL))


def get_session():
    with SessionLocal() as session:
        yield session


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column()
    age: Mapped[int] = mapped_column()
    changed: Mapped[str] = mapped_column(String(20), onupdate=func.now())
    orders: Mapped[list["Order"]] = relationship(back_populates="user")
    addresses: Mapped[list["Address"]] = relationship()
    posts: DynamicMapped["Post"] = relationship()
    letters: WriteOnlyMapped["Letter"] = relationship()


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int] = mapped_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped["User"] = relationship(back_populates="orders")


class Address(Base):
    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class Letter(Base):
    __tablename__ = "letters"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
`;

export const inAsync: Place = (example) => `${ASYNC_HEAD}

async def example(session: AsyncSession, connection: AsyncConnection, user_id: int, name: str, error):
    engine = create_async_engine("sqlite+aiosqlite://")
    ${START}
${indent(example)}    ${END}
    return locals()
`;

export const inAsyncModule: Place = (example) => `${ASYNC_HEAD}

engine = create_async_engine("sqlite+aiosqlite://")
${START}
${example}${END}
`;

export const inBlocking: Place = (example) => `${ASYNC_HEAD}

engine = create_engine("sqlite://")


def example(session: Session, user: User, letter: Letter, orders: list[Order]):
    ${START}
${indent(example)}    ${END}
    return locals()
`;
