"""Describe declared tables (DDL for three dialects) and mappers as plain, ordered data. Compares nothing."""

import re

import sqlalchemy
from sqlalchemy import Column, Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm.collections import MappedCollection
from sqlalchemy.schema import AddConstraint

DIALECTS = ("mysql://", "postgresql://", "sqlite://")
LAZY = {True: "select", False: "joined", None: "noload"}


def mock_engine(url, executor):
    """An engine that hands DDL to `executor` instead of a database."""
    if hasattr(sqlalchemy, "create_mock_engine"):
        return sqlalchemy.create_mock_engine(url, executor)
    return sqlalchemy.create_engine(url, strategy="mock", executor=executor)


def describe_error(error):
    """Type and message, without the address and the link that change from run to run and version to version."""
    message = re.sub(r" object at 0x[0-9a-f]+|\s*\(Background on .*", "", str(error))
    return "%s: %s" % (type(error).__name__, message)


def table_ddl(table, url):
    """The statements that create `table`; indexes sorted, as SQLAlchemy keeps them in a set."""
    statements = []
    engine = mock_engine(url, lambda ddl, *_, **__: statements.append(str(ddl.compile(dialect=engine.dialect)).strip()))
    try:
        table.create(engine, checkfirst=False)
        late = [key for key in table.foreign_key_constraints if key.use_alter]
        for key in sorted(late, key=lambda key: list(key.column_keys)):
            statements.append(str(AddConstraint(key).compile(dialect=engine.dialect)))
    except Exception as error:  # a type of another dialect; SQLAlchemy itself then fails in many ways
        statements.append(describe_error(error))
    is_index = lambda text: text.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX"))
    return [s for s in statements if not is_index(s)] + sorted(filter(is_index, statements))


def table_shapes(tables):
    """DDL of every table still in its MetaData, by name and dialect."""
    live = [t for t in tables if t.metadata.tables.get(t.key) is t]
    return [
        dict({url[:-3]: table_ddl(table, url) for url in DIALECTS}, table=table.key)
        for table in sorted(live, key=lambda t: t.key)
    ]


def callable_name(value):
    return getattr(value, "__qualname__", None) or type(value).__name__


def default_shape(default):
    """Kind and value of a column default, without addresses."""
    if default is None:
        return None
    arg = getattr(default, "arg", None)
    if callable(arg):
        return "callable %s" % callable_name(arg)
    if arg is None:
        return type(default).__name__
    return "value %s" % (arg if hasattr(arg, "compile") else repr(arg))


def column_shape(key, prop):
    """One mapped column attribute; an expression is described by its SQL."""
    column = prop.columns[0]
    shape = {"key": key, "deferred": prop.deferred, "group": prop.group}
    if not isinstance(column, Column):
        return dict(shape, expression=str(column))
    return dict(
        shape,
        columns=[str(c) for c in prop.columns],
        type=type_repr(column.type),
        nullable=column.nullable,
        primary_key=column.primary_key,
        unique=column.unique,
        index=column.index,
        autoincrement=str(column.autoincrement),
        default=default_shape(column.default),
        onupdate=default_shape(column.onupdate),
        server_default=default_shape(column.server_default),
        server_onupdate=default_shape(column.server_onupdate),
        comment=column.comment,
        foreign_keys=sorted("%s %s %s" % (f.target_fullname, f.ondelete, f.onupdate) for f in column.foreign_keys),
    )


def collection_name(prop):
    """Name of the collection a relationship holds; `list` is the default and may be left out."""
    if not prop.uselist:
        return None
    factory = prop.collection_class or list
    kind = factory if isinstance(factory, type) else type(factory())
    return "keyed dict" if issubclass(kind, MappedCollection) else callable_name(kind)


def type_repr(type_):
    """The type as written; 1.x wraps one with variants, 2.x does not, and the DDL shows the variants anyway."""
    return repr(type_.impl if type(type_).__name__ == "Variant" else type_)


def relationship_shape(prop):
    return {
        "key": prop.key,
        "target": prop.mapper.class_.__name__,
        "direction": prop.direction.name,
        "uselist": prop.uselist,
        "collection": collection_name(prop),
        "lazy": LAZY.get(prop.lazy, prop.lazy),
        "cascade": ", ".join(sorted(prop.cascade)),
        "secondary": None if prop.secondary is None else str(prop.secondary),
        "primaryjoin": str(prop.primaryjoin),
        "secondaryjoin": None if prop.secondaryjoin is None else str(prop.secondaryjoin),
        "reverse": sorted(str(other) for other in prop._reverse_property),
        "order_by": [str(o) for o in prop.order_by or ()],
        "remote_side": sorted(str(c) for c in prop.remote_side),
        "flags": {
            name: getattr(prop, name, None)
            for name in ("viewonly", "passive_deletes", "passive_updates", "post_update", "innerjoin", "single_parent", "join_depth")
        },
    }


def mapper_shape(mapper):
    descriptors = {k: type(v).__name__ for k, v in mapper.all_orm_descriptors.items() if k not in mapper.attrs}
    return {
        "class": mapper.class_.__qualname__,
        "table": None if mapper.local_table is None else str(mapper.local_table),
        "inherits": mapper.inherits.class_.__qualname__ if mapper.inherits else None,
        "concrete": mapper.concrete,
        "polymorphic_on": None if mapper.polymorphic_on is None else str(mapper.polymorphic_on),
        "polymorphic_identity": repr(mapper.polymorphic_identity),
        "version_id": None if mapper.version_id_col is None else str(mapper.version_id_col),
        "order_by": str(getattr(mapper, "order_by", None) or None),
        "columns": [column_shape(p.key, p) for p in sorted(mapper.column_attrs, key=lambda p: p.key)],
        "relationships": [relationship_shape(p) for p in sorted(mapper.relationships, key=lambda p: p.key)],
        "synonyms": {p.key: p.name for p in mapper.synonyms},
        "composites": {p.key: callable_name(p.composite_class) for p in mapper.composites},
        "descriptors": dict(sorted(descriptors.items())),
    }


def mapper_shapes(mappers):
    """Every mapper, by class name; or the error that configuring them raised."""
    try:
        configure_mappers()
        return [mapper_shape(m) for m in sorted(mappers, key=lambda m: m.class_.__qualname__)]
    except SQLAlchemyError as error:
        return [{"error": describe_error(error)}]


def describe(tables, mappers):
    return {"tables": table_shapes([t for t in tables if isinstance(t, Table)]), "mappers": mapper_shapes(mappers)}
