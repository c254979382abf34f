"""What is for sale."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import backref, column_property, relationship

from .base import ArchiveMixin, Base, Model, SlugMixin, TimestampMixin

product_tags = Table(
    "product_tags",
    Base.metadata,
    Column("product_id", ForeignKey("products.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Category(SlugMixin, Model):
    """A shelf. Shelves nest."""

    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("parent_id", "name", name="uq_category_name"),)

    name = Column(String(80), nullable=False)
    position = Column(Integer, nullable=False, default=0, server_default="0")
    parent_id = Column(Integer, ForeignKey("categories.id"))

    children = relationship(
        "Category",
        backref=backref("parent", remote_side="Category.id"),
        order_by="Category.position",
    )
    products = relationship("Product", back_populates="category")

    @property
    def path(self):
        if self.parent is None:
            return self.name
        return "%s > %s" % (self.parent.path, self.name)


class Tag(Model):
    __tablename__ = "tags"

    name = Column(String(40), unique=True, index=True, nullable=False)

    products = relationship("Product", secondary=product_tags, back_populates="tags")


class Product(SlugMixin, ArchiveMixin, TimestampMixin, Model):
    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("price >= 0", name="ck_products_price"),
        Index("ix_products_kind_title", "kind", "title"),
    )

    kind = Column(String(20), nullable=False)
    title = Column(String(200), nullable=False)
    price = Column(Numeric(10, 2), nullable=False)
    list_price = Column(Numeric(10, 2))
    description = Column(Text)
    category_id = Column(ForeignKey("categories.id"))

    category = relationship("Category", back_populates="products")
    tags = relationship(
        "Tag", secondary=product_tags, back_populates="products", order_by="Tag.name"
    )

    tag_names = association_proxy("tags", "name")

    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "product"}

    @hybrid_property
    def on_sale(self):
        return self.list_price is not None and self.price < self.list_price

    @on_sale.expression
    def on_sale(cls):
        return cls.price < cls.list_price


class Book(Product):
    __tablename__ = "books"
    __mapper_args__ = {"polymorphic_identity": "book"}

    id = Column(ForeignKey("products.id"), primary_key=True)
    isbn = Column(String(13), unique=True, nullable=False)
    pages = Column(Integer)
    published_on = Column(Date)
    weight = Column(Float, doc="in grams")
    author_id = Column(ForeignKey("authors.id"), index=True)  # empty: anonymous
    publisher_id = Column(ForeignKey("publishers.id"), nullable=False)

    author = relationship("Author", back_populates="books")
    publisher = relationship("Publisher", back_populates="books")


class EBook(Product):
    __tablename__ = "ebooks"
    __mapper_args__ = {"polymorphic_identity": "ebook"}

    id = Column(ForeignKey("products.id"), primary_key=True)
    file_format = Column(String(10), nullable=False, server_default="epub")
    size_mb = Column(Integer)


# Needs Product, so it cannot be written inside of Category.
Category.product_count = column_property(
    select([func.count(Product.__table__.c.id)])
    .where(Product.__table__.c.category_id == Category.id)
    .as_scalar()
)
