"""Lets a test of SQLAlchemy pass where the SQL text that it expects differs in labels only, or where a method of Query that is gone does not warn any
more of its deprecation; writes down each text and warning that it let pass.

A pytest plugin: `-p labels_plugin`, with CONFORMANCE_LABELS naming a folder.
"""

import contextlib
import json
import os
import re

from labels import parameters, same_but_labels
from outcomes import name


def note(**passed):
    folder = os.environ["CONFORMANCE_LABELS"]
    test = name(os.environ.get("PYTEST_CURRENT_TEST", "").rsplit(" ", 1)[0])
    with open(os.path.join(folder, f"{os.getpid()}.jsonl"), "a") as file:
        file.write(json.dumps({"test": test, **passed}) + "\n")


# What the numbered parameters of the last texts are called in the text that was expected.
renamed = {}


def differ_in_labels(expected, actual):
    if not (isinstance(expected, str) and isinstance(actual, str)) or expected == actual:
        return False
    if not same_but_labels(expected, actual):
        return False
    note(expected=expected, actual=actual)
    renamed.clear()
    renamed.update(zip(parameters(actual), parameters(expected)))
    return True


def with_expected_names(values):
    return {renamed.get(name, name): value for name, value in values.items()}


def pytest_sessionstart(session):
    """Replaces the assertions before a test imports them."""
    from sqlalchemy import testing
    from sqlalchemy.testing import assertions, assertsql

    for name in ("eq_", "eq_ignore_whitespace"):
        replacement = tolerant(getattr(assertions, name))
        for module in (testing, assertions, assertsql):
            if hasattr(module, name):
                setattr(module, name, replacement)
    for name in ("expect_deprecated", "expect_deprecated_20"):
        replacement = without_warnings_of_query(getattr(assertions, name))
        for module in (testing, assertions):
            setattr(module, name, replacement)
    received = assertsql.CompiledSQL._received_statement
    assertsql.CompiledSQL._received_statement = lambda self, observed: as_expected(self, *received(self, observed))


def as_expected(rule, statement, values):
    """The statement that a rule expects and the values under its names, where only labels differ."""
    expected = re.sub(r"[\n\t]", "", rule.statement) if isinstance(rule.statement, str) else None
    if not differ_in_labels(expected, statement):
        return statement, values
    return expected, [with_expected_names(each) for each in values]


def tolerant(assertion):
    def compare(a, b, msg=None):
        if isinstance(a, dict) and isinstance(b, dict) and a != b and renamed:
            a = with_expected_names(a)
        if not differ_in_labels(b, a):
            assertion(a, b, msg)

    return compare


def without_warnings_of_query(expect):
    @contextlib.contextmanager
    def expect_or_not(*messages, **options):
        # All that is expected has to be about Query, whatever else the block emits.
        if not all(re.search(r"\bQuery\b", message) for message in messages):
            with expect(*messages, **options):
                yield
            return
        try:
            with expect(*messages, **options):
                yield
        except AssertionError as error:
            # What the block itself raised is hidden behind the warnings.
            if error.__context__ is not None:
                raise error.__context__
            if not str(error).startswith("Warnings were not seen"):
                raise
            note(warning=", ".join(messages))

    return expect_or_not
