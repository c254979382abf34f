from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, Numeric, String, Table, Text
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import backref, column_property, deferred, relation, relationship

Base = declarative_base()

tags = Table(
    "post_tags",
    Base.metadata,
    Column("post_id", Integer, ForeignKey("posts.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column("user_name", String(50), nullable=False)
    email = Column(String(100), unique=True, key="mail")
    active = Column(Boolean, default=True)
    balance = Column(name="saldo", type_=Numeric(10, 2))
    bio = deferred(Column(Text))
    motto = column_property(Column("motto_text", String(20)), deferred=True)
    posts = relation("Post", backref="author", lazy="dynamic")
    profile = relationship("Profile", uselist=False, back_populates="user", lazy=False)
    manager_id = Column(Integer, ForeignKey("users.id"))
    reports = relationship("User", backref=backref("manager", remote_side=[id], lazy="joined"))


class Profile(Base):
    __tablename__ = "profiles"

    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("users.id"), nullable=False)
    user = relationship(User, back_populates="profile")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    created = Column(DateTime, nullable=False)
    author_id = Column(Integer, ForeignKey(User.id))
    tags = relationship("Tag", secondary=tags, backref=backref("posts", lazy="subquery"))
    first_tag = relationship("Tag", secondary="post_tags", uselist=False, viewonly=True)


class Tag(Base):
    __tablename__ = "tags"

    id = Column(Integer, primary_key=True)
    name = Column(String)
