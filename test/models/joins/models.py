from sqlalchemy import Column, ForeignKey, Integer, String, and_
from sqlalchemy.orm import DeclarativeBase, foreign, relationship, remote


class Base(DeclarativeBase):
    pass


class Country(Base):
    __tablename__ = "country"
    code = Column(String(2), primary_key=True)
    cities = relationship(
        "City",
        primaryjoin="Country.code == foreign(City.country_code)",
        back_populates="country",
    )


class City(Base):
    __tablename__ = "city"
    id = Column(Integer, primary_key=True)
    country_code = Column(String(2), nullable=False)
    country = relationship(
        "Country",
        primaryjoin=lambda: remote(Country.code) == foreign(City.country_code),
        back_populates="cities",
    )
    capital_of = relationship(
        Country,
        primaryjoin=(foreign(country_code) == Country.code) & (Country.code != "XX"),
        viewonly=True,
    )
    streets = relationship(
        "Street",
        primaryjoin=lambda: and_(City.id == Street.city_id, Street.kind == "main"),
        foreign_keys=lambda: Street.city_id,
        viewonly=True,
    )


class Street(Base):
    __tablename__ = "street"
    id = Column(Integer, primary_key=True)
    kind = Column(String(5))
    city_id = Column(Integer, ForeignKey("city.id"))
    old_city_id = Column(Integer, ForeignKey("city.id"), nullable=False)
    city = relationship(City, foreign_keys="Street.city_id")
    old_city = relationship("City", foreign_keys=lambda: [Street.old_city_id])
    next_id = Column(ForeignKey("street.id"))
    prior = relationship("Street", foreign_keys=[next_id], overlaps="following")
    following = relationship("Street", remote_side=lambda: Street.id, overlaps="prior", uselist=False)
