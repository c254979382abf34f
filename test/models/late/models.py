from sqlalchemy import Column, ForeignKey, Integer, String, select, func
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import column_property, composite, declarative_base, relationship, synonym, validates

Base = declarative_base()


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __composite_values__(self):
        return self.x, self.y


class Parent(Base):
    __tablename__ = "parent"
    id = Column(Integer, primary_key=True)
    first, last = Column(String(5)), Column(String(5), nullable=False)
    x = Column(Integer)
    y = Column(Integer)
    point = composite(Point, x, y)
    alias = synonym("x")
    names = association_proxy("children", "name")

    @hybrid_property
    def double(self):
        return self.x * 2

    @double.expression
    def double(cls):
        return cls.x * 2

    @validates("x")
    def check(self, key, value):
        return value


class Child(Base):
    __tablename__ = "child"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("parent.id"), nullable=False)
    name = Column(String(5))


Parent.children = relationship(Child, backref="parent", order_by=Child.id)
Parent.extra = Column("extra_column", Integer, nullable=False)
Child.count = column_property(select(func.count(Parent.id)).scalar_subquery())
