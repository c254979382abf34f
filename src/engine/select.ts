// Which rules a run uses: ids and prefixes of --select and --ignore against the registry. It runs no rule.
import type { Transform } from '../project/rule.ts';
import type { Settings } from '../project/settings.ts';

/** The ids of all rules that a transform declares. */
export function ruleIds(transform: Transform): readonly string[] {
  return [...new Set([transform.id, ...(transform.family ?? []).map((rule) => rule.id)])];
}

/** Whether a selector (`query-get`, `query`, `model-`) names a rule or the start of its name. */
export function selects(selector: string, rule: string): boolean {
  if (selector === rule || selector === 'all') return true;
  return rule.startsWith(selector.endsWith('-') ? selector : `${selector}-`);
}

/** The selectors that name no rule at all. */
export function unknownSelectors(
  selectors: readonly string[],
  transforms: readonly Transform[],
): readonly string[] {
  const ids = transforms.flatMap(ruleIds);
  return selectors.filter((selector) => !ids.some((id) => selects(selector, id)));
}

/** Answers whether a rule is on. The longest selector that names it decides; of two equals, --ignore. */
export function ruleFilter(
  settings: Pick<Settings, 'select' | 'ignore'>,
): (rule: string, optIn: boolean) => boolean {
  return (rule, optIn) => {
    const chosen = strongest(settings.select, rule);
    const ignored = strongest(settings.ignore, rule);
    if (optIn && chosen <= 0) return false;
    if (settings.select.length > 0 && chosen < 0) return false;
    return ignored < 0 || chosen > ignored;
  };
}

/** The length of the longest selector that names the rule, 0 for `all`, -1 for none. */
function strongest(selectors: readonly string[], rule: string): number {
  return Math.max(
    -1,
    ...selectors
      .filter((selector) => selects(selector, rule))
      .map((selector) => (selector === 'all' ? 0 : selector.length)),
  );
}
