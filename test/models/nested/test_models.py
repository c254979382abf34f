from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, relationship


def make():
    Base = declarative_base()

    class User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True)
        posts = relationship("Post", backref="user")

    class Post(Base):
        __tablename__ = "posts"
        id = Column(Integer, primary_key=True)
        user_id = Column(ForeignKey("users.id"))

    return User, Post


def make_again():
    Base = declarative_base()

    class User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True)
        post_id = Column(ForeignKey("posts.id"), nullable=False)
        posts = relationship("Post", backref="users")

    class Post(Base):
        __tablename__ = "posts"
        id = Column(Integer, primary_key=True)

    return User, Post


class Outer:
    Base = declarative_base()

    class Inner(Base):
        __tablename__ = "inner"
        id = Column(Integer, primary_key=True)


KEEP = [make(), make_again()]
