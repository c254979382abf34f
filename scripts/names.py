"""Writes src/sqlalchemy/names.json: every public name of SQLAlchemy, its canonical path and where each version keeps it.

    python scripts/names.py [FOLDER]

FOLDER (default: a temporary folder) receives one virtual environment a version.
"""

import collections
import inspect
import json
import pathlib
import subprocess
import sys
import tempfile
import venv

VERSIONS = {"1.3": "1.3.24", "1.4": "1.4.54", "2.0": "2.0.58", "2.1": "2.1.9"}
OUTPUT = pathlib.Path(__file__).parents[1] / "src/sqlalchemy/names.json"

# Different objects in 1.4 (a wrapper that warns, a 2.0 style constructor), the same API.
SAME_API = {
    **{
        f"sqlalchemy.ext.declarative.{name}": f"sqlalchemy.orm.{name}"
        for name in (
            "DeclarativeMeta", "as_declarative", "declarative_base", "declared_attr",
            "has_inherited_table", "synonym_for",
        )
    },
    **{
        f"sqlalchemy.orm.strategy_options.{name}": f"sqlalchemy.orm.{name}"
        for name in (
            "contains_eager", "defaultload", "defer", "immediateload", "joinedload", "lazyload", "load_only",
            "noload", "raiseload", "selectin_polymorphic", "selectinload", "subqueryload", "undefer",
            "undefer_group", "with_expression",
        )
    },
    "sqlalchemy.future.select": "sqlalchemy.select",
}  # fmt: skip

# The same object in 2.x only: as the 1.x code that is read means it, it behaves differently.
OWN_MEANING = {
    "sqlalchemy.dialects.postgresql.UUID",  # as_uuid=False
    "sqlalchemy.future.create_engine",  # no autocommit
    "sqlalchemy.future.Engine",
    "sqlalchemy.future.Connection",
}


def scan():
    """Prints {path: [identity, kind, module of definition]} of the SQLAlchemy that this interpreter has."""
    import importlib
    import pkgutil
    import warnings

    import sqlalchemy

    warnings.simplefilter("ignore")
    modules = {"sqlalchemy": sqlalchemy}
    skipped = tuple(
        f"sqlalchemy.{name}"
        for name in ("testing", "cprocessors", "cresultproxy", "cutils", "cyextension", "ext.mypy")
    )
    for info in pkgutil.walk_packages(sqlalchemy.__path__, "sqlalchemy.", lambda name: None):
        if info.name.startswith(skipped) or info.name.endswith(".provision"):
            continue
        try:
            modules[info.name] = importlib.import_module(info.name)
        except Exception as problem:
            print(f"{info.name}: {problem}", file=sys.stderr)
    found = {}
    for module_name, module in modules.items():
        for name, value in vars(module).items():
            if name.startswith("_") or inspect.ismodule(value) or name == "annotations":
                continue
            is_class, is_function = inspect.isclass(value), inspect.isroutine(value)
            owner = value if is_class or is_function else type(value)
            if (getattr(owner, "__module__", None) or "").split(".")[0] != "sqlalchemy":
                continue
            kind = "class" if is_class else "function" if is_function else "object"
            found[f"{module_name}.{name}"] = [id(value), kind, owner.__module__]
    json.dump(found, sys.stdout)


HOMES = {
    (): 0, ("orm",): 1, ("ext", "asyncio"): 2, ("ext",): 3, ("dialects",): 4, ("engine",): 5, ("exc",): 6,
    ("event",): 7, ("pool",): 8, ("types",): 9, ("schema",): 10, ("sql",): 11,
}  # fmt: skip


def rank(path, scans):
    """Sort key: the most public home first, modules that merely import the name for their own use last."""
    module = path.rpartition(".")[0]
    home = tuple(module.split(".")[1:])
    place = HOMES.get(home)
    if place is None and len(home) == 2:
        place = HOMES[home[:1]] if home[0] in ("ext", "dialects") else None
    defined = [found[path][2] for found in scans if path in found]
    own = place not in (None, 3, 4) or any(f"{name}.".startswith(f"{module}.") for name in defined)
    private = any(part.startswith("_") for part in home)
    return (private, not own, 12 if place is None else place, len(home), path)


def canonical_paths(scans):
    """Maps every path of every version to its canonical path."""
    by_name = collections.defaultdict(set)
    for found in scans.values():
        for path in found:
            by_name[path.rpartition(".")[2]].add(path)
    modern = scans["2.0"].keys() | scans["2.1"].keys()
    result = {}
    for paths in by_name.values():
        groups = {}
        for path in sorted(paths, key=lambda p: (p not in modern, rank(p, scans.values()))):
            same = (root for root in groups if belongs(path, root, groups[root], scans))
            root = path if path in OWN_MEANING else SAME_API.get(path) or next(same, path)
            groups.setdefault(root, []).append(path)
            result[path] = root
    return result


def belongs(path, root, group, scans):
    """Whether `path` was the same object as a member of the group, and never another one than any member."""
    same = False
    for found in scans.values():
        if path not in found:
            continue
        # A dialect's type that became the generic one later was its own before.
        if root not in found and ".dialects." in path and ".dialects." not in root:
            return False
        for member in group:
            if member not in found:
                continue
            if found[member][0] == found[path][0]:
                same = True
            elif member not in SAME_API:
                return False
    return same


def describe(scans):
    """The content of names.json."""
    canonical = canonical_paths(scans)
    moved = collections.defaultdict(lambda: collections.defaultdict(list))
    members = collections.defaultdict(list)
    for path, root in sorted(canonical.items()):
        members[root].append(path)
        if path != root:
            module, _, name = path.rpartition(".")
            moved[module][root.rpartition(".")[0]].append(name)
    names = collections.defaultdict(lambda: collections.defaultdict(list))
    for root, paths in sorted(members.items()):
        module, _, name = root.rpartition(".")
        names[module][description(root, paths, scans)].append(name)
    return {"moved": joined(moved), "names": joined(names)}


def description(root, paths, scans):
    """`class 1.3 1.4=sqlalchemy.engine 2.0`: the kind and the versions that have it, with the home where it is another."""
    words = []
    for version, found in scans.items():
        there = sorted((path for path in paths if path in found), key=lambda path: rank(path, [found]))
        if there:
            words = words or [found[there[0]][1]]
            words.append(version if root in found else f"{version}={there[0].rpartition('.')[0]}")
    return " ".join(words)


def joined(tree):
    """The lists of names as one string each."""
    return {
        module: {key: " ".join(names) for key, names in sorted(keys.items())} for module, keys in sorted(tree.items())
    }


def main(folder):
    scans = {}
    for version, release in VERSIONS.items():
        python = folder / f"v{release}" / "bin" / "python"
        if not python.exists():
            venv.create(folder / f"v{release}", with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "-q", f"sqlalchemy=={release}", "greenlet"], check=True)
        output = subprocess.run([python, __file__, "--scan"], check=True, stdout=subprocess.PIPE).stdout
        scans[version] = json.loads(output)
    OUTPUT.write_text(json.dumps(describe(scans), indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["--scan"]:
        scan()
    elif sys.argv[1:]:
        main(pathlib.Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(pathlib.Path(temporary))
