// Models of a small shop, and wrong rewrites of them that `verify` has to find.

/** The module of the base. */
export const BASE = `from sqlalchemy.orm import declarative_base

Base = declarative_base()
`;

/** The module of the models. */
export const MODELS = `from sqlalchemy import Column, ForeignKey, Index, Integer, Numeric, String
from sqlalchemy.orm import relationship

from .base import Base


class Shelf(Base):
    __tablename__ = "shelves"

    id = Column(Integer, primary_key=True)
    label = Column(String(20), nullable=False)
    floor = Column(Integer, server_default="0", index=True)
    weight = Column(Numeric(6, 2), nullable=False, default=0)
    boxes = relationship(
        "Box",
        back_populates="shelf",
        cascade="all, delete-orphan",
        collection_class=set,
        lazy="selectin",
    )
    plan = relationship("Plan", back_populates="shelf", uselist=False)


class Box(Base):
    __tablename__ = "boxes"
    __table_args__ = (Index("ix_boxes_code", "code"),)

    id = Column(Integer, primary_key=True)
    code = Column(String(8))
    shelf_id = Column(ForeignKey("shelves.id"), nullable=False)
    shelf = relationship("Shelf", back_populates="boxes")


class Plan(Base):
    __tablename__ = "plans"

    id = Column(Integer, primary_key=True)
    shelf_id = Column(ForeignKey("shelves.id"))
    shelf = relationship("Shelf", back_populates="plan")
`;

/** What a person could get wrong, as an edit of the models, and what of the answer names it. */
export const FAULTS: readonly {
  readonly fault: string;
  readonly from: string;
  readonly to: string;
  readonly found: RegExp;
}[] = [
  {
    fault: 'nullability',
    from: 'String(20), nullable=False',
    to: 'String(20)',
    found: /^ {2}columns label nullable: false in HEAD, true in the work tree$/m,
  },
  {
    fault: 'a length',
    from: 'String(8)',
    to: 'String',
    found: /^ {4}-\s+code VARCHAR\(8\), ?\n {4}\+\s+code VARCHAR, ?$/m,
  },
  {
    fault: 'uselist',
    from: 'back_populates="shelf", uselist=False',
    to: 'back_populates="shelf"',
    found: /^ {2}relationship plan uselist: false in HEAD, true in the work tree$/m,
  },
  {
    fault: 'a collection class',
    from: '        collection_class=set,\n',
    to: '',
    found: /^ {2}relationship boxes collection: set in HEAD, list in the work tree$/m,
  },
  {
    fault: 'a server default',
    from: 'server_default="0", ',
    to: '',
    found: /^ {2}columns floor server_default: value '0' in HEAD, None in/m,
  },
  {
    fault: 'an index',
    from: ', index=True',
    to: '',
    found: /^ {4}-CREATE INDEX ix_shelves_floor ON shelves \(floor\)$/m,
  },
  {
    fault: 'the order of columns',
    from: '    code = Column(String(8))\n    shelf_id = Column(ForeignKey("shelves.id"), nullable=False)\n',
    to: '    shelf_id = Column(ForeignKey("shelves.id"), nullable=False)\n    code = Column(String(8))\n',
    found: /^ {2}order of columns: id, code, shelf_id in HEAD, id, shelf_id, code in/m,
  },
  {
    fault: 'a cascade',
    from: 'cascade="all, delete-orphan"',
    to: 'cascade="all"',
    found: /^ {2}relationship boxes cascade: delete, delete-orphan, expunge, /m,
  },
  {
    fault: 'a lazy strategy',
    from: '        lazy="selectin",\n',
    to: '',
    found: /^ {2}relationship boxes lazy: selectin in HEAD, select in the work tree$/m,
  },
  {
    fault: 'back_populates on one side',
    from: 'shelf = relationship("Shelf", back_populates="boxes")',
    to: 'shelf = relationship("Shelf", overlaps="boxes")',
    found: /^ {2}relationship shelf back_populates: boxes in HEAD, None in the work tree$/m,
  },
];
