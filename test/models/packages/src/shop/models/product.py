from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import BaseModel

if TYPE_CHECKING:
    from .stock import Stock


class Product(BaseModel):
    __tablename__ = "product"
    id: Mapped[int] = mapped_column(primary_key=True)
    stock: Mapped[list[Stock]] = relationship(back_populates="product")
    best: Mapped[Stock | None] = relationship(viewonly=True)
    flags: Mapped[set["Stock"]] = relationship(viewonly=True)
