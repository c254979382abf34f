from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Integer, Text
from sqlalchemy.orm import relationship

from .base import Model


class Review(Model):
    __tablename__ = "reviews"
    __table_args__ = (CheckConstraint("rating BETWEEN 1 AND 5"),)

    book_id = Column(ForeignKey("books.id"), nullable=False, index=True)
    customer_id = Column(ForeignKey("customers.id"))  # empty: written by a guest
    rating = Column(Integer, nullable=False)
    body = Column(Text)
    approved = Column(Boolean, nullable=False, default=False, server_default="0")

    book = relationship("Book", backref="reviews")
    customer = relationship("Customer", backref="reviews")
