// Alembic revisions are history: only what no longer runs is rewritten in them.
import { expect, test } from 'vitest';
import { migrateSources } from '../src/engine/run.ts';

const MODELS = `from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
`;

const REVISION = `from alembic import op
from sqlalchemy import Column, Integer, select
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

from models import User

revision = "1"
down_revision = None
Base = declarative_base()


class Old(Base):
    __tablename__ = "old"
    id = Column(Integer, primary_key=True)


def upgrade():
    session = Session(bind=op.get_bind())
    for user in session.query(User):
        print(user)
    session.execute("DELETE FROM old")
    session.execute(select([User.id]))
`;

test('a revision keeps what still runs', async () => {
  const { files } = await migrateSources(
    new Map([
      ['models.py', MODELS],
      ['versions/1.py', REVISION],
    ]),
  );
  expect(files.get('models.py')).toContain('Mapped[int]');
  const text = files.get('versions/1.py') ?? '';
  expect(text).toContain('for user in session.query(User):');
  expect(text).toContain('id = Column(Integer, primary_key=True)');
  expect(text).toContain('session.execute(text("DELETE FROM old"))');
  expect(text).toContain('session.execute(select(User.id))');
});

test('the same code elsewhere is rewritten', async () => {
  const script = REVISION.replace('revision = "1"\ndown_revision = None\n', '');
  const { files } = await migrateSources(
    new Map([
      ['models.py', MODELS],
      ['script.py', script],
    ]),
  );
  expect(files.get('script.py')).toContain('for user in session.scalars(select(User)):');
});
