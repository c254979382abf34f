import sqlalchemy as sa
import sqlalchemy.orm as orm
from sqlalchemy.orm import declarative_base

metadata = sa.MetaData(schema="main")
Base: orm.DeclarativeMeta = declarative_base(metadata=metadata, name="Base")
