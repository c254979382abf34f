// Rewrites shapes recorded on 1.4 as 2.x renders the same model. The rules are those of the command `verify`.
import { NORMALISER_RULES, type NormaliserRule } from '../../src/cli/verify-versions.ts';
import type { Shape } from './run.ts';

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
