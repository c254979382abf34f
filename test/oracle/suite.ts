// The tests of fixtures that were run: what every program must do, wherever it was run. It runs nothing itself.
import { describe, expect, test } from 'vitest';
import type { Case } from '../fixtures/cases.ts';
import { judgeAfter, judgeBefore, judgeLegacy, judgeShape, judgeStatements } from './judge.ts';
import { judgeSurvivors } from './mutants.ts';
import type { Observation } from './observe.ts';
import type { Observation14 } from './target14.ts';
import { judgeOn14, judgeOn20 } from './target14.ts';

/** What the programs did, by the name of the fixture; filled before the tests run. */
export interface Observed {
  programs: ReadonlyMap<string, Observation>;
  on14: ReadonlyMap<string, Observation14>;
}

/** Declares the tests of the cases. */
export function describeCases(cases: readonly Case[], seen: Observed): void {
  const observed = (name: string): Observation => {
    const observation = seen.programs.get(name);
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
    const saves = name.startsWith('lint-n-plus-one/');
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
    test('the target 1.4 leaves no warning on 1.4, and runs on 2.0', ({ skip }) => {
      const migrated = seen.on14.get(name);
      if (migrated === undefined) return skip('before does not run on 1.4');
      failOn([...judgeOn14(expected, migrated), ...judgeOn20(expected, migrated)]);
    });
    test('wrong rewrites show', () => {
      failOn(judgeSurvivors(observed(name).survivors, expected.survivors));
    });
  });
}

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
  return /^(async|lint)-/.test(rule) && (LOADING.has(rule) || repaired === undefined);
}

/** Fails with the problems as they are, one below the other: a diff of arrays would escape their line ends. */
function failOn(problems: readonly string[]): void {
  if (problems.length > 0) expect.fail(problems.join('\n'));
}
