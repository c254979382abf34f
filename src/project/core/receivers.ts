// What the receiver of a method is, with the evidence for it. A thin layer over inference.
import { readCall, readMethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import { isLibrarySubclass, type LibraryClass } from '../../sqlalchemy/returns.ts';
import type { Facts } from '../facts.ts';
import type { Evidence } from '../values.ts';

/** How well an expression is known to be an instance of one of the classes, subclasses included; `null` if it is not. */
export function isInstance(
  node: PyNode,
  classes: readonly LibraryClass[],
  facts: Facts,
): Evidence | null {
  const inferred = facts.infer(node);
  if (!inferred) return headIs(node, classes, facts) ? 'proven' : null;
  const { value, evidence } = inferred;
  if (value.kind !== 'instance') return null;
  return classes.some((each) => isLibrarySubclass(value.of, each)) ? evidence : null;
}

const HEADS: ReadonlyMap<string, LibraryClass> = new Map([
  ['sqlalchemy.select', 'sqlalchemy.Select'],
]);

/** Whether a chain of methods starts with `select(…)`: what its methods give may be unknown, that it is a statement is not. */
function headIs(node: PyNode, classes: readonly LibraryClass[], facts: Facts): boolean {
  const method = readMethodCall(node);
  if (method) {
    const name = facts.qualifiedName(method.callee);
    if (name === null) return headIs(method.receiver, classes, facts);
  }
  const call = readCall(node);
  const made = call ? HEADS.get(facts.qualifiedName(call.callee) ?? '') : undefined;
  return made !== undefined && classes.includes(made);
}
