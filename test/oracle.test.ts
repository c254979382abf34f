// Proves that fixtures behave as before: `before` and `after` are run under real SQLAlchemy versions and compared, and wrong rewrites must show.
import { writeSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCases } from './fixtures/cases.ts';
import type { Case } from './fixtures/cases.ts';
import { oracleMode, prepareEnvironments } from './oracle/environments.ts';
import {
  judgeAfter,
  judgeBefore,
  judgeLegacy,
  judgeShape,
  judgeStatements,
} from './oracle/judge.ts';
import { judgeSurvivors } from './oracle/mutants.ts';
import type { Observation } from './oracle/observe.ts';
import { observeFixtures, runnableCases } from './oracle/observe.ts';
import { skipLine, summaryLine } from './oracle/summary.ts';

const cases = runnableCases(readCases(undefined, process.env['FIXTURES_FILTER'] ?? ''));
const preparation = await prepareEnvironments(oracleMode());
if (preparation.kind === 'skipped') writeSync(1, skipLine(preparation.reason, cases.length));

describe.skipIf(preparation.kind === 'skipped')('oracle', () => {
  let observations: ReadonlyMap<string, Observation> = new Map();

  beforeAll(async () => {
    if (preparation.kind !== 'ready') return;
    observations = await observeFixtures(cases, preparation.environments);
    writeSync(1, summaryLine([...observations.values()]));
  }, 600_000);

  const observed = (name: string): Observation => {
    const observation = observations.get(name);
    if (observation === undefined) throw new Error(`${name} was not run`);
    return observation;
  };

  describe.each(cases)('$name', ({ name, expected, before, after }) => {
    test('before prints what was recorded', () => {
      failOn(judgeBefore(expected, observed(name).before));
    });
    test('after does the same on 2.0 and 2.1', () => {
      const { targets } = observed(name);
      const problems = targets.flatMap(({ version, after }) =>
        judgeAfter(expected, after).map((line) => `${version}: ${line}`),
      );
      failOn(problems);
    });
    const saves =
      name.startsWith('lint-n-plus-one/') &&
      // A lazy load of async code sends nothing: it fails.
      !expected.findings?.some(({ rule }) => rule === 'lint-async-lazy-load');
    test.skipIf(!saves && !costsNothing(name, expected))(
      `after sends ${saves ? 'fewer' : 'no more'} statements`,
      () => {
        const loads = (sources: Case['before']): number =>
          [...sources.values()].join('').split(/(?:selectin|joined)load\(/).length;
        const { targets } = observed(name);
        const problems = targets.flatMap((target) =>
          judgeStatements(target.before, target.after, saves && loads(after) > loads(before)),
        );
        failOn(problems);
      },
    );
    test('after leaves only the listed legacy API', () => {
      const afters = observed(name).targets.map((target) => target.after);
      failOn(judgeLegacy(expected, afters));
    });
    test.skipIf(expected.fails !== undefined)('tables and mappers are unchanged', () => {
      const { targets, before: own, before14: on14 } = observed(name);
      failOn(
        targets.flatMap(({ version, before, after }) =>
          judgeShape(expected, version, after, { same: before, own, on14 }),
        ),
      );
    });
    test('wrong rewrites show', () => {
      failOn(judgeSurvivors(observed(name).survivors, expected.survivors));
    });
  });
});

/** Rules about what is loaded when: a read that failed counts for the statement that it tried to send. */
const LOADING: ReadonlySet<string> = new Set([
  'async-expire-on-commit',
  'lint-async-expired-attr',
  'lint-async-lazy-load',
  'lint-server-default-async',
]);

/** Whether the fixes of the asyncio and loading rules may send no statement more; what was refused or never sent before is, of course. */
function costsNothing(name: string, { repaired }: Case['expected']): boolean {
  const [rule = ''] = name.split('/');
  // That program reads what its own session has stored, which is there without any option.
  if (name === 'lint-n-plus-one/asynchronous') return false;
  return /^(async|lint)-/.test(rule) && (LOADING.has(rule) || repaired === undefined);
}

/** Fails with the problems as they are, one below the other: a diff of arrays would escape their line ends. */
function failOn(problems: readonly string[]): void {
  if (problems.length > 0) expect.fail(problems.join('\n'));
}
