// The state of a search for where objects come from: how deep it is, what it has seen, and which way it went. It looks at no code.
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { Standing } from './executed.ts';
import type { Origin } from './loaded.ts';

/** How deep calls are followed. */
export const MAX_DEPTH = 12;

/** One step of a search. */
export interface Search extends Standing {
  readonly depth: number;
  readonly seen: ReadonlySet<PyNode>;
  /** How many expressions may still be looked at, whatever the way. */
  readonly budget: { left: number };
}

const BUDGET = 300;

/** The start of a search. */
export function searchFrom(facts: Facts): Search {
  return { facts, depth: 0, seen: new Set(), cls: null, made: null, budget: { left: BUDGET } };
}

/** The search below a node. */
export function deeper(
  search: Search,
  node: PyNode,
  facts = search.facts,
  { cls, made }: Pick<Search, 'cls' | 'made'> = search,
): Search {
  return {
    cls,
    made,
    facts,
    depth: search.depth + 1,
    seen: new Set([...search.seen, node]),
    budget: search.budget,
  };
}

/** An origin whose object passes through a function. */
export function crossing(origin: Origin, definition: PyNode | null): Origin {
  return definition && !origin.functions.includes(definition)
    ? { ...origin, functions: [...origin.functions, definition] }
    : origin;
}
