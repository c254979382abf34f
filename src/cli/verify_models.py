"""Describes the tables and mappers that a project declares, as JSON. Part of `sqla-migrate verify`.

It imports the modules that are asked for, and connects to no database: the DDL comes from a mock engine. It compares
nothing and writes no file. It runs on Python 3.6 and newer with SQLAlchemy 1.3 to 2.1.

    python verify_models.py '{"paths": ["."], "imports": [], "metadata": ["app.models:Base"], "dialects": ["sqlite"]}'

The answer is one line on the standard output; whatever the modules print themselves goes to the standard error.
"""

import importlib
import json
import os
import re
import sys
import traceback
import warnings

LAZY = {True: "select", False: "joined", None: "noload"}
FLAGS = (
    "active_history",
    "distinct_target_key",
    "doc",
    "enable_typechecks",
    "info",
    "innerjoin",
    "join_depth",
    "load_on_pending",
    "omit_join",
    "passive_deletes",
    "passive_updates",
    "post_update",
    "single_parent",
    "sync_backref",
    "viewonly",
)


class Refusal(Exception):
    """Why nothing can be described: `kind` for the caller, the message for people."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


# What is asked for


def import_module(name, root):
    """Import a module of the project, and refuse one that comes from elsewhere: both sides would be the same then."""
    try:
        module = importlib.import_module(name)
    except BaseException:
        raise Refusal("import", "%s cannot be imported:\n%s" % (name, last_trace()))
    place = getattr(module, "__file__", None)
    if place and not os.path.realpath(place).startswith(os.path.realpath(root) + os.sep):
        raise Refusal("place", "%s was imported from %s, which is outside the project" % (name, place))
    return module


def last_trace():
    """The traceback of the exception at hand, without the frames of the import machinery and of this file."""
    kind, error, trace = sys.exc_info()
    frames = [
        frame
        for frame in traceback.extract_tb(trace)
        if frame[0] != __file__ and "importlib" not in frame[0]
    ]
    return "".join(traceback.format_list(frames) + traceback.format_exception_only(kind, error)).rstrip()


def attribute_of(module, path, asked):
    value = module
    for name in path.split("."):
        try:
            value = getattr(value, name)
        except AttributeError:
            raise Refusal("attribute", "%s: %r has no attribute %r" % (asked, value, name))
    return value


def metadata_of(value, asked):
    """The MetaData of what was named: itself, or that of a declarative base, a registry, a Flask-SQLAlchemy object."""
    from sqlalchemy import MetaData

    if isinstance(value, MetaData):
        return [value]
    several = getattr(value, "metadatas", None)  # Flask-SQLAlchemy 3: one for each bind
    if isinstance(several, dict):
        return list(several.values())
    own = getattr(value, "metadata", None)
    if isinstance(own, MetaData):
        return [own]
    raise Refusal("attribute", "%s is neither a MetaData nor something that has one" % asked)


def find_metadata(question):
    root = os.getcwd()
    for name in question["imports"]:
        import_module(name, root)
    found = []
    for asked in question["metadata"]:
        name, _, path = asked.partition(":")
        value = attribute_of(import_module(name, root), path, asked)
        found.extend(each for each in metadata_of(value, asked) if each not in found)
    return found


# Tables


def mock_engine(url, executor):
    import sqlalchemy

    if hasattr(sqlalchemy, "create_mock_engine"):
        return sqlalchemy.create_mock_engine(url, executor)
    return sqlalchemy.create_engine(url, strategy="mock", executor=executor)


def without_addresses(text):
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)


def describe_error(error):
    """Type and message, without the link that differs from version to version."""
    message = re.sub(r"\s*\(Background on .*", "", str(error))
    return "-- %s: %s" % (type(error).__name__, without_addresses(message))


def statements_of(dialect, create):
    """The statements that `create` sends to a mock engine; where the dialect lacks something, its error ends them."""
    statements = []
    engine = mock_engine(
        "%s://" % dialect,
        lambda ddl, *_, **__: statements.append(str(ddl.compile(dialect=engine.dialect)).strip()),
    )
    try:
        create(engine)
    except Exception as error:  # dialects fail in many ways at types of other dialects
        statements.append(describe_error(error))
    return [re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE) for text in statements]


def table_statements(table, dialect):
    """What creates a table; indexes sorted, as SQLAlchemy keeps them in a set."""
    statements = statements_of(dialect, lambda engine: table.create(engine, checkfirst=False))
    indexes = [text for text in statements if re.match(r"CREATE (UNIQUE |FULLTEXT |SPATIAL )*INDEX", text)]
    return [text for text in statements if text not in indexes] + sorted(indexes)


def ddl_of(metadata, dialects):
    """The DDL by table and dialect, and that of the rest (types, sequences, late constraints, DDL events) by dialect."""
    tables = {}
    rest = {}
    for dialect in dialects:
        known = set()
        for table in metadata.tables.values():
            statements = table_statements(table, dialect)
            known.update(statements)
            tables.setdefault(table.key, {})[dialect] = ";\n".join(statements)
        others = statements_of(dialect, lambda engine: metadata.create_all(engine, checkfirst=False))
        others = sorted(text for text in others if text not in known)  # late constraints come out of a set as well
        if others:
            rest[dialect] = ";\n".join(others)
    return tables, rest


def name_of(value):
    name = getattr(value, "__qualname__", None) or type(value).__qualname__
    return "%s.%s" % (getattr(value, "__module__", None) or type(value).__module__, name)


def default_shape(default):
    """Kind and value of a default, without addresses."""
    if default is None:
        return None
    arg = getattr(default, "arg", None)
    if callable(arg):
        return "callable %s" % name_of(getattr(arg, "__wrapped__", arg))
    if arg is None:
        return without_addresses(repr(default))
    return "value %s" % (arg if hasattr(arg, "compile") else without_addresses(repr(arg)),)


def type_shape(type_):
    """The type as written; 1.x wraps one with variants, and the DDL shows the variants anyway."""
    return without_addresses(repr(type_.impl if type(type_).__name__ == "Variant" else type_))


def foreign_key_shape(key):
    options = ("ondelete", "onupdate", "deferrable", "initially", "match", "use_alter")
    given = ["%s=%s" % (name, getattr(key, name)) for name in options if getattr(key, name, None)]
    return " ".join([key.target_fullname] + given)


def column_shape(column):
    return {
        "type": type_shape(column.type),
        "nullable": column.nullable,
        "primary_key": column.primary_key,
        "unique": column.unique,
        "index": column.index,
        "autoincrement": str(column.autoincrement),
        "default": default_shape(column.default),
        "onupdate": default_shape(column.onupdate),
        "server_default": default_shape(column.server_default),
        "server_onupdate": default_shape(column.server_onupdate),
        "comment": column.comment,
        "doc": column.doc,
        "info": without_addresses(repr(column.info)),
        "foreign_keys": sorted(foreign_key_shape(key) for key in column.foreign_keys),
    }


def describe_tables(found, dialects):
    tables = {}
    rest = {}
    for number, metadata in enumerate(found):
        ddl, others = ddl_of(metadata, dialects)
        for table in metadata.tables.values():
            key = table.key if table.key not in tables else "%s (MetaData %d)" % (table.key, number + 1)
            tables[key] = {
                "ddl": ddl[table.key],
                "columns": {column.key: column_shape(column) for column in table.columns},
                "info": without_addresses(repr(table.info)),
            }
        for dialect, text in others.items():
            rest[dialect] = "%s;\n%s" % (rest[dialect], text) if dialect in rest else text
    return tables, rest


# Mappers


def all_mappers():
    from sqlalchemy.orm import mapperlib

    if hasattr(mapperlib, "_all_registries"):
        return [mapper for registry in mapperlib._all_registries() for mapper in registry.mappers]
    return list(mapperlib._mapper_registry)  # 1.3


def mappers_of(found):
    """The mappers with a table of the given MetaData."""
    from sqlalchemy.orm import configure_mappers

    try:
        configure_mappers()
    except Exception:
        raise Refusal("configure", "the mappers cannot be configured:\n%s" % last_trace())
    return [
        mapper
        for mapper in all_mappers()
        if not getattr(mapper, "non_primary", False)
        and any(getattr(table, "metadata", None) in found for table in mapper.tables)
    ]


def collection_name(prop):
    """What a relationship holds; `list` is the default and may be left out."""
    if not prop.uselist:
        return None
    factory = prop.collection_class or list
    kind = factory if isinstance(factory, type) else type(factory())
    return kind.__name__ if kind.__module__ == "builtins" else name_of(kind)


def relationship_shape(prop):
    shape = {
        "target": name_of(prop.mapper.class_),
        "direction": prop.direction.name,
        "uselist": bool(prop.uselist),
        "collection": collection_name(prop),
        "lazy": LAZY.get(prop.lazy, prop.lazy),
        "cascade": ", ".join(sorted(prop.cascade)),
        "back_populates": prop.back_populates,
        "reverse": sorted(str(other) for other in prop._reverse_property),
        "secondary": None if prop.secondary is None else str(prop.secondary),
        "primaryjoin": str(prop.primaryjoin),
        "secondaryjoin": None if prop.secondaryjoin is None else str(prop.secondaryjoin),
        "order_by": [str(each) for each in prop.order_by or ()],
        "remote_side": sorted(str(each) for each in prop.remote_side),
    }
    for name in FLAGS:
        value = getattr(prop, name, None)
        shape[name] = value if isinstance(value, (bool, str, int)) or value is None else without_addresses(repr(value))
    return shape


def attribute_shape(prop):
    """A mapped column, or an SQL expression."""
    from sqlalchemy import Column

    first = prop.columns[0]
    shape = {"deferred": prop.deferred, "group": prop.group, "active_history": getattr(prop, "active_history", None)}
    if isinstance(first, Column):
        shape["columns"] = [str(each) for each in prop.columns]
        shape["nullable"] = first.nullable
        shape["type"] = type_shape(first.type)
        shape["server_default"] = default_shape(first.server_default)
    else:
        shape["expression"] = str(first)
    return shape


def descriptor_shape(descriptor):
    shape = type(descriptor).__name__
    target = getattr(descriptor, "target_collection", None)
    return "%s of %s.%s" % (shape, target, descriptor.value_attr) if isinstance(target, str) else shape


def text_or_none(value):
    return None if value is None else str(value)


def mapper_shape(mapper):
    descriptors = {
        key: descriptor_shape(value) for key, value in mapper.all_orm_descriptors.items() if key not in mapper.attrs
    }
    return {
        "table": text_or_none(mapper.local_table),
        "inherits": name_of(mapper.inherits.class_) if mapper.inherits else None,
        "inherit_condition": text_or_none(mapper.inherit_condition),
        "concrete": mapper.concrete,
        "polymorphic_on": text_or_none(mapper.polymorphic_on),
        "polymorphic_identity": without_addresses(repr(mapper.polymorphic_identity)),
        "primary_key": [str(each) for each in mapper.primary_key],
        "version_id_col": text_or_none(mapper.version_id_col),
        # What is the default changed with 2.0.
        "eager_defaults": None if mapper.eager_defaults in (False, "auto") else str(mapper.eager_defaults),
        "validators": sorted(mapper.validators),
        "order of columns": [prop.key for prop in mapper.column_attrs],
        "column": {prop.key: attribute_shape(prop) for prop in mapper.column_attrs},
        "relationship": {prop.key: relationship_shape(prop) for prop in mapper.relationships},
        "synonym": {prop.key: prop.name for prop in mapper.synonyms},
        "composite": {
            prop.key: "%s of %s" % (name_of(prop.composite_class), ", ".join(each.key for each in prop.props))
            for prop in mapper.composites
        },
        "descriptor": descriptors,
    }


def describe_mappers(found):
    shapes = {}
    for mapper in sorted(mappers_of(found), key=lambda each: name_of(each.class_)):
        name = name_of(mapper.class_)
        same = sum(1 for key in shapes if key.split(" (")[0] == name)
        shapes["%s (%d)" % (name, same + 1) if same else name] = mapper_shape(mapper)
    return shapes


def describe(question):
    sys.path[:0] = [os.path.abspath(path) for path in question["paths"] if os.path.isdir(path)]
    try:
        import sqlalchemy
    except ImportError as error:
        raise Refusal("sqlalchemy", "%s has no SQLAlchemy: %s" % (sys.executable, error))
    found = find_metadata(question)
    mappers = describe_mappers(found)  # configuring them may still add columns to tables
    tables, rest = describe_tables(found, question["dialects"])
    return {"sqlalchemy": sqlalchemy.__version__, "tables": tables, "rest": rest, "mappers": mappers}


def main():
    answer_to = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    del sys.path[0]  # the folder of this file
    try:
        answer = describe(json.loads(sys.argv[1]))
    except Refusal as refusal:
        answer = {"refusal": {"kind": refusal.kind, "message": str(refusal)}}
        module = sys.modules.get("sqlalchemy")
        answer["sqlalchemy"] = getattr(module, "__version__", None)
    answer_to.write(json.dumps(answer, sort_keys=False, default=repr) + "\n")
    answer_to.flush()
    os._exit(0)  # the project may have started threads


if __name__ == "__main__":
    main()
