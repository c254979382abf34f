// Programs around the examples of the rules, so that what the documentation shows can be run.
import { inAsync, inAsyncModule, inBlocking } from './async-examples.ts';
import { END, indent, START, type Place } from './example-marks.ts';

const IMPORTS = `\
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table
from sqlalchemy import Boolean, Date, DateTime, Float, Numeric, Text, create_engine
from sqlalchemy import and_, bindparam, case, exists, func, inspect, or_, select, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, as_declarative, backref
from sqlalchemy.orm import declarative_base, declared_attr, joinedload, mapped_column, relationship
from sqlalchemy.orm import sessionmaker, synonym, with_parent
`;

const ORDER = `
class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    paid: Mapped[bool] = mapped_column()
    user: Mapped["User"] = relationship(back_populates="orders")
`;

const USER = `
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column()
    active: Mapped[bool] = mapped_column()
    closed: Mapped[bool] = mapped_column()
    seen: Mapped[bool] = mapped_column()
    age: Mapped[int] = mapped_column()
`;

const MODELS = `
class Base(DeclarativeBase):
    pass

${USER}    orders: Mapped[list["Order"]] = relationship(back_populates="user")

${ORDER}

class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[int] = mapped_column()


users = Table("users_table", MetaData(), Column("id", Integer), Column("name", String), Column("age", Integer))
orders = Table("orders_table", MetaData(), Column("id", Integer), Column("user_id", Integer))
`;

const inFunction: Place = (example) => `${IMPORTS}${MODELS}

def example(session: Session, connection: Connection, engine: Engine, name: str, user_id: int, user: User):
    stmt = select(User.name)
    ${START}
${indent(example)}    ${END}
    return stmt
`;

const inClass: Place = (example) => `${IMPORTS}

class Base(DeclarativeBase):
    pass

${USER}
    ${START}
${indent(example)}    ${END}

${ORDER}`;

/** In a class whose other side has a relationship of its own, or none. */
const beside =
  (other: string): Place =>
  (example) =>
    `${IMPORTS}

class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
${other}

${USER}
    ${START}
${indent(example)}    ${END}
`;

const inMixin: Place = (example) => `${IMPORTS}

class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"
    id: Mapped[int] = mapped_column(primary_key=True)


class Owned:
    ${START}
${indent(example)}    ${END}


class Car(Owned, Base):
    __tablename__ = "cars"
    id: Mapped[int] = mapped_column(primary_key=True)


class Bike(Owned, Base):
    __tablename__ = "bikes"
    id: Mapped[int] = mapped_column(primary_key=True)
`;

const inAutomap: Place = (example) => `${IMPORTS}
from sqlalchemy.ext.automap import automap_base

Base = automap_base()
engine = create_engine("sqlite://")
${START}
${example}${END}
`;

/** In a class whose head imports hybrids. */
const inHybrids: Place = (example) => `${IMPORTS}
from sqlalchemy.ext.hybrid import hybrid_property


class Base(DeclarativeBase):
    pass


class Sale(Base):
    __tablename__ = "sales"
    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[int] = mapped_column()
    tax: Mapped[int] = mapped_column()

    ${START}
${indent(example)}    ${END}
`;

/** Behind classes of which one inherits the table of the other. */
const inHierarchy: Place = (example) => `${IMPORTS}

class Base(DeclarativeBase):
    pass


class Employee(Base):
    __tablename__ = "employees"
    id: Mapped[int] = mapped_column(primary_key=True)
    manager_id: Mapped[int] = mapped_column(ForeignKey("managers.id"))
    manager: Mapped["Manager"] = relationship(foreign_keys=manager_id)


class Manager(Employee):
    __tablename__ = "managers"
    id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)


${START}
${example}${END}
`;

const inModule: Place = (example) => `${IMPORTS}
${START}
${example}${END}
`;

const FLASK_HEAD = `\
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Boolean, Column, Integer, String, select

db = SQLAlchemy()
`;

const SCOPED_HEAD = `\
from sqlalchemy import Boolean, Column, Integer, String, select
from sqlalchemy.orm import declarative_base, scoped_session, sessionmaker

db_session = scoped_session(sessionmaker())
Base = declarative_base()
Base.query = db_session.query_property()
`;

const inFlask: Place = (example) => withQueryProperty(FLASK_HEAD, 'db.Model', example);
const inScoped: Place = (example) => withQueryProperty(SCOPED_HEAD, 'Base', example);

/** A function beside a model that has `query`. */
function withQueryProperty(head: string, base: string, example: string): string {
  return `${head}

class User(${base}):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    name = Column(String(50))
    active = Column(Boolean)


def example(user_id: int):
    ${START}
${indent(example)}    ${END}
    return stmt
`;
}

/** Where an example may stand. */
export const PLACES: Readonly<Record<string, Place>> = {
  inFunction,
  inClass,
  inAlone: beside(''),
  inUnpaired: beside('    user: Mapped["User"] = relationship()'),
  inMixin,
  inAutomap,
  inHybrids,
  inHierarchy,
  inModule,
  inFlask,
  inScoped,
  inAsync,
  inAsyncModule,
  inBlocking,
};

/** What became of the example in the text of a module; `null` if its marks are gone. */
export function exampleIn(module: string): string | null {
  const from = module.indexOf(START);
  const to = module.indexOf(END);
  if (from < 0 || to < from) return null;
  const lines = module.slice(from + START.length + 1, module.lastIndexOf('\n', to) + 1).split('\n');
  const depth = Math.min(...lines.filter((line) => line.trim() !== '').map(indentOf));
  const text = lines.map((line) => line.slice(Math.min(depth, line.length))).join('\n');
  return `${text.trim()}\n`;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
