"""Give one program an empty database of its own on a running server, and name it in the environment."""

import os
import uuid


def create(kind):
    """Create the database and return the variables that name it."""
    name = "p" + uuid.uuid4().hex
    if kind == "postgresql":
        import psycopg2

        connection = psycopg2.connect(dbname="postgres")
        connection.autocommit = True
        variables = {"PGDATABASE": name}
    else:
        import pymysql

        connection = pymysql.connect(unix_socket=os.environ["MYSQL_UNIX_PORT"], user="root")
        variables = {"MYSQL_DATABASE": name}
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE " + name)
    connection.close()
    return variables
