"""Lets a test of SQLAlchemy pass where the SQL text that it expects differs in labels only, and writes down each text that it let pass.

A pytest plugin: `-p labels_plugin`, with CONFORMANCE_LABELS naming a folder.
"""

import json
import os

from labels import same_but_labels
from outcomes import name


def note(expected, actual):
    folder = os.environ["CONFORMANCE_LABELS"]
    test = name(os.environ.get("PYTEST_CURRENT_TEST", "").rsplit(" ", 1)[0])
    with open(os.path.join(folder, f"{os.getpid()}.jsonl"), "a") as file:
        file.write(json.dumps({"test": test, "expected": expected, "actual": actual}) + "\n")


def differ_in_labels(expected, actual):
    if not (isinstance(expected, str) and isinstance(actual, str)) or expected == actual:
        return False
    if not same_but_labels(expected, actual):
        return False
    note(expected, actual)
    return True


def pytest_sessionstart(session):
    """Replaces the assertions before a test imports them."""
    from sqlalchemy import testing
    from sqlalchemy.testing import assertions, assertsql

    for name in ("eq_", "eq_ignore_whitespace"):
        replacement = tolerant(getattr(assertions, name))
        for module in (testing, assertions, assertsql):
            if hasattr(module, name):
                setattr(module, name, replacement)
    compare = assertsql.CompiledSQL._compare_sql
    assertsql.CompiledSQL._compare_sql = lambda self, execute_observed, received: (
        compare(self, execute_observed, received) or differ_in_labels(self.statement, received)
    )


def tolerant(assertion):
    def compare(a, b, msg=None):
        if not differ_in_labels(b, a):
            assertion(a, b, msg)

    return compare
