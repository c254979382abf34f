import flask_sqlalchemy

from shop import db

db.create()
print(db.labels(), db.shelf(1).label)
flask_sqlalchemy.SQLAlchemy()
