// How fixtures are found: files and folders, what is an orphan, and what the oracle makes of the rarer kinds of cases.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findOrphans, readCases } from './fixtures/cases.ts';
import type { Case } from './fixtures/cases.ts';
import { NEW_EXPECTATION } from './fixtures/expectation.ts';
import type { Expectation } from './fixtures/expectation.ts';
import { oracleMode, prepareEnvironments } from './oracle/environments.ts';
import { judgeAfter, judgeBefore, judgeLegacy, judgeShape } from './oracle/judge.ts';
import type { Observation } from './oracle/observe.ts';
import { observeFixtures } from './oracle/observe.ts';

async function withTree(
  files: Readonly<Record<string, string>>,
  use: (root: string) => void,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'fixtures-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

describe('the file tree', () => {
  test('files and folders are cases, the rest are orphans', async () => {
    const files = {
      'before/a/one.py': '1\n',
      'before/a/many/main.py': '2\n',
      'before/a/many/app/models.py': '3\n',
      'after/a/one.py': '1!\n',
      'after/a/many/main.py': '2!\n',
      'after/a/gone.py': '',
      'expected/a/one.json': '{"output": "x"}',
      'expected/b/gone.json': '{}',
    };
    await withTree(files, (root) => {
      const cases = readCases(root);
      expect(cases.map((entry) => entry.name)).toEqual(['a/many', 'a/one']);
      expect([...(cases[0]?.before ?? [])]).toEqual([
        ['app/models.py', '3\n'],
        ['main.py', '2\n'],
      ]);
      expect(cases[1]).toMatchObject({
        isFolder: false,
        isRecorded: true,
        expected: { output: 'x' },
      });
      expect(cases[0]?.isRecorded).toBe(false);
      expect(findOrphans(root)).toEqual(['after/a/gone', 'expected/b/gone.json']);
      expect(readCases(root, 'one').map((entry) => entry.name)).toEqual(['a/one']);
    });
  });
});

const MODELS = `from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
`;
const ENGINE_EXECUTE = `from sqlalchemy import create_engine
print(create_engine("sqlite://").execute("select 1").scalar())
`;
const MODERN_EXECUTE = `from sqlalchemy import create_engine, text
with create_engine("sqlite://").connect() as conn:
    print(conn.execute(text("select 1")).scalar())
`;

/** A case as it would be read from files. */
function makeCase(
  name: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  expected: Partial<Expectation>,
): Case {
  return {
    name,
    isFolder: true,
    isRecorded: true,
    before: new Map(Object.entries(before)),
    after: new Map(Object.entries(after)),
    expected: { ...NEW_EXPECTATION, ...expected },
  };
}

const folder = {
  'main.py': 'from app.models import A\nprint(A.__tablename__)\n',
  'app/models.py': MODELS,
};
const OLD_MAPPER = `${MODELS.replace('sqlalchemy.orm', 'sqlalchemy.ext.declarative')}
from sqlalchemy.orm import mapper, create_session, relation
print(A.__table__.name)
`;
const NEW_MAPPER = `${MODELS}print(A.__table__.name)\n`;
const EARLY_FAILURE = `from sqlalchemy.orm import relation\n${NEW_MAPPER}`;

const CASES = {
  folder: makeCase('folder', folder, folder, {
    output: 'a\n',
    legacy: [{ use: 'declarative_base', reason: 'a test of the oracle' }],
  }),
  rewritten: makeCase(
    'rewritten',
    { 'main.py': ENGINE_EXECUTE },
    { 'main.py': MODERN_EXECUTE },
    { output: '1\n' },
  ),
  left: makeCase(
    'left',
    { 'main.py': ENGINE_EXECUTE },
    { 'main.py': ENGINE_EXECUTE },
    { output: '1\n', fails: 'left' },
  ),
  old: makeCase(
    'old',
    { 'main.py': OLD_MAPPER },
    { 'main.py': NEW_MAPPER },
    { before: '1.3.24', output: 'a\n' },
  ),
  early: makeCase(
    'early',
    { 'main.py': EARLY_FAILURE },
    { 'main.py': NEW_MAPPER },
    { output: 'a\n' },
  ),
  lost: makeCase(
    'lost',
    { 'main.py': EARLY_FAILURE },
    { 'main.py': 'print("a")\n' },
    { output: 'a\n' },
  ),
};

const preparation = await prepareEnvironments(oracleMode());
const observations =
  preparation.kind === 'ready'
    ? await observeFixtures(Object.values(CASES), preparation.environments)
    : new Map<string, Observation>();

/** Everything that the oracle says against a case, legacy API apart. */
function problemsOf({ name, expected }: Case): readonly string[] {
  const observation = observations.get(name);
  if (observation === undefined) throw new Error(`${name} was not run`);
  const { before, before14, targets } = observation;
  return [
    ...judgeBefore(expected, before),
    ...targets.flatMap((target) => judgeAfter(expected, target.after)),
    ...targets.flatMap((target) =>
      judgeShape(expected, target.version, target.after, {
        same: target.before,
        own: before,
        on14: before14,
      }),
    ),
  ];
}

describe.skipIf(preparation.kind === 'skipped')('the oracle', () => {
  test('runs a folder from its main.py, and takes listed legacy API', () => {
    expect(problemsOf(CASES.folder)).toEqual([]);
    const afters = observations.get('folder')?.targets.map((target) => target.after) ?? [];
    expect(judgeLegacy(CASES.folder.expected, afters)).toEqual([]);
    expect(judgeLegacy({ ...CASES.folder.expected, legacy: [] }, afters)).toEqual([
      'after touches legacy API at app/models.py:3: declarative_base',
    ]);
  });

  test('compares what only 1.x can run with what 2.x runs', () => {
    expect(problemsOf(CASES.rewritten)).toEqual([]);
  });

  test('takes removed API that was left, as long as it fails', () => {
    expect(problemsOf(CASES.left)).toEqual([]);
    expect(
      problemsOf({ ...CASES.rewritten, expected: { ...CASES.rewritten.expected, fails: 'no' } }),
    ).toEqual([
      '"fails" is stale: after runs to its end',
      '"fails" is stale: after runs to its end',
    ]);
    expect(
      problemsOf({ ...CASES.left, expected: { ...NEW_EXPECTATION, output: '1\n' } }).join(),
    ).toContain("AttributeError: 'Engine' object has no attribute 'execute'");
  });

  test('runs 1.3, and finds the models on 2.x although the program stops after them', () => {
    expect(problemsOf(CASES.old)).toEqual([]);
  });

  test('takes the models from 1.4 where the program stops before them', () => {
    expect(problemsOf(CASES.early)).toEqual([]);
  });

  test('sees a table that was lost, even through 1.4', () => {
    expect(problemsOf(CASES.lost)).toHaveLength(2);
    expect(problemsOf(CASES.lost).join()).toContain('CREATE TABLE a');
  });
});
