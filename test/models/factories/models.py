from functools import partial

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Text, TypeDecorator
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import declarative_base, relationship


def make_base():
    return declarative_base()


Base = make_base()
NAME = "boxes"
SCHEMA_KEY = NAME + ".id"
Required = partial(Column, nullable=False)


def reference(target, **options):
    return Column(Integer, ForeignKey(target), **options)


def pk():
    return Column(Integer, primary_key=True)


class Csv(TypeDecorator):
    impl = Text
    cache_ok = True


JsonType = JSON().with_variant(postgresql.JSONB, "postgresql")


class Box(Base):
    __tablename__ = NAME
    id = pk()
    label = Required(String(10))
    code = Required("box_code", String(4))
    tags = Column(Csv)
    data = Column(MutableDict.as_mutable(JsonType), nullable=False)
    lid = relationship("Lid", uselist=False, foreign_keys="Lid.box_id")


class Lid(Base):
    __tablename__ = f"{NAME}_lids"
    id = pk()
    box_id = Column(ForeignKey(SCHEMA_KEY), nullable=False)
    other_id = reference("boxes.id")
    box = relationship("Box", foreign_keys=[box_id], viewonly=True)
