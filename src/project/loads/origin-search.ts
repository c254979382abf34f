// How far the search for the origin of an object goes. It looks at no expression itself.
import type { PyNode } from '../../python/tree.ts';
import { functionOf } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass } from '../models.ts';
import type { Origin } from './loaded.ts';

/** How deep calls are followed. */
const MAX_DEPTH = 12;

/** What was followed so far. */
export interface Search {
  readonly facts: Facts;
  readonly depth: number;
  readonly seen: ReadonlySet<PyNode>;
  /** The class that `cls` stands for in the method that is followed. */
  readonly cls: MappedClass | null;
  /** How many expressions may still be looked at, whatever the way. */
  readonly budget: { left: number };
}

const BUDGET = 300;

/** Goes on from an expression to where its value may come from. */
export type Follow = (value: PyNode, search: Search) => readonly Origin[];

/** The start of a search. */
export function newSearch(facts: Facts): Search {
  return { facts, depth: 0, seen: new Set(), cls: null, budget: { left: BUDGET } };
}

/** Whether the search ends before a node; asking costs one step of its budget. */
export function isExhausted(node: PyNode, { depth, seen, budget }: Search): boolean {
  return depth > MAX_DEPTH || seen.has(node) || budget.left-- <= 0;
}

/** The search behind a node that it has reached. */
export function deeper(
  search: Search,
  node: PyNode,
  facts = search.facts,
  cls = search.cls,
): Search {
  return {
    cls,
    facts,
    depth: search.depth + 1,
    seen: new Set([...search.seen, node]),
    budget: search.budget,
  };
}

/** The origin as seen from a function that its object is passed on to. */
export function crossing(origin: Origin, definition: PyNode | null): Origin {
  return definition && !origin.functions.includes(definition)
    ? { ...origin, functions: [...origin.functions, definition] }
    : origin;
}

/** The function that holds a node, if any. */
export function functionsAround(node: PyNode): readonly PyNode[] {
  const definition = functionOf(node);
  return definition ? [definition] : [];
}
