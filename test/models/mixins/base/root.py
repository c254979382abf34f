from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base, declared_attr


class Cls:
    id = Column(Integer, primary_key=True)

    @declared_attr
    def __tablename__(cls):
        return f"{cls.__name__.lower()}s"


Base = declarative_base(cls=Cls)


class Model(Base):
    __abstract__ = True

    version = Column(Integer, nullable=False, default=1)
