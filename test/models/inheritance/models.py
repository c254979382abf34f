from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, declared_attr, relationship

Base = declarative_base()


class Company(Base):
    __tablename__ = "company"
    id = Column(Integer, primary_key=True)
    people = relationship("Person", back_populates="company")
    managers = relationship("Manager", viewonly=True)
    engineers = relationship("Engineer", viewonly=True)


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, primary_key=True)
    type = Column(String(20), nullable=False)
    company_id = Column(ForeignKey("company.id"), nullable=False)
    company = relationship(Company, back_populates="people")
    __mapper_args__ = {"polymorphic_on": type, "polymorphic_identity": "person"}


class Manager(Person):
    __tablename__ = "manager"
    id = Column(ForeignKey("person.id"), primary_key=True)
    level = Column(Integer)
    reports = relationship("Engineer", foreign_keys="Engineer.boss_id", back_populates="boss")
    __mapper_args__ = {"polymorphic_identity": "manager", "inherit_condition": id == Person.id}


class Engineer(Person):
    __tablename__ = "engineer"
    id = Column(ForeignKey("person.id"), primary_key=True)
    boss_id = Column(ForeignKey("manager.id"))
    boss = relationship(Manager, foreign_keys=[boss_id], back_populates="reports")
    __mapper_args__ = {"polymorphic_identity": "engineer", "inherit_condition": id == Person.id}


class Intern(Person):
    school = Column(String(30))
    mentor_id = Column(ForeignKey("engineer.id"))
    mentor = relationship(Engineer, foreign_keys=mentor_id)
    __mapper_args__ = {"polymorphic_identity": "intern"}


class Animal(Base):
    __tablename__ = "animal"
    id = Column(Integer, primary_key=True)
    name = Column(String(20))


class Dog(Animal):
    __tablename__ = "dog"
    id = Column(Integer, primary_key=True)
    name = Column(String(20), nullable=False)
    __mapper_args__ = {"concrete": True}


class Named:
    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()


class Vehicle(Named, Base):
    id = Column(Integer, primary_key=True)
    kind = Column(String(10))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "vehicle"}


class Truck(Vehicle):
    id = Column(ForeignKey("vehicle.id"), primary_key=True)
    load = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "truck"}


class Bike(Vehicle):
    __tablename__ = None
    gears = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "bike"}
