"""Resolve names of scanned modules to the SQLAlchemy names that they stand for, from imports and plain assignments.

Knows nothing of sites. A qualified name is a string: `sqlalchemy.orm.relationship`; the result of calling a class or
factory is written with brackets: `sqlalchemy.create_engine()`, `flask_sqlalchemy.SQLAlchemy()`.
"""

import ast
import os

ROOTS = ("sqlalchemy", "flask_sqlalchemy", "sqlmodel")


class Module:
    """One parsed file and what its names are bound to."""

    def __init__(self, path, tree):
        self.path = path
        self.tree = tree
        self.parts = module_parts(path)
        self.is_package = os.path.basename(path) == "__init__.py"
        self.bindings = {}
        self.imported = set()
        self.stars = []


def module_parts(path):
    """`app/models/__init__.py` → ("app", "models")."""
    parts = os.path.normpath(path)[: -len(".py")].split(os.sep)
    if parts[-1] == "__init__":
        parts.pop()
    return tuple(part for part in parts if part not in ("", ".", ".."))


class Project:
    """All scanned modules; answers which use SQLAlchemy and what an expression is called there."""

    def __init__(self, modules):
        self.modules = modules
        self.by_tail = {}
        for module in modules:
            if module.parts:
                self.by_tail.setdefault(module.parts[-1], []).append(module)
        for module in modules:
            collect_bindings(module)
        self.using = self._using()

    def _using(self):
        """Paths of modules that import SQLAlchemy, directly or through other scanned modules."""
        using = {m.path for m in self.modules if any(is_library(name) for name in m.imported)}
        importers = {m.path: [self.find(name) for name in sorted(m.imported)] for m in self.modules}
        grows = True
        while grows:
            more = {p for p, found in importers.items() if any(m is not None and m.path in using for m in found)} - using
            using |= more
            grows = bool(more)
        return using

    def find(self, dotted):
        """The scanned module that an absolute dotted name means, by the longest agreement of its tail; or None."""
        parts = tuple(dotted.split("."))
        for end in (len(parts), len(parts) - 1):  # the last part may be a name inside the module
            if end <= 0:
                continue
            wanted = parts[:end]
            matching = [m for m in self.by_tail.get(wanted[-1], ()) if m.parts[-len(wanted) :] == wanted]
            if matching:
                return min(matching, key=lambda m: (len(m.parts), m.path))
        return None

    def name_of(self, module, node):
        """The qualified name of an expression, or None when imports do not tell."""
        if isinstance(node, ast.Name):
            return self.lookup(module, node.id, 0)
        if isinstance(node, ast.Attribute):
            owner = self.name_of(module, node.value)
            return self.follow("%s.%s" % (owner, node.attr), 0) if owner else None
        if isinstance(node, ast.Call):
            called = self.name_of(module, node.func)
            return called + "()" if called else None
        return None

    def lookup(self, module, name, depth):
        if name in module.bindings:
            return self.follow(module.bindings[name], depth)
        for star in module.stars:
            if is_library(star):
                return "%s.%s" % (star, name)
            source = self.find(star)
            if source is not None and depth < 8 and (found := self.lookup(source, name, depth + 1)):
                return found
        return None

    def follow(self, qualified, depth):
        """Follow a re-export through scanned modules until a library name is reached."""
        if is_library(qualified) or depth > 8 or "." not in qualified:
            return qualified
        owner, _, name = qualified.partition("()")[0].rpartition(".")
        source = self.find(owner)
        if source is None or source.parts[-1] != owner.split(".")[-1]:
            return qualified
        found = self.lookup(source, name, depth + 1)
        return found + qualified[len(owner) + 1 + len(name) :] if found else qualified


def is_library(qualified):
    return qualified.split(".", 1)[0].partition("()")[0] in ROOTS


def absolute(module, node):
    """The absolute module that a `from … import` names."""
    if not node.level:
        return node.module or ""
    package = module.parts if module.is_package else module.parts[:-1]
    base = package[: len(package) - (node.level - 1)]
    return ".".join(base + tuple((node.module or "").split(".") if node.module else ()))


def collect_bindings(module):
    """Imports anywhere in the file, and assignments of calls at module level or to names used once."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                module.imported.add(alias.name)
                module.bindings[alias.asname or alias.name.split(".")[0]] = alias.name if alias.asname else alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            source = absolute(module, node)
            for alias in node.names:
                module.imported.add("%s.%s" % (source, alias.name) if alias.name != "*" else source)
                if alias.name == "*":
                    module.stars.append(source)
                else:
                    module.bindings[alias.asname or alias.name] = "%s.%s" % (source, alias.name)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
            called = dotted(node.value.func)
            head, _, rest = called.partition(".")
            if head in module.bindings:
                name = module.bindings[head] + ("." + rest if rest else "")
                module.bindings.setdefault(node.targets[0].id, name + "()")


def dotted(node):
    """`a.b.c` as text, or an empty string for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return "%s.%s" % (owner, node.attr) if owner else ""
    return ""
