// Says why a query that stays a Query cannot be rewritten where it is built.
import type { QuerySite } from './site.ts';

/** What stands against a rewrite at this one place; `null` if nothing does. */
export function whyKept({ use }: QuerySite): string | null {
  switch (use.kind) {
    case 'kept':
      return `${use.how}, so what executes it is not seen here; build a \`select()\` instead and execute it where the rows are needed`;
    case 'terminal':
      return `\`${use.call.method.text}()\` has no counterpart on a statement`;
    case 'property':
      return `\`.${use.name}\` is taken from the Query itself`;
    default:
      return null;
  }
}
