// Tells which object a query loads, as the origin of what its result gives. It follows nothing.
import type { MethodCall } from '../../python/calls.ts';
import { entityAt, type Origin } from './loaded.ts';
import { functionsAround, type Search } from './origin-search.ts';
import type { Execution } from './result.ts';

/** The origins of the item at an index of what a statement selects. */
export function loadedBy(
  execution: Execution,
  index: number,
  { facts, cls }: Search,
): readonly Origin[] {
  const common = {
    facts,
    node: execution.node,
    session: execution.session,
    path: [],
    many: false,
    functions: functionsAround(execution.node),
    frames: [],
  };
  if (execution.kind !== 'select') {
    const entity = entityAt(execution.selected[index], facts, cls);
    return entity
      ? [{ ...common, kind: execution.kind, statement: execution.query, ...entity }]
      : [];
  }
  return execution.statements.flatMap((statement) => {
    const entity = entityAt(statement.head.positional[index], statement.facts, cls);
    if (!entity || statement.links.some((link: MethodCall) => CHANGED.has(link.method.text)))
      return [];
    return [{ ...common, kind: 'select' as const, statement, ...entity }];
  });
}

/** Links after which something else is selected. */
const CHANGED: ReadonlySet<string> = new Set([
  'with_only_columns',
  'from_statement',
  'add_columns',
  'subquery',
  'cte',
]);
