"""Imports the modules of one project folder and prints what SQLAlchemy's mappers say about its classes as JSON.

Usage: python mappers.py FOLDER [MODULE...]; without modules, every Python file below the folder is imported.
"""

import contextlib
import importlib
import json
import pathlib
import sys
import warnings

warnings.simplefilter("ignore")


def module_names(folder):
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if parts[0] in ("src", "lib"):
            parts = parts[1:]
        if parts[-1] == "__init__":
            parts = parts[:-1]
        if parts:
            yield ".".join(parts)


def class_id(cls):
    return f"{cls.__module__}.{cls.__qualname__}"


def inheritance(mapper):
    if mapper.inherits is None:
        return "none"
    if mapper.concrete:
        return "concrete"
    return "single" if mapper.single else "joined"


def collection_of(relationship):
    if not relationship.uselist:
        return None
    factory = relationship.collection_class
    if factory is None:
        return "list"
    made = type(factory())
    for kind in (list, set, dict):
        if issubclass(made, kind) and made.__module__.startswith(("builtins", "sqlalchemy")):
            return kind.__name__
    return class_id(made)


def optional(relationship):
    if relationship.uselist:
        return None
    if relationship.direction.name != "MANYTOONE":
        return True
    return any(column.nullable for column in relationship.local_columns)


def type_name(type_):
    if type(type_).__name__ == "Variant":
        type_ = type_.impl
    name = type(type_).__name__
    return None if name == "NullType" else name


LAZY = {True: "select", False: "joined", None: "noload"}


def relationship_facts(key, relationship):
    lazy = relationship.lazy
    reverse = sorted(other.key for other in relationship._reverse_property)
    back = relationship.back_populates
    if isinstance(relationship.backref, str):
        back = relationship.backref
    elif relationship.backref:
        back = relationship.backref[0]
    secondary = relationship.secondary
    return {
        "target": class_id(relationship.mapper.class_),
        "direction": {"MANYTOONE": "many-to-one", "ONETOMANY": "one-to-many", "MANYTOMANY": "many-to-many"}[
            relationship.direction.name
        ],
        "uselist": bool(relationship.uselist),
        "optional": optional(relationship),
        "collection": collection_of(relationship),
        "lazy": LAZY.get(lazy, lazy),
        "reverse": back or (reverse[0] if reverse else None),
        "secondary": None if secondary is None else getattr(secondary, "fullname", None),
        "viewonly": bool(relationship.viewonly),
    }


def target_of(key):
    try:
        column = key.column
        return f"{column.table.fullname}.{column.name}"
    except Exception:
        return key.target_fullname


def column_facts(column):
    return {
        "name": column.name,
        "nullable": bool(column.nullable),
        "type": type_name(column.type),
        "primaryKey": bool(column.primary_key),
        "foreignKeys": sorted(target_of(key) for key in column.foreign_keys),
    }


def class_facts(mapper):
    columns = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if hasattr(column, "foreign_keys") and hasattr(column, "nullable"):
            columns[attribute.key] = column_facts(column)
    return {
        "table": getattr(mapper.local_table, "fullname", None),
        "inheritance": inheritance(mapper),
        "columns": columns,
        "relationships": {each.key: relationship_facts(each.key, each) for each in mapper.relationships},
    }


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    roots = {"src", "lib"}
    sys.path[:0] = [str(folder)] + [str(folder / root) for root in roots if (folder / root).is_dir()]
    # What the modules print is not ours.
    with contextlib.redirect_stdout(sys.stderr):
        for name in sys.argv[2:] or module_names(folder):
            importlib.import_module(name)
    import sqlalchemy
    from sqlalchemy.orm import configure_mappers
    from sqlalchemy.orm import mapperlib

    configure_mappers()
    facts = {}
    for registry in mapperlib._all_registries():
        for mapper in registry.mappers:
            if mapper.class_.__module__ != "builtins":
                facts[class_id(mapper.class_)] = class_facts(mapper)
    json.dump({"version": sqlalchemy.__version__, "classes": facts}, sys.stdout, indent=1, sort_keys=True)
    print()


main()
