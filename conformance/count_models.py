"""Counts the columns and relationships that classes declare below a folder, and those with a `Mapped[…]` annotation.

    python count_models.py FOLDER

It knows syntax only and shares no code with the tool. Prints JSON; `left` lists those without annotation.
"""

import ast
import json
import pathlib
import sys

COLUMN = {"Column", "mapped_column"}
RELATIONSHIP = {"relationship", "relation", "dynamic_loader"}
WRAPPERS = {"deferred", "column_property"}
SKIPPED = {"alembic", "migrations", "node_modules", ".git", "versions"}


def called(node):
    func = node.func if isinstance(node, ast.Call) else None
    return getattr(func, "id", None) or getattr(func, "attr", None)


def kind_of(node):
    """`columns`, `relationships`, or None for any other value."""
    name = called(node)
    if name in WRAPPERS and node.args:
        return "columns" if called(node.args[0]) in COLUMN else None
    return "columns" if name in COLUMN else "relationships" if name in RELATIONSHIP else None


def declarations(body):
    """(statement, kind, annotation) of what a class body declares; functions that return a declaration included."""
    for statement in body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            yield statement, kind_of(statement.value), getattr(statement, "annotation", None)
        elif isinstance(statement, ast.FunctionDef):
            decorators = {getattr(d, "attr", getattr(d, "id", None)) for d in statement.decorator_list}
            last = statement.body[-1]
            if decorators & {"declared_attr", "cascading"} and isinstance(last, ast.Return):
                yield statement, kind_of(last.value), statement.returns


def count(folder):
    totals = {"columns": [0, 0], "relationships": [0, 0]}
    left = []
    for path in sorted(pathlib.Path(folder).rglob("*.py")):
        place = path.relative_to(folder)
        if SKIPPED & set(place.parts):
            continue
        try:
            tree = ast.parse(path.read_bytes())
        except SyntaxError:
            continue
        for owner in ast.walk(tree):
            if not isinstance(owner, ast.ClassDef):
                continue
            for statement, kind, annotation in declarations(owner.body):
                if kind is None:
                    continue
                totals[kind][0] += 1
                if annotation is not None and "Mapped[" in ast.unparse(annotation):
                    totals[kind][1] += 1
                else:
                    left.append("%s:%d %s" % (place, statement.lineno, ast.unparse(statement).splitlines()[0][:110]))
    return dict(totals, left=left)


if __name__ == "__main__":
    json.dump(count(sys.argv[1]), sys.stdout)
