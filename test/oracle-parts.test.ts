// The oracle itself: it must see a wrong rewrite, kill a mutant, name what is stale, and say when it does not run.
import { describe, expect, test } from 'vitest';
import { NEW_EXPECTATION, formatExpectation, parseExpectation } from './fixtures/expectation.ts';
import { runCommand } from './oracle/command.ts';
import { oracleMode, prepareEnvironments } from './oracle/environments.ts';
import { judgeAfter, judgeLegacy, judgeShape } from './oracle/judge.ts';
import { isKilled, judgeSurvivors, makeMutants } from './oracle/mutants.ts';
import { NORMALISER_RULES } from '../src/cli/verify-versions.ts';
import { normaliseShape, withoutErrorTexts } from './oracle/normalise.ts';
import type { Outcome } from './oracle/run.ts';
import { runPrograms } from './oracle/run.ts';

const preparation = await prepareEnvironments(oracleMode());
const environments = preparation.kind === 'ready' ? preparation.environments : undefined;

const MODEL = `from sqlalchemy import Column, Integer, String, create_engine, select
from sqlalchemy.orm import Session, declarative_base
Base = declarative_base()
class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    x = Column(String(5))
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add_all([A(x="p"), A(x="p"), A(x=None)])
session.commit()
`;
const LEGACY = `${MODEL}print([a.id for a in session.query(A).filter_by(x="p").order_by(A.id).limit(1)])\n`;
const RIGHT = `${MODEL}print([a.id for a in session.scalars(select(A).filter_by(x="p").order_by(A.id).limit(1))])\n`;
const WRONG = RIGHT.replace('.limit(1)', '');

const NOTHING: Outcome = {
  id: '',
  output: '',
  exception: null,
  statements: 0,
  legacy: {},
  seen: [],
  shape: { tables: [], mappers: [] },
};

/** Run programs on one version and return their outcomes in order. */
async function run(
  version: '1.4' | '2.0',
  programs: readonly string[],
): Promise<readonly Outcome[]> {
  const environment = environments?.get(version);
  if (environment === undefined) throw new Error('not prepared');
  const jobs = programs.map((text, index) => ({
    id: String(index),
    files: { 'main.py': text },
    main: 'main.py',
    timeout: 5,
  }));
  const outcomes = await runPrograms(environment, jobs);
  return jobs.map((job) => {
    const outcome = outcomes.get(job.id);
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  });
}

describe('modes', () => {
  test('an unknown mode is an error', () => {
    expect(() => oracleMode('requierd')).toThrow(
      'SQLA_ORACLE is "requierd", which is none of required, auto, off.',
    );
  });

  test('without Python: required throws, auto gives the reason', async () => {
    const python = process.env['SQLA_ORACLE_PYTHON'];
    process.env['SQLA_ORACLE_PYTHON'] = 'no-such-python';
    try {
      await expect(prepareEnvironments('required')).rejects.toThrow(
        'SQLA_ORACLE=required, but no-such-python could not be run',
      );
      expect(await prepareEnvironments('auto')).toEqual({
        kind: 'skipped',
        reason: 'no-such-python could not be run',
      });
    } finally {
      if (python === undefined) delete process.env['SQLA_ORACLE_PYTHON'];
      else process.env['SQLA_ORACLE_PYTHON'] = python;
    }
  });

  test('a skipped run says so in exactly one line', async () => {
    const result = await runCommand(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', 'test/oracle.test.ts'],
      {
        environment: { ...process.env, SQLA_ORACLE: 'off' },
      },
    );
    const lines = result.stdout.split('\n').filter((line) => line.startsWith('oracle: '));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^oracle: SKIPPED, because SQLA_ORACLE=off, [1-9]\d* programs not run$/,
    );
  });
});

describe.skipIf(environments === undefined)('driver', () => {
  test('a right rewrite prints the same and touches nothing old, a wrong one prints something else', async () => {
    const [before] = await run('1.4', [LEGACY]);
    const [right, wrong] = await run('2.0', [RIGHT, WRONG]);
    if (before === undefined || right === undefined || wrong === undefined)
      throw new Error('no outcome');
    const expected = { ...NEW_EXPECTATION, output: before.output };
    expect(before.output).toBe('[1]\n');
    expect(judgeAfter(expected, right)).toEqual([]);
    expect(judgeAfter(expected, wrong).join()).toContain('-[1]\n+[1, 2]');
    expect(isKilled(right, wrong)).toBe(true);
    expect(isKilled(right, right)).toBe(false);
  });

  test('an emitted statement more is enough to kill', async () => {
    const [program, mutant] = await run('2.0', [RIGHT, `${RIGHT}session.scalar(select(1))\n`]);
    if (program === undefined || mutant === undefined) throw new Error('no outcome');
    expect(mutant.output).toBe(program.output);
    expect(isKilled(program, mutant)).toBe(true);
  });

  test('legacy API is recorded with its place', async () => {
    const [outcome] = await run('2.0', [LEGACY]);
    if (outcome === undefined) throw new Error('no outcome');
    expect(outcome.legacy).toEqual({
      declarative_base: 'main.py:3',
      'Session.query': 'main.py:13',
    });
    expect(
      judgeLegacy(
        {
          ...NEW_EXPECTATION,
          legacy: [
            { use: 'declarative_base', reason: 'r' },
            { use: 'Engine', reason: 'r' },
          ],
        },
        [outcome],
      ),
    ).toEqual([
      'after touches legacy API at main.py:13: Session.query',
      'stale legacy entry: Engine',
    ]);
  });

  test('a changed column is a changed shape', async () => {
    const changed = RIGHT.replace('String(5)', 'String(5), nullable=False').replace(
      'A(x=None)',
      'A(x="q")',
    );
    const [before, after] = await run('2.0', [RIGHT, changed]);
    if (before === undefined || after === undefined) throw new Error('no outcome');
    const befores = { same: before, own: before, on14: NOTHING };
    expect(judgeShape(NEW_EXPECTATION, '2.0', before, befores)).toEqual([]);
    expect(judgeShape(NEW_EXPECTATION, '2.0', after, befores).join()).toContain(
      'x VARCHAR(5) NOT NULL',
    );
  });

  test('exceptions, exits, crashes and endless programs are outcomes', async () => {
    const [raised, left, failed, crashed, endless] = await run('2.0', [
      'def f():\n    raise ValueError("no")\nf()\n',
      'print("x")\nexit()\n',
      'import sys\nsys.exit(3)\n',
      'import os\nos.abort()\n',
      'while True: pass\n',
    ]);
    expect(raised?.exception).toEqual({
      type: 'ValueError',
      message: 'no',
      frames: ['main.py:3', 'main.py:2'],
    });
    expect(left).toMatchObject({ exception: null, output: 'x\n' });
    expect(failed?.exception?.type).toBe('SystemExit');
    expect(crashed?.problem).toContain('died');
    expect(endless?.problem).toBe('no end after 5 seconds');
  });
});

describe('normaliser', () => {
  test('UUID without arguments returned strings on 1.x', () => {
    expect(normalised('UUID()')).toBe('UUID(as_uuid=False)');
    expect(normalised('UUID(as_uuid=True)')).toBe('UUID()');
    expect(normalised('PUUID()')).toBe('PUUID()');
  });

  test('a sequence started with 1 before 2.0', () => {
    expect(normalised('CREATE SEQUENCE s START WITH 1')).toBe('CREATE SEQUENCE s');
    expect(normalised('CREATE SEQUENCE s START WITH 10')).toBe('CREATE SEQUENCE s START WITH 10');
  });

  test('SQLite had parentheses around every function as a default', () => {
    const old = ' at DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL';
    expect(normalised(old)).toBe(' at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL');
    expect(normalised("DEFAULT (lower('A'))")).toBe("DEFAULT (lower('A'))");
  });

  test('of an error only its presence is compared', () => {
    const shape = {
      tables: [{ table: 't', mysql: ['CREATE TABLE t', 'CompileError: (in table t)\nno UUID'] }],
      mappers: [],
    };
    expect(withoutErrorTexts(shape).tables).toEqual([
      { table: 't', mysql: ['CREATE TABLE t', 'cannot be rendered'] },
    ]);
  });

  test('a model declared only on 1.4 is compared through the rules', () => {
    const model = (type: string): Outcome => ({
      ...NOTHING,
      shape: { tables: [], mappers: [{ class: 'A', type }] },
    });
    const stopped: Outcome = { ...NOTHING, problem: 'stopped before the model' };
    const judge = (old: Outcome): readonly string[] =>
      judgeShape(NEW_EXPECTATION, '2.0', model('UUID()'), {
        same: stopped,
        own: old,
        on14: old,
      });
    expect(judge(model('UUID(as_uuid=True)'))).toEqual([]);
    expect(judge(model('UUID()')).join()).toContain('UUID(as_uuid=False)');
  });

  test('every rule is tested above', () => {
    expect(NORMALISER_RULES).toHaveLength(3);
  });
});

function normalised(type: string): unknown {
  return normaliseShape({ tables: [], mappers: [{ type }] }).mappers[0]?.['type'];
}

describe('mutations', () => {
  test.each([
    [
      's.scalars(q).unique().all()',
      ['execute-for-scalars: s.execute(q).unique().all()', 'drop-unique: s.scalars(q).all()'],
    ],
    ['f(q.limit(1))', ['drop-limit: f(q)']],
    ['x = s.execute(q)', ['scalars-for-execute: x = s.scalars(q)']],
    ['s.execute(ddl)', []],
    ['q.join(A)', ['outerjoin-for-join: q.outerjoin(A)']],
    ['q.outerjoin(A)', ['join-for-outerjoin: q.join(A)']],
    ['", ".join(x)', []],
    ['q.where(A.x == 1, A.y)', ['drop-where: q']],
    ['q.options(selectinload(A.b)).all()', ['drop-options: q.all()']],
    ['with e.begin() as c: pass', ['connect-for-begin: with e.connect() as c: pass']],
    ['with s.begin(): pass', []],
    [
      'x: Mapped[Optional[int]] = mapped_column()',
      ['drop-optional: x: Mapped[int] = mapped_column()'],
    ],
    ['x: Mapped[int | None]', ['drop-optional: x: Mapped[int]']],
    ['x: Mapped[int]', ["add-optional: x: Mapped[__import__('typing').Optional[int]]"]],
    ['x: Mapped[int] = mapped_column(nullable=True)', []],
    [
      'x: Mapped[List["B"]] = relationship()',
      ['scalar-for-collection: x: Mapped["B"] = relationship()'],
    ],
    ['é = "ü"; q.limit(1)', ['drop-limit: é = "ü"; q']],
  ])('%s', async (source, expected) => {
    const mutants = await makeMutants('python3', new Map([['p', new Map([['main.py', source]])]]));
    expect(mutants.map((mutant) => `${mutant.mutation}: ${mutant.sources.get('main.py')}`)).toEqual(
      expected,
    );
  });

  test('survivors need a reason, reasons need a survivor', () => {
    const survivor = { program: 'p', path: 'main.py', line: 3, sources: new Map() };
    const limit = { ...survivor, mutation: 'drop-limit', code: 'q.limit(1)' };
    const where = { ...survivor, mutation: 'drop-where', code: 'q.where(x)' };
    const explained = [
      { mutation: 'drop-limit', code: 'q.limit(1)', reason: 'one row' },
      { mutation: 'drop-unique', code: 'q.unique()', reason: 'gone' },
    ];
    const problems = judgeSurvivors([limit, where], explained);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('survives: drop-where at main.py:3  q.where(x)');
    expect(problems[1]).toBe('stale survivor: drop-unique  q.unique()');
  });
});

describe('expectations', () => {
  test.each([
    ['{"befor": "2.0"}', 'e.json: unknown key "befor"'],
    ['{"options": {"unsafe": true}}', 'e.json: unknown option "unsafe"'],
    ['{"before": "1.2"}', 'e.json: "before" is "1.2", which is none of'],
    ['{"before": "static"}', 'e.json: a "static" fixture needs a "reason"'],
    ['{"legacy": [{"use": "Query"}]}', 'e.json: every entry of "legacy" needs a "reason"'],
  ])('%s is refused', (text, message) => {
    expect(() => parseExpectation(text, 'e.json')).toThrow(message);
  });

  test('what is written is what is read', () => {
    const expectation = {
      ...NEW_EXPECTATION,
      output: 'é\n',
      options: { unsafeFixes: true },
      findings: [],
    };
    expect(parseExpectation(formatExpectation(expectation), 'e.json')).toEqual(expectation);
  });
});
