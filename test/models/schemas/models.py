from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

AUTH = "auth"


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})


user_role = Table(
    "user_role",
    Base.metadata,
    Column("user_id", ForeignKey(f"{AUTH}.user.id"), primary_key=True),
    Column("role_id", ForeignKey("auth.role.id"), primary_key=True),
    schema=AUTH,
)


class User(Base):
    __tablename__ = "user"
    __table_args__ = {"schema": AUTH}
    id: Mapped[int] = mapped_column(primary_key=True)
    roles = relationship("Role", secondary="auth.user_role", back_populates="users")
    logins = relationship("Login", back_populates="user")


class Role(Base):
    __tablename__ = "role"
    __table_args__ = ({"schema": "auth", "comment": "roles"},)
    id: Mapped[int] = mapped_column(primary_key=True)
    users = relationship(User, secondary=lambda: user_role, back_populates="roles")


class Login(Base):
    __tablename__ = "login"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id = mapped_column(ForeignKey(User.__table__.c.id, ondelete="CASCADE"), nullable=False)
    user = relationship("User", back_populates="logins")
    when: Mapped[str] = mapped_column(String(10))


class Shadow(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    login_id: Mapped[int] = mapped_column(ForeignKey(Login.__tablename__ + ".id"))
    login: Mapped[Login] = relationship()
