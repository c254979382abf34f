from sqlalchemy import Column, ForeignKey, Integer, String, Table, and_
from sqlalchemy.orm import backref, declarative_base, foreign, relationship, remote
from sqlalchemy.orm.collections import attribute_mapped_collection

Base = declarative_base()


class Node(Base):
    __tablename__ = "node"
    id = Column(Integer, primary_key=True)
    parent_id = Column(Integer, ForeignKey(id))
    name = Column(String(50), nullable=False)
    children = relationship(
        "Node",
        cascade="all",
        backref=backref("parent", remote_side=id),
        collection_class=attribute_mapped_collection("name"),
    )


class Category(Base):
    __tablename__ = "category"
    id = Column(Integer, primary_key=True)
    up_id = Column(ForeignKey("category.id"))
    up = relationship("Category", remote_side="Category.id", back_populates="down")
    down = relationship("Category", back_populates="up")
    top_id = Column(Integer)
    top = relationship("Category", primaryjoin="foreign(Category.top_id) == remote(Category.id)", viewonly=True)


friends = Table(
    "friends",
    Base.metadata,
    Column("left_id", ForeignKey("person.id"), primary_key=True),
    Column("right_id", ForeignKey("person.id"), primary_key=True),
)


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, primary_key=True)
    friends = relationship(
        "Person",
        secondary=friends,
        primaryjoin=id == friends.c.left_id,
        secondaryjoin=id == friends.c.right_id,
        backref="befriended",
    )
    home_id = Column(ForeignKey("place.id"), nullable=False)
    work_id = Column(ForeignKey("place.id"))
    home = relationship("Place", foreign_keys=[home_id])
    work = relationship("Place", primaryjoin="Person.work_id == Place.id")


class Place(Base):
    __tablename__ = "place"
    id = Column(Integer, primary_key=True)
    kind = Column(String(10))
    residents = relationship(Person, primaryjoin=lambda: Place.id == Person.home_id, viewonly=True)
    workers = relationship(
        "Person",
        primaryjoin="and_(Place.id == foreign(Person.work_id), Place.kind == 'office')",
        viewonly=True,
    )
