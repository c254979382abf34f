import typing as t

import sqlalchemy as sa
from sqlalchemy import orm as so

from shop.extensions import Base
import shop.models.product


class Stock(Base):
    __tablename__ = "stock"
    id: so.Mapped[int] = so.mapped_column(sa.Integer, primary_key=True)
    product_id: so.Mapped[t.Optional[int]] = so.mapped_column(
        sa.ForeignKey("product.id")
    )
    product: so.Mapped["shop.models.product.Product"] = so.relationship(back_populates="stock")
