from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table
from sqlalchemy.orm import declarative_base, registry, relationship

metadata = MetaData()
Base = declarative_base(metadata=metadata)

account_table = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("label", String(10), nullable=False),
    Column("parent", ForeignKey("account.id")),
)


class Account(Base):
    __table__ = account_table
    entries = relationship("Entry", back_populates="account")


class Entry(Base):
    __table__ = Table(
        "entry",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("account_id", ForeignKey(account_table.c.id), nullable=False),
        Column("text", String, key="body"),
    )
    account = relationship(Account, back_populates="entries")


mapper_registry = registry(metadata=metadata)

books = Table(
    "books",
    mapper_registry.metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(40)),
    Column("account_id", Integer, ForeignKey("account.id")),
)


class Book:
    pass


mapper_registry.map_imperatively(
    Book,
    books,
    properties={"account": relationship(Account, backref="books"), "name": books.c.title},
)


@mapper_registry.mapped
class Shelf:
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)
    book_id = Column(ForeignKey("books.id"))
    book = relationship(Book)
