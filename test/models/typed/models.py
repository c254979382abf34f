from __future__ import annotations

import datetime
import decimal
from typing import Annotated, Any, Dict, List, Optional, Set, Union

from sqlalchemy import ForeignKey, Identity, Integer, String
from sqlalchemy import JSON
from sqlalchemy.orm import (
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    WriteOnlyMapped,
    attribute_keyed_dict,
    deferred,
    mapped_column,
    relationship,
)

intpk = Annotated[int, mapped_column(primary_key=True)]
str50 = Annotated[str, mapped_column(String(50), nullable=True)]
user_fk = Annotated[int, mapped_column(ForeignKey("user.id"))]
MaybeText = Optional[str]


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"

    id: Mapped[intpk]
    name: Mapped[str] = mapped_column(String(30))
    nick: Mapped[str50]
    nick2: Mapped[Optional[str]] = mapped_column("nickname", String(20))
    forced: Mapped[Optional[str]] = mapped_column(nullable=False)
    loose: Mapped[str] = mapped_column(nullable=True)
    plain = mapped_column(String)
    plain_pk_like = mapped_column(Integer, Identity())
    data: Mapped[Any] = mapped_column(JSON)
    maybe: Mapped[MaybeText]
    either: Mapped[Union[int, None]]
    money: Mapped["decimal.Decimal | None"]
    day: Mapped[datetime.date]
    late: Mapped[str] = deferred(mapped_column(String))
    addresses: Mapped[List["Address"]] = relationship(back_populates="user")
    groups: Mapped[Set["Group"]] = relationship(back_populates="owner")
    notes: Mapped[Dict[str, "Note"]] = relationship(collection_class=attribute_keyed_dict("title"))
    events: DynamicMapped["Event"] = relationship()
    logs: WriteOnlyMapped["Log"] = relationship()
    card: Mapped[Optional["Card"]] = relationship(back_populates="user")


class Address(Base):
    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[Optional[int]] = mapped_column(ForeignKey("user.id"))
    user: Mapped[Optional[User]] = relationship(back_populates="addresses")


class Group(Base):
    __tablename__ = "group"

    id: Mapped[intpk]
    owner_id: Mapped[user_fk]
    owner: Mapped["User"] = relationship(back_populates="groups", lazy="selectin")


class Note(Base):
    __tablename__ = "note"

    id: Mapped[intpk]
    title: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))


class Event(Base):
    __tablename__ = "event"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Log(Base):
    __tablename__ = "log"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Card(Base):
    __tablename__ = "card"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    user: Mapped["User"] = relationship(back_populates="card", lazy="raise_on_sql")
