from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import declarative_base, declared_attr, relationship

Base = declarative_base()


class Order(Base):
    __tablename__ = "orders"
    region = Column(String(2))
    number = Column(Integer)
    note = Column(String(10))
    lines = relationship("Line", foreign_keys="[Line.order_region, Line.order_number]", back_populates="order")
    __table_args__ = (PrimaryKeyConstraint("region", "number"), UniqueConstraint("note"))


class Line(Base):
    __tablename__ = "lines"
    __table_args__ = (
        ForeignKeyConstraint(["order_region", "order_number"], ["orders.region", "orders.number"]),
        ForeignKeyConstraint(["alt_region", "alt_number"], [Order.region, Order.number]),
        {"sqlite_autoincrement": False},
    )
    id = Column(Integer, primary_key=True)
    order_region = Column(String(2), nullable=False)
    order_number = Column(Integer, nullable=False)
    alt_region = Column(String(2))
    alt_number = Column(Integer)
    order = relationship(
        "Order", foreign_keys="[Line.order_region, Line.order_number]", back_populates="lines"
    )
    alternative = relationship(Order, foreign_keys=[alt_region, alt_number])


