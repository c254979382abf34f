// What findings for a person advise, where the advice depends on the code around.
import { describe, expect, test } from 'vitest';
import { migrateSources } from '../src/engine/run.ts';

async function reasons(source: string, select: string): Promise<string> {
  const { findings } = await migrateSources(new Map([['main.py', source]]), { select: [select] });
  return findings.map((each) => each.reason).join('\n');
}

describe('parameters of Connection.execute()', () => {
  const read = (execution: string): Promise<string> =>
    reasons(
      `from sqlalchemy import create_engine\n\nengine = create_engine("sqlite://")\n\n\ndef run(values, statement):\n    with engine.connect() as connection:\n        ${execution}\n`,
      'conn',
    );

  test('placeholders without names take tuples', async () => {
    const reason = await read(
      'connection.execute("SELECT name FROM users WHERE id = %s", *values)',
    );
    expect(reason).toContain('for its `%s`, pass one tuple');
    expect(reason).toContain('`exec_driver_sql()`');
  });

  test('names take dictionaries', async () => {
    const reason = await read('connection.execute("SELECT :id", *values)');
    expect(reason).toMatch(/; pass one dictionary, or a list of them$/);
  });

  test('a statement that is not seen may be either', async () => {
    expect(await read('connection.execute(statement, *values)')).toContain(
      'where the statement is a string with `%s` or `?`',
    );
  });
});

describe('Query classes', () => {
  const SOURCE = `from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.orm import Query, declarative_base, sessionmaker

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)


class Visible(Query):
    _hidden = None

    def _helper(self):
        return self

    def get(self, ident):
        return super().get(ident)

    def __iter__(self):
        return iter([])


Session = sessionmaker(create_engine("sqlite://"), query_cls=Visible)
session = Session()
print(session.query(User).all())
`;

  test('what changes results is named before private helpers', async () => {
    expect(await reasons(SOURCE, 'query')).toContain('(`get`, `__iter__` main.py:18:9)');
    expect(await reasons(SOURCE, 'custom-query-class')).toContain(
      'it changes what queries do (`get`, `__iter__`)',
    );
  });
});
