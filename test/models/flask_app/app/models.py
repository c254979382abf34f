from flask import Flask

from app import db

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db.init_app(app)

followers = db.Table(
    "followers",
    db.Column("follower_id", db.Integer, db.ForeignKey("user.id"), primary_key=True),
    db.Column("followed_id", db.Integer, db.ForeignKey("user.id"), primary_key=True),
)


class BaseModel(db.Model):
    __abstract__ = True
    id = db.Column(db.Integer, primary_key=True)


class User(BaseModel):
    username = db.Column(db.String(64), index=True, unique=True)
    kind = db.Column(db.String(10))
    posts = db.relationship("BlogPost", backref="author", lazy="dynamic")
    followed = db.relationship(
        "User",
        secondary=followers,
        primaryjoin="followers.c.follower_id == User.id",
        secondaryjoin="followers.c.followed_id == User.id",
        backref=db.backref("followers", lazy="dynamic"),
        lazy="dynamic",
    )
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "user"}



class Admin(User):
    level = db.Column(db.Integer)
    __mapper_args__ = {"polymorphic_identity": "admin"}


class SuperUser(User):
    id = db.Column(db.ForeignKey("user.id"), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "super"}


class BlogPost(BaseModel):
    body = db.Column(db.Text, nullable=False)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id"))


class HTTPLogEntry(db.Model):
    __tablename__ = "log"
    id = db.Column(db.BigInteger, db.Identity(), primary_key=True)
    post_id = db.Column(db.ForeignKey("blog_post.id"), nullable=False)
    post = db.relationship(BlogPost)


class HTTPLog2(db.Model):
    key = db.Column(db.String, primary_key=True)
