// The command `rules`: prints the registry.
import { transforms } from '../transforms/index.ts';
import { colorsFor } from './color.ts';
import { findRule, listRules, renderRule, renderRuleList } from './rules.ts';

/** Prints the list of rules, the page of one, or all pages. */
export async function rulesCommand(
  id: string | undefined,
  { all, json }: { readonly all?: true; readonly json?: true },
): Promise<void> {
  const colors = colorsFor('auto', process.stdout);
  const rules = listRules(transforms);
  const wanted = id === undefined ? rules : [findRule(rules, id)];
  process.stdout.write(
    json
      ? `${JSON.stringify(id === undefined ? wanted : wanted[0], null, 2)}\n`
      : id === undefined && !all
        ? renderRuleList(wanted, colors)
        : wanted.map((rule) => renderRule(rule, colors)).join('\n'),
  );
}
