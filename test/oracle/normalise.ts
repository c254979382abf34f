// Rewrites shapes recorded on 1.4 as 2.x renders the same model. Every rule states a difference between versions, never between programs.
import type { Shape } from './run.ts';

/** One known difference between the versions; each has its own test. */
export interface NormaliserRule {
  readonly name: string;
  apply(text: string): string;
}

const UUID_ON_2X: ReadonlyMap<string, string> = new Map([
  ['UUID()', 'UUID(as_uuid=False)'],
  ['UUID(as_uuid=True)', 'UUID()'],
]);

/** The rules, applied one after the other to each string of a shape. */
export const NORMALISER_RULES: readonly NormaliserRule[] = [
  {
    name: 'UUID returns objects by default since 2.0, so that repr() leaves out the other argument',
    apply: (text) => UUID_ON_2X.get(text) ?? text,
  },
  {
    name: 'a sequence without a start was rendered with START WITH 1 before 2.0',
    apply: (text) => text.replace(/^(CREATE SEQUENCE \S+) START WITH 1$/, '$1'),
  },
];

/** Apply `rules` to every string value of a shape. */
export function normaliseShape(
  shape: Shape,
  rules: readonly NormaliserRule[] = NORMALISER_RULES,
): Shape {
  const text = JSON.stringify(shape, (_key, value: unknown) =>
    typeof value === 'string' ? rules.reduce((current, rule) => rule.apply(current), value) : value,
  );
  const normalised: Shape = JSON.parse(text);
  return normalised;
}

/** Errors of dialects that lack a type are worded differently in each version: only that there is one is compared. */
export function withoutErrorTexts(shape: Shape): Shape {
  const rule = {
    name: 'errors',
    apply: (text: string) => text.replace(/^\w+Error: [^]*$/, 'cannot be rendered'),
  };
  return normaliseShape(shape, [rule]);
}
