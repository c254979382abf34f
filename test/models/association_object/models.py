from typing import List, Optional

from sqlalchemy import ForeignKey, String
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, synonym


class Base(DeclarativeBase):
    type_annotation_map = {str: String(100)}


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    memberships: Mapped[List["Membership"]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )
    groups: Mapped[List["Group"]] = relationship(secondary="membership", viewonly=True)
    names: AssociationProxy[List[str]] = association_proxy("groups", "name")
    key: Mapped[int] = synonym("id")

    @hybrid_property
    def label(self) -> str:
        return str(self.id)

    @label.inplace.expression
    @classmethod
    def _label(cls):
        return cls.id


class Membership(Base):
    __tablename__ = "membership"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"), primary_key=True)
    user: Mapped["User"] = relationship(back_populates="memberships")
    group: Mapped["Group"] = relationship(back_populates="memberships")


class Group(Base):
    __tablename__ = "group"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    memberships: Mapped[List[Membership]] = relationship(back_populates="group")
    users: Mapped[List[User]] = relationship(secondary=lambda: Membership.__table__, viewonly=True)
    first_user: Mapped[Optional["User"]] = relationship(
        secondary=Membership.__table__, viewonly=True, uselist=False
    )
