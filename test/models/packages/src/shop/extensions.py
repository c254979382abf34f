import sqlalchemy.orm

mapper_registry = sqlalchemy.orm.registry()


class Base(sqlalchemy.orm.DeclarativeBase):
    registry = mapper_registry


BaseModel = Base
