import enum

from sqlalchemy import (
    Column,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    UniqueConstraint,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import relationship

from .base import Model, TimestampMixin


class OrderStatus(enum.Enum):
    NEW = "new"
    PAID = "paid"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class Order(TimestampMixin, Model):
    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_customer_status", "customer_id", "status"),)

    reference = Column(String(12), unique=True, nullable=False)
    customer_id = Column(Integer, ForeignKey("customers.id"), nullable=False)
    status = Column(Enum(OrderStatus), nullable=False, default=OrderStatus.NEW)
    placed_at = Column(DateTime, nullable=False)
    shipped_at = Column(DateTime)
    coupon = Column(String(20))

    customer = relationship("Customer", back_populates="orders")
    items = relationship(
        "OrderItem",
        back_populates="order",
        cascade="all, delete-orphan",
        order_by="OrderItem.id",
    )
    payments = relationship("Payment", backref="order", order_by="Payment.id")

    @hybrid_property
    def is_open(self):
        return self.status in (OrderStatus.NEW, OrderStatus.PAID)

    @is_open.expression
    def is_open(cls):
        return cls.status.in_([OrderStatus.NEW, OrderStatus.PAID])

    @property
    def total(self):
        return sum(item.subtotal for item in self.items)


class OrderItem(Model):
    __tablename__ = "order_items"
    __table_args__ = (UniqueConstraint("order_id", "product_id"),)

    order_id = Column(ForeignKey("orders.id"), nullable=False)
    product_id = Column(ForeignKey("products.id"), nullable=False)
    quantity = Column(Integer, nullable=False, default=1, server_default="1")
    unit_price = Column(Numeric(10, 2), nullable=False)
    discount = Column(Numeric(10, 2))

    order = relationship("Order", back_populates="items")
    product = relationship("Product")

    @hybrid_property
    def subtotal(self):
        return self.quantity * self.unit_price


class Payment(Model):
    """Every kind of payment shares one table."""

    __tablename__ = "payments"

    kind = Column(String(10), nullable=False)
    order_id = Column(ForeignKey("orders.id"), nullable=False)
    amount = Column(Numeric(10, 2), nullable=False)

    __mapper_args__ = {"polymorphic_on": kind}


class CardPayment(Payment):
    __mapper_args__ = {"polymorphic_identity": "card"}

    last_digits = Column(String(4))


class VoucherPayment(Payment):
    __mapper_args__ = {"polymorphic_identity": "voucher"}

    voucher_code = Column(String(20))
