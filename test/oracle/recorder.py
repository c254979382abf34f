"""Observe what a program does to SQLAlchemy: statements sent, legacy API touched, tables and mappers declared, writes that another connection read.

Works on 1.3 to 2.1. `install()` runs once in the parent, `start()` and `stop()` in each child.
"""

import sys
import warnings

import sqlalchemy
import sqlalchemy.dialects.mysql
import sqlalchemy.dialects.postgresql
import sqlalchemy.dialects.sqlite
import sqlalchemy.orm
from sqlalchemy import event, exc
from sqlalchemy.engine import Engine
from sqlalchemy.orm.mapper import Mapper

import observer
import shapes

try:
    import aiosqlite  # noqa: F401
    import sqlalchemy.ext.asyncio  # noqa: F401
except ImportError:
    pass
try:
    import flask_sqlalchemy  # noqa: F401
except ImportError:
    pass

MODERN = not sqlalchemy.__version__.startswith("1.")
BASE_20 = getattr(exc, "Base20DeprecationWarning", None) or getattr(exc, "RemovedIn20Warning", ())


class State:
    """What one child has seen; the class itself holds it, a forked child runs a single program."""

    folder = ""
    active = False
    in_session_query = False
    statements = 0
    legacy = {}
    tables = []
    mappers = []
    observer = None


def program_lines():
    """`file:line` of each frame that belongs to the program, the innermost first."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if State.folder and name.startswith(State.folder):
            yield "%s:%d" % (name[len(State.folder) + 1 :], frame.f_lineno)
        frame = frame.f_back


def program_line():
    """The innermost line of the program, or None."""
    return next(program_lines(), None)


def touch(use):
    """Record a legacy use, with the first line of the program that caused it."""
    if State.active and use not in State.legacy:
        State.legacy[use] = program_line() or "?"


def patch(owner, name, use):
    """Replace `owner.name` by a function that records `use` when the program itself calls it, not a library."""
    original = getattr(owner, name)

    def recorded(*args, **kwargs):
        if sys._getframe(1).f_code.co_filename.startswith(State.folder):
            touch(use)
        return original(*args, **kwargs)

    recorded.__name__ = name
    recorded.__doc__ = original.__doc__
    setattr(owner, name, recorded)


def patch_query():
    """Record every Query that is made: through Session.query, or else (dynamic relationships, Flask) as Query."""
    from sqlalchemy.orm import Query, Session

    make, ask = Query.__init__, Session.query

    def query_init(self, *args, **kwargs):
        if not State.in_session_query:
            touch("Query")
        make(self, *args, **kwargs)

    def session_query(self, *args, **kwargs):
        touch("Session.query")
        State.in_session_query = True
        try:
            return ask(self, *args, **kwargs)
        finally:
            State.in_session_query = False

    Query.__init__ = query_init
    Session.query = session_query


def on_warning(message, category, filename, lineno, file=None, line=None):
    if BASE_20 and issubclass(category, BASE_20):
        text = str(message).split("(Background on SQLAlchemy", 1)[0].split("(deprecated since", 1)[0]
        touch("%s: %s" % (category.__name__, " ".join(text.split())))


def count_statement(*_):
    if State.active:
        State.statements += 1


def count_missing_greenlets():
    """A read that fails for want of a greenlet counts for the statement that it would have sent."""
    missing = getattr(exc, "MissingGreenlet", None)
    if missing is None:
        return
    original = missing.__init__

    def counted(self, *args, **kwargs):
        count_statement()
        original(self, *args, **kwargs)

    missing.__init__ = counted


def install():
    """Hook SQLAlchemy. Everything that SQLAlchemy declares for itself has been imported by now."""
    event.listen(Engine, "after_cursor_execute", count_statement)
    count_missing_greenlets()
    State.observer = observer.install(lambda: " < ".join(program_lines()) or None)
    event.listen(sqlalchemy.Table, "after_parent_attach", lambda table, parent: State.tables.append(table))
    event.listen(Mapper, "instrument_class", lambda mapper, class_: State.mappers.append(mapper))
    if MODERN:
        patch_query()
        for name in ("declarative_base", "as_declarative"):
            patch(sqlalchemy.orm, name, name)


def start(folder):
    State.folder = folder
    warnings.resetwarnings()
    warnings.simplefilter("always")
    warnings.showwarning = on_warning
    State.active = True


def stop():
    """Stop observing and return it as plain data."""
    State.active = False
    warnings.simplefilter("ignore")
    return {
        "statements": State.statements,
        "legacy": State.legacy,
        "seen": sorted(State.observer.seen),
        "shape": shapes.describe(State.tables, State.mappers),
    }
