// The independent counter of sites: what it counts, where, and the look-alikes that it leaves.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand } from './oracle/command.ts';

interface SiteReport {
  readonly total: number;
  readonly by_kind: Readonly<Record<string, number>>;
  readonly files: readonly {
    readonly path: string;
    readonly sites: readonly { kind: string; line: number; column: number }[];
  }[];
  readonly unparsed: Readonly<Record<string, string>>;
}

const python = process.env['SQLA_ORACLE_PYTHON'] ?? 'python3';
const hasPython = (await runCommand(python, ['--version'])).code === 0;

/** Run a command line of the counter in a folder that holds `files`. */
async function runSites(
  files: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sites-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await runCommand(python, [join(process.cwd(), 'bench', 'sites.py'), ...args], {
      folder,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function report(files: Readonly<Record<string, string>>): Promise<SiteReport> {
  const result = await runSites(files, ['.', '--json']);
  if (result.code !== 0) throw new Error(result.stderr);
  const parsed: SiteReport = JSON.parse(result.stdout);
  return parsed;
}

/** Kinds found in one file, in source order, as `line:kind`. */
async function kinds(
  source: string,
  others: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const { files } = await report({ ...others, 'a.py': source });
  const sites = files.find((file) => file.path === 'a.py')?.sites ?? [];
  return sites.map((site) => `${site.line}:${site.kind}`);
}

const SA = 'import sqlalchemy as sa\nfrom sqlalchemy.orm import *\n';

/** Snippets after `SA`, with what is found as `line:kind`. */
const COUNTED: readonly (readonly [string, readonly string[]])[] = [
  [
    'session.query(User).filter(User.id.in_(session.query(B.id))).all()',
    ['3:session-query', '3:session-query'],
  ],
  ['self.db.query(User).get(1)', ['3:session-query']],
  ['s.query(model)', ['3:session-query']],
  ['repo.query(models.User, func.count())', ['3:session-query']],
  ['Query(User, session=s)', ['3:query-direct']],
  [
    'class A(B):\n    x = sa.Column(sa.Integer)\n    y: int = sa.Column()',
    ['4:column', '5:column'],
  ],
  [
    'class A(B):\n    @declared_attr\n    def x(cls):\n        return sa.Column(sa.Integer)',
    ['6:column'],
  ],
  ['class A(B):\n    r = relationship("C", backref=backref("a"))', ['4:backref', '4:relationship']],
  ['B = declarative_base()', ['3:declarative-base']],
  ['sa.select([a])', ['3:select-list']],
  ['sa.select([c for c in t.c])', ['3:select-list']],
  ['sa.case([(a, 1)], else_=2)', ['3:case-list']],
  ['sa.exists([1])', ['3:exists-list']],
  ['q.subquery().as_scalar()', ['3:as-scalar']],
  ['engine.execute("select 1")', ['3:engine-execute']],
  ['e = sa.create_engine("sqlite://")\ne.execute(stmt)', ['4:engine-execute']],
  ['engine.table_names()', ['3:engine-method']],
  ['session.execute("select 1")', ['3:execute-string']],
  ['conn.execute(f"select {x}")', ['3:execute-string']],
  ['conn.execute("select %s" % x)', ['3:execute-string']],
  [
    'session.query(A).join("bs").outerjoin("c")',
    ['3:session-query', '3:join-string', '3:join-string'],
  ],
  ['select(A).options(joinedload("x").joinedload("y"))', ['3:loader-string', '3:loader-string']],
  ['sessionmaker(autocommit=True)', ['3:session-autocommit']],
  ['session.begin(subtransactions=True)', ['3:session-subtransactions']],
  ['from sqlalchemy.ext.declarative import declarative_base', ['3:import-declarative']],
  ['from sqlalchemy.orm import relation', ['3:import-moved']],
  ['m = sa.MetaData(bind=e)\nm2 = sa.MetaData(e)', ['3:metadata-bind', '4:metadata-bind']],
  ['Base.metadata.bind = engine', ['3:metadata-bind']],
  ['sa.Table("t", m, autoload=True)', ['3:table-autoload']],
  ['Base.metadata.create_all()', ['3:ddl-no-bind']],
  ['sa.update(t, t.c.x == 1)', ['3:dml-args']],
  ['t = sa.Table("t", m)\nt.delete(t.c.x == 1)', ['4:dml-args']],
  [
    'for row in conn.execute(q):\n    print(row["x"], row.keys())',
    ['4:row-mapping', '4:row-mapping'],
  ],
  ['[dict(r) for r in conn.execute(q).fetchall()]', ['3:row-mapping']],
  ['def f():\n    row = conn.execute(q).first()\n    return row["x"]', ['5:row-mapping']],
  [
    'def f():\n    for row in s.query(A):\n        row["x"]\n    rows = s.execute(q).fetchall()\n    for row in rows:\n        row["x"]',
    ['4:session-query', '8:row-mapping'],
  ],
  ['a = [dict(r) for r in conn.execute(q)]\nfor r in a:\n    r["x"]', ['3:row-mapping']],
  ['query.from_self()', ['3:query-from-self']],
];

/** Snippets after `SA` in which nothing is found. */
const LOOK_ALIKES: readonly string[] = [
  'frame.query("a > 1")',
  'client.query(sql)',
  'client.query("select 1")',
  'table.query(KeyConditionExpression=Key("x"))',
  'session.query("users")',
  'class A(B):\n    x: Mapped[int] = mapped_column()\n    r: Mapped["C"] = relationship(back_populates="a")',
  'class A(B):\n    d: WriteOnlyMapped["C"] = relationship()',
  'class A(B):\n    @declared_attr\n    def r(cls) -> Mapped["C"]:\n        return relationship("C")',
  'class A(B):\n    __table__ = sa.Table("a", m, sa.Column("x", sa.Integer))',
  't = sa.Table("t", m, sa.Column("x", sa.Integer))',
  'sa.select(a)\nsa.case((a, 1), else_=2)\nsa.exists(a)',
  'session.execute(sa.text("select 1"))',
  'cursor.execute("select 1")',
  'op.execute("select 1")',
  '", ".join("abc")\nos.path.join("a", "b")\nsep.join("abc")',
  'sessionmaker(autocommit=False)',
  'from sqlalchemy.ext.declarative import DeferredReflection',
  'sa.MetaData()\nsa.MetaData(schema="x")\nsa.MetaData("x")',
  'Base.metadata.create_all(engine)',
  'for row in conn.execute(q).mappings():\n    print(row["x"])',
  'x = sessionmaker()()\nx.begin().update(a, b)',
  'for row in rows:\n    print(row["x"])',
  '"""session.query(User)"""  # session.query(User)',
];

const snippets = [...COUNTED.map(([source]) => source), ...LOOK_ALIKES];
const batch = hasPython
  ? await report(Object.fromEntries(snippets.map((source, index) => [`s${index}.py`, SA + source])))
  : undefined;

/** What one run over all snippets found in this one. */
function foundIn(source: string): readonly string[] {
  const path = `s${snippets.indexOf(source)}.py`;
  const sites = batch?.files.find((file) => file.path === path)?.sites ?? [];
  return sites.map((site) => `${site.line}:${site.kind}`);
}

describe.skipIf(!hasPython)('sites are counted', () => {
  test.each(COUNTED)('%s', (source, expected) => {
    expect(foundIn(source)).toEqual(expected);
  });

  test('Model.query where the project has it', async () => {
    const source =
      'from app import db\nUser.query.filter_by(x=1)\nfor u in cls.query:\n    pass\nUser.query == 1\nrequest.query.get("x")\n';
    const app = { 'app.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n' };
    expect(await kinds(source, app)).toEqual(['2:model-query', '3:model-query']);
    expect(await kinds(source, { 'app.py': 'import sqlalchemy\ndb = 1\n' })).toEqual([]);
  });

  test('names are followed through the project', async () => {
    const others = {
      'app/__init__.py': 'from .database import db\n',
      'app/database.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n',
      'app/base.py': 'from sqlalchemy import Column as C\n',
    };
    const source =
      'from app import db as d\nfrom app.base import C\nclass A(d.Model):\n    x = d.Column(d.Integer)\n    y = C()\n';
    expect(await kinds(source, others)).toEqual(['4:column', '5:column']);
  });

  test('a position is that of the method name, from 1', async () => {
    const { files } = await report({
      'a.py': 'import sqlalchemy\n\nx = (\n    session\n    .query(User)\n)\n',
    });
    expect(files[0]?.sites).toEqual([{ kind: 'session-query', line: 5, column: 6 }]);
  });
});

describe.skipIf(!hasPython)('look-alikes are left', () => {
  test.each(LOOK_ALIKES)('%s', (source) => {
    expect(foundIn(source)).toEqual([]);
  });

  test('files without SQLAlchemy', async () => {
    expect(
      await kinds(
        'from rich.table import Column\nclass A:\n    x = Column()\nsession.query(User)\n',
      ),
    ).toEqual([]);
    expect(
      await kinds('import sqlalchemy\nfrom rich.table import Column\nclass A:\n    x = Column()\n'),
    ).toEqual([]);
  });
});

describe.skipIf(!hasPython)('the command line', () => {
  test('prints sites and totals, and names what it cannot parse', async () => {
    const files = { 'a.py': `${SA}session.query(User)\n`, 'b.py': 'print "x"\n' };
    const result = await runSites(files, ['.', '--list']);
    expect(result.stdout).toBe(
      'a.py:3:9 session-query\n     1  session-query\n     1  total in 1 of 2 files\n',
    );
    expect(result.stderr).toContain('not parsed: b.py');
  });

  test('a missing path is an error', async () => {
    const result = await runSites({}, ['gone']);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('no such file or folder: gone');
  });
});
