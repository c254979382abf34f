from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, List, Optional

from sqlalchemy import DateTime, ForeignKey, Integer, PrimaryKeyConstraint, String, func
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedColumn,
    declarative_mixin,
    declared_attr,
    mapped_column,
    relationship,
)


class Base(DeclarativeBase):
    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower()

    @declared_attr
    def note(cls) -> Mapped[Optional[str]]:
        return mapped_column("note_text", String(10))


@declarative_mixin
class Stamped:
    created: Mapped[datetime.datetime] = mapped_column(DateTime, server_default=func.now())
    changed: Mapped[Optional[datetime.datetime]] = mapped_column(DateTime, sort_order=9)


class RefUser:
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    @declared_attr
    def user(cls) -> Mapped["User"]:
        return relationship("User", foreign_keys=f"{cls.__name__}.user_id")

    @declared_attr
    def approver_id(cls) -> Mapped[Optional[int]]:
        column = mapped_column(Integer, ForeignKey("user.id"))
        return column

    @declared_attr
    def approver(cls):
        return relationship(lambda: User, foreign_keys=lambda: [cls.approver_id])


class User(Stamped, Base):
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]

    @declared_attr.directive
    def __mapper_args__(cls):
        return {"polymorphic_on": "kind", "polymorphic_identity": cls.__name__}


class Staff(User):
    id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    desk: Mapped[str] = mapped_column(String(5))


class Guest(User):
    __tablename__ = None
    badge: Mapped[Optional[str]]


class Ticket(RefUser, Stamped, Base):
    id: Mapped[int] = mapped_column(primary_key=True)


class Task(RefUser, Base):
    number: Mapped[int]
    project: Mapped[int]

    @declared_attr.directive
    def __table_args__(cls):
        return (PrimaryKeyConstraint("project", "number"),)
