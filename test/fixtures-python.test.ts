// What Python's own tools say about every `after`: CPython compiles it, pyright finds no error that `before` had not.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readCases } from './fixtures/cases.ts';
import type { Case, Sources } from './fixtures/cases.ts';
import { oracleMode, prepareEnvironments } from './oracle/environments.ts';
import { checkTypes, isAllowed, newProblems } from './oracle/pyright.ts';
import type { TypeProblem } from './oracle/pyright.ts';
import { annotationProblems, checkWithMypy, installMypy } from './oracle/annotated.ts';
import { compileSources } from './oracle/syntax.ts';

// The types are those of 2.0.
const cases = readCases().filter(({ expected }) => expected.needs21 === undefined);
const models = cases.filter(({ name }) => /^(?:model|rel)-/.test(name));
const WRONG = `from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...

class Wrong(Base):
    __tablename__ = "wrong"

    id: Mapped[Absent] = mapped_column(primary_key=True)
`;
const preparation = await prepareEnvironments(oracleMode());
const environment = preparation.kind === 'ready' ? preparation.environments.get('2.0') : undefined;

const mypy =
  environment === undefined
    ? { program: '', reason: 'the oracle does not run' }
    : installMypy(fileURLToPath(new URL('..', import.meta.url)));
const [anyCase] = cases;
/** A case whose `after` has an annotation that no checker takes. */
const wrong: Case = {
  ...(anyCase ?? fail()),
  name: 'model-oracle/wrong',
  before: new Map(),
  after: new Map([['main.py', WRONG]]),
};

function fail(): never {
  throw new Error('there are no fixtures');
}

/** The files of all programs, below `<side>/<name>/`. */
function collect(side: 'before' | 'after'): Sources {
  return new Map(
    cases.flatMap((entry) =>
      [...entry[side]]
        .filter(([path]) => path.endsWith('.py'))
        .map(([path, text]) => [`${side}/${entry.name}/${path}`, text] as const),
    ),
  );
}

function describeProblem({ path, line, rule, message }: TypeProblem): string {
  return `${path}:${line} ${rule} ${message}`;
}

describe.skipIf(environment === undefined)('every after', () => {
  test('is compiled by CPython', async () => {
    expect(await compileSources(environment?.python ?? '', collect('after'))).toEqual({});
    expect(
      await compileSources(environment?.python ?? '', new Map([['a.py', 'f(a=1, 2)']])),
    ).toEqual({
      'a.py': 'line 1: positional argument follows keyword argument (a.py, line 1)',
    });
  });

  test('has no new type error in pyright (basic) beyond the allowed ones', async () => {
    const wrong = new Map([
      ['before/oracle/wrong/main.py', 'x: int = "text"\n'],
      ['after/oracle/wrong/main.py', 'x: int = "text"\ny: str = 1\n'],
    ]);
    const sources = new Map([...collect('before'), ...collect('after'), ...wrong]);
    const found = newProblems(await checkTypes(environment?.packages ?? '', sources));
    const unexpected = found.filter((problem) => !isAllowed(problem));
    const [first, ...others] = unexpected.toSorted((a) =>
      a.path.includes('oracle/wrong') ? -1 : 1,
    );
    expect(first).toMatchObject({
      path: 'after/oracle/wrong/main.py',
      line: 2,
      rule: 'reportAssignmentType',
    });
    expect(others.map(describeProblem)).toEqual([]);
  }, 300_000);

  test('has annotations of models that pyright takes in strict mode', async () => {
    const sources = new Map([
      ...[...collect('after')].filter(([path]) => /^after\/(?:model|rel)-/.test(path)),
      ['after/model-oracle/wrong/main.py', WRONG],
    ]);
    const problems = await checkTypes(environment?.packages ?? '', sources, 'strict');
    expect(annotationProblems(problems, [...models, wrong]).map(describeProblem)).toEqual([
      expect.stringContaining('after/model-oracle/wrong/main.py:8 reportUndefinedVariable'),
    ]);
  }, 300_000);

  test.skipIf(mypy.reason !== '')(
    'has annotations of models that mypy --strict takes',
    async () => {
      const problems = await checkWithMypy(mypy.program, [...models, wrong]);
      expect(annotationProblems(problems, [...models, wrong]).map(describeProblem)).toEqual([
        expect.stringContaining('after/model-oracle/wrong/main.py:8 name-defined'),
      ]);
    },
    600_000,
  );
});
