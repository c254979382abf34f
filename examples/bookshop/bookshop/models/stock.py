from sqlalchemy import Column, Date, ForeignKey, Integer, String
from sqlalchemy.orm import backref, relationship

from .base import Model


class StockLevel(Model):
    __tablename__ = "stock_levels"

    product_id = Column(ForeignKey("products.id"), unique=True, nullable=False)
    on_hand = Column(Integer, nullable=False, server_default="0")
    reserved = Column(Integer, nullable=False, server_default="0")
    shelf = Column(String(8))

    product = relationship("Product", backref=backref("stock", uselist=False))

    @property
    def available(self):
        return self.on_hand - self.reserved


class StockMovement(Model):
    __tablename__ = "stock_movements"

    product_id = Column(ForeignKey("products.id"), nullable=False)
    delta = Column(Integer, nullable=False)
    reason = Column(String(40))
    moved_on = Column(Date, nullable=False)

    product = relationship("Product", backref="movements")
