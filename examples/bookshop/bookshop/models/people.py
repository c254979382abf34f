from sqlalchemy import Column, Date, Index, String, Text
from sqlalchemy.orm import relationship

from .base import Model, NameMixin, SlugMixin, TimestampMixin


class Author(NameMixin, TimestampMixin, Model):
    __tablename__ = "authors"
    __table_args__ = (Index("ix_authors_country_name", "country", "name"),)

    country = Column(String(2), nullable=True)
    born_on = Column(Date)
    biography = Column(Text)

    books = relationship("Book", back_populates="author", order_by="Book.title")


class Publisher(NameMixin, SlugMixin, Model):
    __tablename__ = "publishers"

    country = Column(String(2), nullable=False)
    website = Column("url", String(200))

    # Some imprints have thousands of titles: never load them all.
    books = relationship("Book", back_populates="publisher", lazy="dynamic")
