// Compares what `before` and `after` did and says every difference in words. Pure: it runs nothing.
import { isDeepStrictEqual } from 'node:util';
import { createTwoFilesPatch } from 'diff';
import type { Expectation } from '../fixtures/expectation.ts';
import { normaliseShape, withoutErrorTexts } from './normalise.ts';
import type { Outcome, Shape } from './run.ts';

/** What `before` must do on its own version. */
export function judgeBefore(expected: Expectation, before: Outcome): readonly string[] {
  const broken = describeFailure(before);
  if (broken !== null) return [`before ends on ${expected.before} with ${broken}`];
  return compareOutput(
    'recorded output',
    expected.output,
    `before on ${expected.before}`,
    before.output,
  );
}

/** What `after` must do on 2.x: print the same, raise nothing, touch no legacy API but the listed. */
export function judgeAfter(expected: Expectation, after: Outcome): readonly string[] {
  const broken = describeFailure(after);
  if (expected.fails !== undefined)
    return broken === null ? ['"fails" is stale: after runs to its end'] : [];
  if (broken !== null) return [`after ends with ${broken}`];
  return compareOutput(
    'recorded output',
    expected.repaired ?? expected.output,
    'after',
    after.output,
  );
}

/** A rule about loading must save statements where it rewrites, and cost none anywhere. */
export function judgeStatements(
  before: Outcome,
  after: Outcome,
  rewritten: boolean,
): readonly string[] {
  const fits = rewritten
    ? after.statements < before.statements
    : after.statements <= before.statements;
  return fits ? [] : [`before sends ${before.statements} statements, after ${after.statements}`];
}

/** Legacy API touched but not listed on any version, or listed but touched on none. */
export function judgeLegacy(expected: Expectation, afters: readonly Outcome[]): readonly string[] {
  const touched = new Map(afters.flatMap((after) => Object.entries(after.legacy)));
  const unlisted = [...touched].filter(
    ([use]) => !expected.legacy.some((entry) => use.startsWith(entry.use)),
  );
  const stale = expected.legacy.filter(
    (entry) => ![...touched.keys()].some((use) => use.startsWith(entry.use)),
  );
  return [
    ...unlisted.map(([use, place]) => `after touches legacy API at ${place}: ${use}`),
    ...stale.map((entry) => `stale legacy entry: ${entry.use}`),
  ];
}

/** What judging a shape needs: `before` on the version in question, on its own version, and on 1.4. */
export interface BeforeOutcomes {
  readonly same: Outcome;
  readonly own: Outcome;
  readonly on14: Outcome;
}

/**
 * Tables and mappers must be the same on the same version. Where `before` stops there before it has declared all that
 * it declares on its own version, its shape on 1.4 stands in, normalised; where it maps fewer classes there, that on its own version.
 */
export function judgeShape(
  expected: Expectation,
  version: string,
  after: Outcome,
  before: BeforeOutcomes,
): readonly string[] {
  const { same, own, on14 } = before;
  const isComplete = describeFailure(same) === null || declaresSame(same.shape, own.shape);
  const old = on14.shape.mappers.length < own.shape.mappers.length ? own : on14;
  const reference = isComplete ? same.shape : withoutErrorTexts(normaliseShape(old.shape));
  const actual = isComplete ? after.shape : withoutErrorTexts(after.shape);
  const name = isComplete
    ? `before on ${version}`
    : `before on ${old === on14 ? '1.4' : expected.before}, normalised`;
  const differs = !isDeepStrictEqual(reference, actual);
  if (expected.shapeDiffers !== undefined) {
    return differs ? [] : ['"shapeDiffers" is stale: tables and mappers are equal'];
  }
  if (!differs) return [];
  return [
    createTwoFilesPatch(name, `after on ${version}`, printShape(reference), printShape(actual)),
  ];
}

/** How a program failed, or null. */
export function describeFailure(outcome: Outcome): string | null {
  if (outcome.problem !== undefined) return outcome.problem;
  if (outcome.exception === null) return null;
  const { type, message, frames } = outcome.exception;
  return `${type}: ${message} (${frames.join(' < ')})`;
}

/** The difference between two outputs, as a patch. */
export function compareOutput(
  expectedName: string,
  expected: string,
  actualName: string,
  actual: string,
): readonly string[] {
  return expected === actual
    ? []
    : [createTwoFilesPatch(expectedName, actualName, expected, actual)];
}

function declaresSame(one: Shape, other: Shape): boolean {
  const names = (shape: Shape): unknown => [
    shape.tables.map((table) => table.table),
    shape.mappers.map((mapper) => mapper['class']),
  ];
  return isDeepStrictEqual(names(one), names(other));
}

function printShape(shape: Shape): string {
  return `${JSON.stringify(shape, null, 1).replaceAll('\\n', '\n')}\n`;
}
