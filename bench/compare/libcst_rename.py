"""Rename one import with LibCST in every listed file, resolving qualified names: the yardstick of the benchmark.

    python libcst_rename.py LIST [JOBS]

LIST names one file a line. Every file is parsed, its qualified names are resolved and the tree is visited; nothing is
written. Prints {"files": …, "failed": …, "changed": …} as JSON.
"""

import json
import multiprocessing
import sys

import libcst as cst
from libcst import matchers as m
from libcst.helpers import get_full_name_for_node
from libcst.metadata import MetadataWrapper, QualifiedNameProvider

NAME = "declarative_base"
OLD_HOME = "sqlalchemy.ext.declarative"
NEW_HOME = cst.Attribute(value=cst.Name("sqlalchemy"), attr=cst.Name("orm"))


class RenameImport(cst.CSTTransformer):
    """Imports `declarative_base` from its new home, and spells `declarative.declarative_base` so."""

    METADATA_DEPENDENCIES = (QualifiedNameProvider,)

    def leave_ImportFrom(self, original_node, updated_node):
        if isinstance(updated_node.names, cst.ImportStar) or updated_node.module is None:
            return updated_node
        if get_full_name_for_node(updated_node.module) != OLD_HOME:
            return updated_node
        if any(alias.evaluated_name != NAME for alias in updated_node.names):
            return updated_node
        return updated_node.with_changes(module=NEW_HOME)

    def leave_Attribute(self, original_node, updated_node):
        if not m.matches(updated_node.attr, m.Name(NAME)):
            return updated_node
        names = self.get_metadata(QualifiedNameProvider, original_node, set())
        if any(each.name == f"{OLD_HOME}.{NAME}" for each in names):
            return updated_node.with_changes(value=NEW_HOME)
        return updated_node


def migrate(path):
    """Whether the file would change; None if LibCST cannot parse it."""
    with open(path, "rb") as file:
        source = file.read()
    try:
        wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    except (cst.ParserSyntaxError, UnicodeDecodeError):
        return None
    return wrapper.visit(RenameImport()).bytes != source


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        paths = file.read().splitlines()
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    if jobs == 1:
        results = [migrate(path) for path in paths]
    else:
        with multiprocessing.Pool(jobs) as pool:
            results = list(pool.imap_unordered(migrate, paths, chunksize=8))
    failed = results.count(None)
    print(json.dumps({"files": len(results), "failed": failed, "changed": results.count(True)}))


if __name__ == "__main__":
    main()
