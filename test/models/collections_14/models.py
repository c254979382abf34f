import operator

from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import backref, dynamic_loader, relationship
from sqlalchemy.orm.collections import (
    attribute_mapped_collection,
    column_mapped_collection,
    mapped_collection,
)

Base = declarative_base()


class Bag(list):
    pass


def pk():
    return Column(Integer, primary_key=True)


class Part(Base):
    __tablename__ = "part"
    id = pk()
    name = Column("part_name", String(10), nullable=False)
    whole_id = Column(Integer, ForeignKey("whole.id"))


class Whole(Base):
    __tablename__ = "whole"
    id = pk()
    as_set = relationship("Part", collection_class=set, overlaps="*")
    as_list = relationship("Part", collection_class=list, lazy=True, viewonly=True)
    as_bag = relationship("Part", collection_class=Bag, viewonly=True, lazy="selectin")
    ordered = relationship(Part, collection_class=ordering_list("id"), viewonly=True, lazy="joined")
    by_name = relationship(
        Part, collection_class=attribute_mapped_collection("name"), viewonly=True, lazy="subquery"
    )
    by_column = relationship(
        Part, collection_class=column_mapped_collection(Part.name), viewonly=True, lazy="raise"
    )
    by_function = relationship(
        Part,
        collection_class=mapped_collection(operator.attrgetter("name")),
        viewonly=True,
        lazy="raise_on_sql",
    )
    nothing = relationship(Part, viewonly=True, lazy=None)
    never = relationship(Part, viewonly=True, lazy="noload")
    at_once = relationship(Part, viewonly=True, lazy="immediate")
    dynamic = dynamic_loader(Part, viewonly=True)


class Leaf(Base):
    __tablename__ = "leaf"
    id = pk()
    whole_id = Column(ForeignKey(Whole.id), nullable=False)
    whole = relationship(
        Whole, foreign_keys=whole_id, backref=backref("leaves", lazy="dynamic", cascade="all")
    )
    single_id = Column(ForeignKey("whole.id"), unique=True)
    single = relationship(
        "Whole", foreign_keys=single_id, backref=backref("leaf", uselist=False)
    )


