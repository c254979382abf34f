// Rewrites shapes recorded on 1.4 as 2.x renders the same model. Every rule states a difference between versions, never between programs.
import type { Shape } from './run.ts';

/** One known difference between the versions; each has its own test. */
export interface NormaliserRule {
  readonly name: string;
  apply(text: string): string;
}

/** The rules, applied one after the other to each string of a shape. */
export const NORMALISER_RULES: readonly NormaliserRule[] = [];

/** Apply `rules` to every string value of a shape. */
export function normaliseShape(shape: Shape, rules: readonly NormaliserRule[] = NORMALISER_RULES): Shape {
  const text = JSON.stringify(shape, (_key, value: unknown) =>
    typeof value === 'string' ? rules.reduce((current, rule) => rule.apply(current), value) : value,
  );
  const normalised: Shape = JSON.parse(text);
  return normalised;
}
