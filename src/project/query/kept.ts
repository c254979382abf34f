// Says why a query that stays a Query cannot be rewritten where it is built.
import type { QuerySite } from './site.ts';

/** What stands against a rewrite at this one place; `null` if nothing does. */
export function whyKept({ use }: QuerySite): string | null {
  switch (use.kind) {
    case 'kept':
      return `${use.how}, so what executes it is not seen here; build a \`select()\` instead and execute it where the rows are needed`;
    case 'terminal':
      return `\`${use.call.method.text}()\` has no counterpart on a statement; build a \`select()\` instead, and write by hand what it did`;
    case 'property':
      return takenFrom(use.name);
    default:
      return null;
  }
}

/** A member of the Query that is no part of its chain: a bound method, or one that a library adds. */
export function takenFrom(name: string): string {
  return BOUND.has(name)
    ? `\`.${name}\` is taken from the Query itself; give a function instead, which executes a \`select()\``
    : `\`.${name}\` is taken from the Query itself, and a statement has no such member; build a \`select()\` and call what \`.${name}\` stands for with it`;
}

const BOUND: ReadonlySet<string> = new Set([
  'all',
  'count',
  'delete',
  'exists',
  'first',
  'get',
  'one',
  'one_or_none',
  'scalar',
  'update',
  'values',
]);
