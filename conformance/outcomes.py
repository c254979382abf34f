"""Writes the outcome of each test as a line of JSON. A pytest plugin: `-p outcomes`, with CONFORMANCE_OUTCOMES naming the file."""

import json
import os
import re


def pytest_runtest_logreport(report):
    # Workers hand their reports to the process that started them.
    if "PYTEST_XDIST_WORKER" in os.environ or not (report.when == "call" or report.failed or report.skipped):
        return
    write(report.nodeid, report.outcome, report)


def pytest_collectreport(report):
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        write(report.nodeid, "failed", report)


def write(nodeid, outcome, report):
    cause = ""
    if outcome == "failed":
        crash = getattr(report.longrepr, "reprcrash", None)
        cause = crash.message if crash else str(report.longrepr)
    with open(os.environ["CONFORMANCE_OUTCOMES"], "a") as file:
        file.write(json.dumps({"test": name(nodeid), "outcome": outcome, "cause": cause}) + "\n")


def name(nodeid):
    """Classes are named after the database too: `InsertTest_sqlite+pysqlite_3_40_1`."""
    return re.sub(r"_sqlite\+pysqlite_[0-9_]+", "", nodeid)
