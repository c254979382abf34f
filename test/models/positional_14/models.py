from sqlalchemy import Column, Computed, ForeignKey, Identity, Integer, Sequence, String, Table
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import relationship

Base = declarative_base(name="Base")
links = Table(
    "links",
    Base.metadata,
    Column("a_id", ForeignKey("a.id")),
    Column("b_id", ForeignKey("b.id")),
)


class A(Base):
    __tablename__ = "a"
    id = Column(Integer, Sequence("a_seq"), primary_key=True)
    bs = relationship("B", links, "A.id == links.c.a_id", "B.id == links.c.b_id")
    serial = Column(Integer, Identity())
    optional_serial = Column(Integer, Identity(), nullable=True)
    twice = Column(Integer, Computed("id * 2"))
    stamp = Column(String(5), server_default="x")


class B(Base):
    __tablename__ = "b"
    id = Column("b_id", Integer, primary_key=True, key="id")
    odd = Column(Integer, primary_key=True, nullable=True)
    a_id = Column(None, ForeignKey("a.id"))
    a = relationship("A", None, None, None, None, True)
