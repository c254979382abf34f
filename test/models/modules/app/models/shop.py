from sqlalchemy import Column as Col, ForeignKey as FK, Integer as Int, String
from sqlalchemy.orm import relationship as rel

from app.db import Base
from app.models.user import User


class Order(Base):
    __tablename__ = "order"
    id = Col(Int, primary_key=True)
    user_id = Col(FK(User.id, ondelete="CASCADE"), nullable=False)
    user = rel(User, overlaps="orders")
    items = rel("OrderItem", backref="order", cascade="all, delete-orphan", passive_deletes=True)


class OrderItem(Base):
    __tablename__ = "order_item"
    id = Col(Int, primary_key=True)
    order_id = Col(FK(Order.__table__.c.id))
    sku = Col(String(8), nullable=False)
