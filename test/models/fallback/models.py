import sqlalchemy as sa
from compat import *
from oldbase import Base as OldBase

from sqlalchemy.orm import relationship


class One(SharedColumns, Base):
    __tablename__ = "one"
    if True:
        size = sa.Column(sa.Integer)
    twos = relationship("Two")


class Two(OldBase):
    __tablename__ = "two"
    id = sa.Column(sa.Integer, primary_key=True)
    one_id = sa.Column(sa.ForeignKey(One.id))
