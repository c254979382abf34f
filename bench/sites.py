#!/usr/bin/env python3
"""Count legacy SQLAlchemy sites with CPython's own parser; shares no code with sqla-migrate.

    python bench/sites.py PATHS… [--json] [--list]

A site is one `.query(` chain head, `Model.query` chain, Column, relationship or backref in a class body, declarative
base, or removed Core, Engine, Session or Row form that syntax can show. Only files that import SQLAlchemy, directly or
through another scanned file, are looked at. `x: Mapped[…] = relationship()` and `mapped_column()` are modern.
"""

import argparse
import ast
import json
import os
import sys
import warnings

from site_kinds import CONNECTION_NAMES, View, kinds_of, last_name, looks_like_engine, looks_like_session
from site_names import Module, Project
from site_rows import FUNCTIONS, row_sites

SKIPPED_FOLDERS = {"__pycache__", "node_modules", "venv", "env", "site-packages"}


def python_files(paths):
    """Every .py file below the paths, sorted; a named file is always taken."""
    found = set()
    for path in paths:
        if not os.path.isdir(path):
            found.add(path)
        for folder, folders, names in os.walk(path):
            folders[:] = [f for f in folders if f not in SKIPPED_FOLDERS and not f.startswith(".")]
            found.update(os.path.join(folder, name) for name in names if name.endswith(".py"))
    return sorted(os.path.normpath(path) for path in found)


def load(paths):
    """Parse the files; returns the modules and, by path, why a file could not be parsed."""
    modules, unparsed = [], {}
    for path in python_files(paths):
        try:
            with open(path, "rb") as file, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                modules.append(Module(path, ast.parse(file.read(), path)))
        except (SyntaxError, ValueError, OSError, RecursionError) as error:
            unparsed[path] = str(error)
    return modules, unparsed


def has_model_query(modules):
    """Whether classes of the project have a `query` attribute."""
    return any(
        any(name.split(".")[0] == "flask_sqlalchemy" for name in module.imported)
        or any(isinstance(node, ast.Attribute) and node.attr == "query_property" for node in ast.walk(module.tree))
        for module in modules
    )


def position(node):
    """Where the site is shown: the method name of a chain, else the start of the node."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.end_lineno, node.end_col_offset - len(node.attr.encode()) + 1
    return node.lineno, node.col_offset + 1


def find_sites(project, module, model_query):
    """The sites of one module as sorted (line, column, kind)."""
    view = View(project, module, model_query)

    def is_database(node):
        named = last_name(node).lower().lstrip("_") in CONNECTION_NAMES and "sqlite3" not in module.imported
        return named or looks_like_session(view, node) or looks_like_engine(view, node)

    found = [(position(node), kind) for node in ast.walk(module.tree) for kind in kinds_of(view, node)]
    for scope in ast.walk(module.tree):
        if isinstance(scope, FUNCTIONS + (ast.Module,)):
            found += [(position(node), "row-mapping") for node in row_sites(scope, is_database)]
    return sorted((line, column, kind) for (line, column), kind in set(found))


def count(paths):
    """The whole report as plain data."""
    modules, unparsed = load(paths)
    project = Project(modules)
    model_query = has_model_query(modules)
    files = {m.path: find_sites(project, m, model_query) for m in modules if m.path in project.using}
    kinds = [kind for sites in files.values() for _, _, kind in sites]
    return {
        "total": len(kinds),
        "by_kind": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "files": [
            {"path": path, "sites": [{"kind": k, "line": line, "column": column} for line, column, k in sites]}
            for path, sites in sorted(files.items())
            if sites
        ],
        "scanned": len(modules) + len(unparsed),
        "unparsed": unparsed,
    }


def main():
    parser = argparse.ArgumentParser(description="Count legacy SQLAlchemy sites.")
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--list", action="store_true", help="print every site as path:line:column kind")
    options = parser.parse_args()
    missing = [path for path in options.paths if not os.path.exists(path)]
    if missing:
        parser.error("no such file or folder: %s" % ", ".join(missing))
    report = count(options.paths)
    if options.json:
        json.dump(report, sys.stdout, indent=2)
        print()
        return
    if options.list:
        for file in report["files"]:
            for site in file["sites"]:
                print("%s:%d:%d %s" % (file["path"], site["line"], site["column"], site["kind"]))
    for kind, number in report["by_kind"].items():
        print("%6d  %s" % (number, kind))
    print("%6d  total in %d of %d files" % (report["total"], len(report["files"]), report["scanned"]))
    for path, problem in report["unparsed"].items():
        print("not parsed: %s: %s" % (path, problem), file=sys.stderr)


if __name__ == "__main__":
    main()
