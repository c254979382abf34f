"""Rename one import with LibCST in every listed file, resolving qualified names; the yardstick of the benchmark.

    python libcst_rename.py LIST [JOBS]

LIST names one file a line. Nothing is written. Prints {"files": …, "failed": …, "changed": …} as JSON.
"""

import json
import multiprocessing
import sys

import libcst as cst
from libcst.metadata import MetadataWrapper, QualifiedNameProvider

OLD_MODULE = "sqlalchemy.ext.declarative"
NEW_MODULE = "sqlalchemy.orm"
NAME = "declarative_base"


class RenameImport(cst.CSTTransformer):
    """Moves `declarative_base` to its new home, in imports and in dotted uses."""

    METADATA_DEPENDENCIES = (QualifiedNameProvider,)

    def __init__(self):
        super().__init__()
        self.uses = 0

    def leave_ImportFrom(self, original_node, updated_node):
        module = original_node.module
        if module is None or cst.helpers.get_full_name_for_node(module) != OLD_MODULE:
            return updated_node
        if isinstance(original_node.names, cst.ImportStar):
            return updated_node
        if [alias.evaluated_name for alias in original_node.names] != [NAME]:
            return updated_node
        return updated_node.with_changes(module=cst.helpers.parse_template_expression(NEW_MODULE))

    def leave_Attribute(self, original_node, updated_node):
        self._resolve(original_node)
        return updated_node

    def leave_Name(self, original_node, updated_node):
        self._resolve(original_node)
        return updated_node

    def _resolve(self, node):
        names = self.get_metadata(QualifiedNameProvider, node, set())
        if any(each.name == f"{OLD_MODULE}.{NAME}" for each in names):
            self.uses += 1


def migrate(path):
    """Answers whether the file would change; None if LibCST cannot parse it."""
    with open(path, "rb") as file:
        source = file.read()
    try:
        wrapper = MetadataWrapper(cst.parse_module(source))
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
