// The origins of what an execution selects, and small questions about the code on the way to them. It follows no values.
import { readCall, unparenthesized, type MethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import { functionOf } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass } from '../models.ts';
import { entityAt, type Origin } from './loaded.ts';
import type { Execution } from './result.ts';

/** What the names of the entity in a generic method stand for. */
export interface Standing {
  readonly facts: Facts;
  /** The class that `cls` stands for in the method that is followed. */
  readonly cls: MappedClass | null;
  /** The class that an object of a generic class is made for, in its methods. */
  readonly made: MappedClass | null;
}

/** The origins of the item at an index of what a statement selects. */
export function loadedBy(
  execution: Execution,
  index: number,
  { facts, cls, made }: Standing,
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
    const entity = entityAt(execution.selected[index], facts, { cls, made });
    return entity
      ? [{ ...common, kind: execution.kind, statement: execution.query, ...entity }]
      : [];
  }
  return execution.statements.flatMap((statement) => {
    const entity = entityAt(statement.head.positional[index], statement.facts, { cls, made });
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

/** The function around a node, if there is one. */
export function functionsAround(node: PyNode): readonly PyNode[] {
  const definition = functionOf(node);
  return definition ? [definition] : [];
}

/** Whether a function computes a property. */
export function isProperty(definition: PyNode): boolean {
  const decorated = definition.parent?.kind === 'decorated_definition' ? definition.parent : null;
  return (decorated?.children ?? []).some(
    (child) =>
      child.kind === 'decorator' &&
      /^@\s*(functools\.)?(cached_)?property$/.test(child.text.trim()),
  );
}

/** The function of `Depends(function)`. */
export function providerIn(value: PyNode, facts: Facts): PyNode | null {
  const call = readCall(value);
  const name = call && facts.qualifiedName(call.callee);
  return call &&
    name !== null &&
    /^(fastapi(\.\w+)?|fast_depends|faststream)\.(Depends|Security)$/.test(name)
    ? (call.positional[0] ?? null)
    : null;
}

/** The expression inside parentheses and `await`. */
export function opened(node: PyNode): PyNode {
  const inner = unparenthesized(node);
  const [awaited] = inner.kind === 'await' ? inner.named : [];
  return awaited ? opened(awaited) : inner;
}
