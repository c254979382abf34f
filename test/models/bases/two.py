try:
    from sqlalchemy.orm import DeclarativeBase

    class Base(DeclarativeBase):
        pass

except ImportError:
    from sqlalchemy.ext.declarative import declarative_base

    Base = declarative_base()

from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import DeclarativeBaseNoMeta, MappedAsDataclass, Mapped, mapped_column, relationship
from typing import List, Optional


class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)


class NoMeta(DeclarativeBaseNoMeta):
    pass


class B(NoMeta):
    __tablename__ = "b"
    id: Mapped[int] = mapped_column(primary_key=True)


class Data(MappedAsDataclass, Base):
    __abstract__ = True


class C(Data):
    __tablename__ = "c"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    a_id: Mapped[Optional[int]] = mapped_column(ForeignKey("a.id"), default=None)
    a: Mapped[Optional["A"]] = relationship(default=None)
    ds: Mapped[List["D"]] = relationship(default_factory=list, back_populates="c")


class D(MappedAsDataclass, Base, kw_only=True):
    __tablename__ = "d"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    c_id: Mapped[int] = mapped_column(ForeignKey("c.id"), init=False)
    c: Mapped["C"] = relationship(back_populates="ds", default=None)
