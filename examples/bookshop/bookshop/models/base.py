"""The declarative base and the mixins that the models share."""

from datetime import datetime

from sqlalchemy import Boolean, Column, DateTime, Integer, String, func
from sqlalchemy.ext.declarative import declarative_base, declared_attr

Base = declarative_base()


class Model(Base):
    """Everything that has a plain integer key."""

    __abstract__ = True

    id = Column(Integer, primary_key=True)

    def __repr__(self):
        return "<%s #%s>" % (type(self).__name__, self.id)


class TimestampMixin(object):
    created_at = Column(DateTime, nullable=False, server_default=func.now())
    updated_at = Column(DateTime, onupdate=datetime.utcnow)


class NameMixin(object):
    """A name, and another one to show if the first is not presentable."""

    name = Column(String(100), nullable=False)
    display_name = Column(String(100))

    @property
    def label(self):
        return self.display_name or self.name


class SlugMixin(object):
    @declared_attr
    def slug(cls):
        return Column(String(60), unique=True, nullable=False)


class ArchiveMixin(object):
    is_archived = Column(Boolean, nullable=False, default=False, server_default="0")
