"""See which writes of a program were committed and then read by another connection to the same database.

SQLite tells of its statements itself, whoever sends them; of servers only what goes through SQLAlchemy is seen. It judges nothing.
"""

import itertools
import re
import sqlite3
import sqlite3.dbapi2

from sqlalchemy import event
from sqlalchemy.engine import Engine

WRITE = re.compile(r"\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+[\"'`]?(\w+)", re.I)
READ = re.compile(r"\s*(?:SELECT|WITH)\b", re.I)
WORD = re.compile(r"\s*(BEGIN|COMMIT|END|ROLLBACK\s+TO|ROLLBACK|SAVEPOINT|RELEASE)\b", re.I)


class Connection:
    """What one connection has written: `(table, place)` each, by what became of it."""

    def __init__(self, database):
        self.database = database
        self.begun = False
        self.savepoints = 0
        self.pending = []
        self.committed = []

    def commit(self):
        self.committed += self.pending
        self.rollback()

    def rollback(self):
        self.pending = []
        self.begun = False
        self.savepoints = 0


class Observer:
    """The connections of one program, and the places of the writes that another of them has read."""

    def __init__(self, place):
        self.place = place
        self.connections = []
        self.seen = set()

    def connect(self, database):
        connection = Connection(database)
        self.connections.append(connection)
        return connection

    def statement(self, connection, sql, commits_itself):
        """A statement that is about to run; `commits_itself` unless it stands in a transaction."""
        write = WRITE.match(sql)
        if write:
            connection.pending.append((write.group(1).lower(), self.place()))
            if commits_itself:
                connection.commit()
        elif READ.match(sql):
            self.read(connection, sql.lower())

    def read(self, reader, sql):
        for writer in self.connections:
            if writer is reader or writer.database != reader.database:
                continue
            for table, place in writer.committed:
                if place is not None and re.search(r"\b%s\b" % table, sql):
                    self.seen.add(place)

    def sqlite(self, connection, sql):
        """A statement of SQLite, which tells of BEGIN and COMMIT like of any other."""
        word = WORD.match(sql)
        if word is None:
            self.statement(connection, sql, not connection.begun and not connection.savepoints)
            return
        kind = word.group(1).upper()
        if kind == "BEGIN":
            connection.begun = True
        elif kind in ("COMMIT", "END"):
            connection.commit()
        elif kind == "ROLLBACK":
            connection.rollback()
        elif kind == "SAVEPOINT":
            connection.savepoints += 1
        elif kind == "RELEASE":
            connection.savepoints -= 1
            if connection.savepoints == 0 and not connection.begun:
                connection.commit()
        else:  # ROLLBACK TO: what was written since is not told from the rest
            connection.pending = []


def observe_sqlite(observer):
    """Have every connection to a SQLite file tell what it runs; a database in memory is its connection's own."""
    original = sqlite3.connect
    private = itertools.count()

    def connect(*args, **kwargs):
        connection = original(*args, **kwargs)
        row = connection.execute("PRAGMA database_list").fetchone()
        database = row[2] or next(private)
        state = observer.connect(database)
        connection.set_trace_callback(lambda sql: observer.sqlite(state, sql))
        return connection

    sqlite3.connect = sqlite3.dbapi2.connect = connect


def observe_servers(observer):
    """Have the engines of servers tell what they run: a program has one database there."""
    states = {}

    def driver_of(connection):
        held = connection.connection
        return getattr(held, "dbapi_connection", None) or held.connection

    def state(connection):
        driver = driver_of(connection)
        # The driver is kept with its state: the id of one that is gone would be given again.
        _, known = states.get(id(driver), (None, None))
        if known is None:
            known = observer.connect("server")
            states[id(driver)] = driver, known
        return known

    def is_server(connection):
        return connection.dialect.name != "sqlite"

    def executing(connection, cursor, sql, parameters, context, executemany):
        if is_server(connection):
            autocommit = getattr(driver_of(connection), "autocommit", False) is True
            observer.statement(state(connection), sql, autocommit)

    def committing(connection):
        if is_server(connection):
            state(connection).commit()

    def rolling_back(connection):
        if is_server(connection):
            state(connection).rollback()

    event.listen(Engine, "before_cursor_execute", executing)
    event.listen(Engine, "commit", committing)
    event.listen(Engine, "rollback", rolling_back)


def install(place):
    """Observe all connections that are made from now on; `place` says where the program is."""
    observer = Observer(place)
    observe_sqlite(observer)
    observe_servers(observer)
    return observer
