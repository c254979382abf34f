from sqlalchemy import Column, String
from sqlalchemy.orm import relationship

import base
from base import Base, Model


class User(base.TimestampMixin, Model):
    name = Column(String(20))


class Document(base.OwnedMixin, base.TimestampMixin, Model):
    title = Column(String(20))
    updated_at = None


class Folder(Base, base.OwnedMixin):
    label = Column(String(10), nullable=False)
