from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import relationship

from app.base import Base


class Thing(Base):
    __tablename__ = "a_thing"
    id = Column(Integer, primary_key=True)
    other_id = Column(ForeignKey("b_thing.id"))
    other = relationship("b.Thing", back_populates="others")
