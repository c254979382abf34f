// How legacy arguments are taken out of their brackets: comments, lines and commas. What the code then does is the fixtures' business.
import { expect, test } from 'vitest';
import { migrateSources } from '../src/engine/run.ts';

const HEAD =
  'from sqlalchemy import case, create_engine, select, text\n\nengine = create_engine("sqlite://")\n';

async function migrated(code: string): Promise<string> {
  const { files } = await migrateSources(new Map([['main.py', HEAD + code]]));
  return (files.get('main.py') ?? '').slice(HEAD.length);
}

test.each([
  ['select([a, b])', 'select(a, b)'],
  ['select([a, b,])', 'select(a, b)'],
  ['select([])', 'select()'],
  ['select([], a > 1)', 'select().where(a > 1)'],
  ['select([a], None, [t])', 'select(a).select_from(t)'],
  ['select([a], distinct=False)', 'select(a)'],
  ['select(columns=[a], limit=1)', 'select(a).limit(1)'],
  ['select( [ a ], limit = 1 )', 'select( a).limit(1 )'],
  ['select([a] + [b, c])', 'select(a, b, c)'],
  ['select(["id"])', 'select(["id"])'],
  ['select([a], **options)', 'select([a], **options)'],
  ['select(*columns)', 'select(*columns)'],
  ['select([a], maybe)', 'select([a], maybe)'],
  ['case([(a, 1)], else_=2)', 'case((a, 1), else_=2)'],
  ['case(conditions)', 'case(conditions)'],
  [
    'select([\n    a,  # first\n    b,  # second\n])',
    'select(\n    a,  # first\n    b,  # second\n)',
  ],
  [
    'select(\n    [\n        a,  # first\n        b,\n    ],\n    a > 1,  # why\n)',
    'select(\n    a,  # first\n    b\n).where(\n    a > 1  # why\n)',
  ],
  ['select([a,\n        b])', 'select(a,\n       b)'],
])('%j', async (before, after) => {
  expect(await migrated(`${before}\n`)).toBe(`${after}\n`);
});

test.each([
  ['x = 1; engine.execute("SELECT 1")'],
  ['if x: engine.execute("SELECT 1")'],
  ['f = lambda: engine.execute("SELECT 1").scalar()'],
  ['rows = (row for row in engine.execute("SELECT 1"))'],
  ['show(engine.execute("SELECT 1"))'],
  ['class A:\n    x = engine.execute("SELECT 1").scalar()'],
  ['while engine.execute("SELECT 1").scalar():\n    pass'],
])('no block for %j', async (code) => {
  expect(await migrated(`${code}\n`)).toBe(`${code}\n`);
});

test('blocks in blocks keep their indentation', async () => {
  const before =
    'for a, in engine.execute(text("SELECT 1")):\n    for b, in engine.execute(text("SELECT 2")):\n        print(a, b)\n';
  expect(await migrated(before)).toBe(
    [
      'with engine.connect() as conn:',
      '    for a, in conn.execute(text("SELECT 1")):',
      '        with engine.connect() as connection:',
      '            for b, in connection.execute(text("SELECT 2")):',
      '                print(a, b)',
      '',
    ].join('\n'),
  );
});

test('a statement that moves into a block is laid out at its new indentation', async () => {
  const before =
    'def names(city):\n    rows = engine.execute(\n        "SELECT name FROM users WHERE city = ? ORDER BY id DESC", (city,)\n    ).fetchall()\n    return rows\n';
  expect(await migrated(before)).toBe(
    [
      'def names(city):',
      '    with engine.connect() as conn:',
      '        rows = conn.exec_driver_sql(',
      '            "SELECT name FROM users WHERE city = ? ORDER BY id DESC", (city,)',
      '        ).fetchall()',
      '    return rows',
      '',
    ].join('\n'),
  );
});
