import sqlalchemy as sa
from sqlalchemy import orm

from ..db import Base

__all__ = ["User", "Team"]


class Team(Base):
    __tablename__ = "team"
    id = sa.Column(sa.Integer, primary_key=True)
    members = orm.relationship("app.models.user.User", back_populates="team", collection_class=set)


class User(Base):
    __tablename__ = "user"
    id = sa.Column(sa.Integer, primary_key=True)
    team_id = sa.Column(sa.ForeignKey("main.team.id"))
    team = orm.relationship(lambda: Team, back_populates="members", lazy="immediate")
    orders = orm.relationship("shop.Order", order_by="Order.id")
