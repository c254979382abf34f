// Renders the registry of rules: the list, or the page of one. Everything comes from the declarations.
import type { Colors } from 'picocolors/types.js';
import { UserError } from '../engine/problem.ts';
import { ruleIds } from '../engine/select.ts';
import type { Explanation, RuleExample, Transform } from '../project/rule.ts';
import { nearest } from './nearest.ts';

/** A rule as listed. */
export interface ListedRule {
  readonly id: string;
  readonly summary: string;
  readonly fixes: 'safe' | 'unsafe' | 'none';
  readonly default: boolean;
  readonly rationale: string;
  readonly reference: string;
  readonly example: RuleExample;
  readonly explanation?: Explanation;
}

/** Every rule of the registry, sorted by id. */
export function listRules(transforms: readonly Transform[]): readonly ListedRule[] {
  return transforms
    .flatMap((transform) =>
      ruleIds(transform).map((id): ListedRule => {
        const { family, optIn } = transform;
        const member = family?.find((rule) => rule.id === id);
        const fixes = member?.fixes ?? transform.fixes;
        const { summary } = member ?? transform;
        const example = member?.example ?? transform.example;
        const rationale = member?.rationale ?? transform.rationale;
        const reference = member?.reference ?? transform.reference;
        const explanation = member?.explanation ?? transform.explanation;
        return {
          id,
          summary,
          fixes,
          default: !optIn,
          rationale,
          reference,
          example,
          ...(explanation ? { explanation } : {}),
        };
      }),
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The rule with an id; an unknown one is the user's mistake. */
export function findRule(rules: readonly ListedRule[], id: string): ListedRule {
  const rule = rules.find((each) => each.id === id);
  if (rule) return rule;
  const similar = rules.filter((each) => each.id.startsWith(id)).map((each) => each.id);
  const best = nearest(
    id,
    rules.map((each) => each.id),
  );
  const hint =
    similar.length > 0
      ? ` Rules that start so: ${similar.join(', ')}.`
      : best
        ? ` Did you mean '${best}'?`
        : ' `sqla-migrate rules` lists them all.';
  throw new UserError(`there is no rule '${id}'.${hint}`);
}

/** One line a rule. */
export function renderRuleList(rules: readonly ListedRule[], colors: Colors): string {
  const width = Math.max(0, ...rules.map(({ id }) => id.length));
  return rules
    .map(({ id, fixes, summary, default: isDefault }) => {
      const claim = fixes === 'none' ? 'report' : fixes;
      const note = isDefault ? '' : ' (off unless selected)';
      return `${colors.bold(id.padEnd(width))}  ${claim.padEnd(6)}  ${summary}${note}\n`;
    })
    .join('');
}

/** The page of a rule. */
export function renderRule(rule: ListedRule, colors: Colors): string {
  const claim = {
    safe: 'Rewritten by default where every fact is proven.',
    unsafe: 'Rewritten only with --unsafe-fixes.',
    none: 'Only reported: a person must decide.',
  }[rule.fixes];
  return [
    colors.bold(rule.id),
    rule.summary,
    '',
    rule.rationale,
    claim,
    ...(rule.default ? [] : [`Off unless selected: --select ${rule.id}`]),
    '',
    'Before:',
    indent(rule.example.before),
    'After:',
    indent(rule.example.after),
    ...explained(rule.explanation),
    `Suppress on a line: # sqla-migrate: ignore[${rule.id}]`,
    rule.reference,
    '',
  ].join('\n');
}

function explained(explanation: Explanation | undefined): readonly string[] {
  if (!explanation) return [];
  const { failure, traceback, remedy } = explanation;
  return [
    'What goes wrong:',
    indent(failure),
    ...(traceback === undefined ? [] : [indent(traceback)]),
    'What to do:',
    indent(remedy),
    '',
  ];
}

function indent(code: string): string {
  return code.replaceAll(/^(?=.)/gm, '    ');
}
