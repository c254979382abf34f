from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship


class Base(DeclarativeBase):
    id = Column(Integer, primary_key=True)


class Wide:
    a = Column(String(1))
    b = Column(String(1))
    c = Column(String(1))


class Left(Wide):
    b = Column(String(2), nullable=False)


class Right(Wide):
    b = Column(Integer)
    c = Column(Integer, nullable=False)


class Model(Left, Right, Base):
    __tablename__ = "model"
    a = None


class Child(Model):
    __tablename__ = "child"
    id = Column(ForeignKey("model.id"), primary_key=True)
    c = Column("child_c", Integer)
    model_id = mapped_column(ForeignKey("model.id"))
    model = relationship(Model, foreign_keys=model_id)
    __mapper_args__ = {"inherit_condition": id == Model.id}


class Grand(Child):
    extra = Column(Integer)
    up_id: Mapped[int] = mapped_column(ForeignKey("child.id"), nullable=True)
    up: Mapped["Child"] = relationship(foreign_keys="Grand.up_id", remote_side="Child.id", primaryjoin="Grand.up_id == Child.id")


class Holder(Base):
    __tablename__ = "holder"
    grand_id = Column(ForeignKey("child.id"))
    grand = relationship(Grand, backref="holders")
