from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.ext.declarative import ConcreteBase
from sqlalchemy.orm import declarative_base, relationship

Base = automap_base()


class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    items = relationship("Item", backref="owner")


class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)
    owner_id = Column(ForeignKey("user.id"))


Base.prepare(generate_relationship=lambda *args, **options: None)
Plain = declarative_base()


class Employee(ConcreteBase, Plain):
    __tablename__ = "employee"
    id = Column(Integer, primary_key=True)
    name = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "employee", "concrete": True}


class Manager(Employee):
    __tablename__ = "manager"
    id = Column(Integer, primary_key=True)
    name = Column(Integer, nullable=False)
    __mapper_args__ = {"polymorphic_identity": "manager", "concrete": True}
