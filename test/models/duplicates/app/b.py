from sqlalchemy import Column, Integer
from sqlalchemy.orm import relationship

from . import base


class Thing(base.Base):
    __tablename__ = "b_thing"
    id = Column(Integer, primary_key=True)
    others = relationship("app.a.Thing", back_populates="other")
