// What Python's own tools say about every `after`: CPython compiles it, pyright finds no error that `before` had not.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readCases } from './fixtures/cases.ts';
import type { Case, Sources } from './fixtures/cases.ts';
import { oracleMode, prepareEnvironments } from './oracle/environments.ts';
import { checkTypes, isAllowed, newProblems } from './oracle/pyright.ts';
import type { TypeProblem } from './oracle/pyright.ts';
import { annotationProblems, checkWithMypy, installMypy, KINDS } from './oracle/annotated.ts';
import type { Checker } from './oracle/annotated.ts';
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
const strict: Checker = (programs) => {
  const files = programs.flatMap(({ name, sources }) =>
    [...sources]
      .filter(([path]) => path.endsWith('.py'))
      .map(([path, text]): [string, string] => [`${name}/${path}`, text]),
  );
  return checkTypes(environment?.packages ?? '', new Map(files), 'strict');
};
const withMypy: Checker = (programs) => checkWithMypy(mypy.program, programs);
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
    const problems = await annotationProblems(strict, [...models, wrong]);
    expect(problems.map(describeProblem)).toEqual([
      expect.stringContaining('after/model-oracle/wrong/main.py:8 reportUndefinedVariable'),
    ]);
  }, 300_000);

  test.skipIf(mypy.reason !== '')(
    'has annotations of models that mypy --strict takes',
    async () => {
      const problems = await annotationProblems(withMypy, [...models, wrong]);
      expect(problems.map(describeProblem)).toEqual([
        expect.stringContaining('after/model-oracle/wrong/main.py:8 name-defined'),
      ]);
    },
    600_000,
  );

  test.skipIf(mypy.reason !== '')(
    'is allowed only what a checker says of the documented style as well',
    async () => {
      const programs = KINDS.map(({ program }, index) => ({
        name: `after/kind/${index}`,
        sources: new Map([['main.py', program]]),
      }));
      const found = [...(await strict(programs)), ...(await withMypy(programs))];
      const unproven = KINDS.filter(
        ({ message }, index) =>
          !found.some(
            (each) => each.path === `after/kind/${index}/main.py` && message.test(each.message),
          ),
      );
      expect(unproven.map(({ reason }) => reason)).toEqual([]);
    },
    300_000,
  );
});
