// Makes a file with a given number of legacy query sites, in a project of its own, to measure how the cost grows.

const HEAD = `from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    name = Column(String(50), nullable=False)
    orders = relationship("Order", back_populates="user")


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("users.id"))
    user = relationship("User", back_populates="orders")


engine = create_engine("sqlite://")
session = Session(engine)
`;

const FORMS = [
  (number) => `session.query(User).filter(User.name == "n${number}").all()`,
  (number) => `session.query(User).filter_by(name="n${number}").first()`,
  (number) => `session.query(User).join(Order).filter(Order.id > ${number}).count()`,
  (number) => `session.query(User).get(${number})`,
];

/** The text of a module with so many queries. */
export function moduleWithSites(count) {
  const functions = Array.from({ length: count }, (_, number) => {
    const form = FORMS[number % FORMS.length] ?? FORMS[0];
    return `\n\ndef report_${number}():\n    found = ${form(number)}\n    return found\n`;
  });
  return HEAD + functions.join('');
}
