from sqlalchemy import Column, Integer, String, ForeignKey
from sqlalchemy.orm import as_declarative, registry, relationship, DeclarativeMeta

reg = registry()
GeneratedBase = reg.generate_base()


class Item(GeneratedBase):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)


@as_declarative()
class Decorated:
    id = Column(Integer, primary_key=True)


class Thing(Decorated):
    __tablename__ = "thing"
    size = Column(Integer)


other = registry()


@other.as_declarative_base()
class Other:
    pass


class Whatsit(Other):
    __tablename__ = "whatsit"
    id = Column(Integer, primary_key=True)


class MetaBase(metaclass=DeclarativeMeta):
    __abstract__ = True
    registry = registry()
    metadata = registry.metadata


class Gizmo(MetaBase):
    __tablename__ = "gizmo"
    id = Column(Integer, primary_key=True)
    parts = relationship("Part")


class Part(MetaBase):
    __tablename__ = "part"
    id = Column(Integer, primary_key=True)
    gizmo_id = Column(Integer, ForeignKey("gizmo.id"))
