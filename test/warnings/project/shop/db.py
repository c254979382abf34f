from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, create_engine, select
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import backref, joinedload, relationship, sessionmaker

engine = create_engine("sqlite://")
Base = declarative_base()
Session = sessionmaker(bind=engine)


class Shelf(Base):
    __tablename__ = "shelves"
    id = Column(Integer, primary_key=True)
    label = Column(String(20))


class Box(Base):
    __tablename__ = "boxes"
    id = Column(Integer, primary_key=True)
    shelf_id = Column(ForeignKey("shelves.id"))
    shelf = relationship(Shelf, backref=backref("boxes"))


def create():
    Base.metadata.create_all(engine)
    engine.execute("INSERT INTO shelves (label) VALUES ('a'), (NULL), ('a')")


def labels():
    shelves = Shelf.__table__
    rows = engine.execute(select([shelves.c.label]).order_by(shelves.c.id))
    return [row["label"] for row in rows]


def shelf(number):
    session = Session()
    try:
        return (
            session.query(Shelf)
            .get(number)
        )
    finally:
        session.close()


def with_boxes(name):
    with Session() as session:
        return len(session.query(Shelf).options(joinedload(name)).all())


def result():
    return engine.execute("SELECT id FROM shelves ORDER BY id")


def add(shelf_id):
    session = Session()
    box = Box()
    found = session.query(Shelf).filter_by(id=shelf_id).one()
    box.shelf = found
    session.close()


def kept():
    return engine.execute("SELECT 1").scalar()  # sqla-migrate: ignore
