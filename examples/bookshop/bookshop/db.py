"""The engine, the session registry and the helpers around them."""

import warnings
from contextlib import contextmanager

from sqlalchemy import create_engine, event
from sqlalchemy.orm import scoped_session, sessionmaker

from bookshop import config
from bookshop.models import Base

# SQLite keeps Numeric columns as floats. Prices have two digits, we can live with it.
warnings.filterwarnings("ignore", r".*does \*not\* support Decimal objects natively.*")

engine = create_engine(config.DATABASE_URL, echo=config.ECHO_SQL)

Session = scoped_session(sessionmaker(bind=engine))


@event.listens_for(engine, "connect")
def enforce_foreign_keys(dbapi_connection, connection_record):
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def init_db():
    Base.metadata.create_all(bind=engine)


def drop_db():
    Session.remove()
    Base.metadata.drop_all(bind=engine)


@contextmanager
def session_scope():
    """One unit of work: commit at the end, roll back on any error."""
    session = Session()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        Session.remove()
