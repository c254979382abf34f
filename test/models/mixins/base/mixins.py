from sqlalchemy import Column, DateTime, ForeignKey, Integer
from sqlalchemy.orm import declared_attr, relationship


class TimestampMixin(object):
    created_at = Column(DateTime, nullable=False)
    updated_at = Column(DateTime)


class OwnedMixin:
    @declared_attr
    def owner_id(cls):
        return Column(Integer, ForeignKey("users.id"), nullable=False)

    @declared_attr
    def owner(cls):
        return relationship("User", foreign_keys=[cls.owner_id], backref=cls.__name__.lower() + "_items")

    @declared_attr
    def editor_id(cls):
        return Column("editor", ForeignKey("users.id"))

    @declared_attr
    def editor(cls):
        return relationship("User", primaryjoin="User.id == %s.editor_id" % cls.__name__)
