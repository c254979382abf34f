from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table
from sqlalchemy.orm import backref, column_property, relationship

from .base import Base, Model, TimestampMixin

wishlist = Table(
    "wishlist",
    Base.metadata,
    Column("customer_id", Integer, ForeignKey("customers.id"), primary_key=True),
    Column("product_id", Integer, ForeignKey("products.id"), primary_key=True),
)


class Customer(TimestampMixin, Model):
    __tablename__ = "customers"

    email = Column(String(120), unique=True, nullable=False)
    first_name = Column(String(60), nullable=False)
    last_name = Column(String(60), nullable=False)
    city = Column(String(60))
    is_active = Column(Boolean, nullable=False, default=True, server_default="1")
    referrer_id = Column(Integer, ForeignKey("customers.id"), nullable=True)

    full_name = column_property(first_name + " " + last_name)

    referrer = relationship(
        "Customer", remote_side="Customer.id", backref="referred_customers"
    )
    profile = relationship("Profile", uselist=False, back_populates="customer")
    orders = relationship(
        "Order", back_populates="customer", order_by="Order.placed_at, Order.id"
    )
    wishes = relationship(
        "Product",
        secondary=wishlist,
        backref=backref("wished_by", order_by="Customer.id"),
        order_by="Product.title",
    )


class Profile(Model):
    """What a customer tells about himself, if he does."""

    __tablename__ = "profiles"

    customer_id = Column(ForeignKey("customers.id"), unique=True, nullable=False)
    birthday = Column(Date)
    newsletter = Column(Boolean, nullable=False, default=False)
    language = Column(String(5), nullable=False, server_default="en")

    customer = relationship("Customer", back_populates="profile")
