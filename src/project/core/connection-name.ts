// Finds a name for the connection that a new `with` block opens.
import { readMethodCall } from '../../python/calls.ts';
import { contains, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';

const NAMES: readonly string[] = ['conn', 'connection', 'engine_connection', 'opened_connection'];
const OUTCOMES: readonly string[] = ['result', 'outcome', 'written'];
const VALUES: readonly string[] = ['found', 'result', 'engine_result'];

/** A name that can hold the connection at `node`; the first `taken` candidates belong to enclosing blocks. `null` if none is free. */
export function connectionName(node: PyNode, taken: number, facts: Facts): string | null {
  return (
    NAMES.slice(taken).find((name) => isFree(name, node, facts) || isReusable(name, node, facts)) ??
    null
  );
}

/** A name that can hold a value at `node`. */
export function valueName(node: PyNode, facts: Facts): string | null {
  return VALUES.find((name) => isFree(name, node, facts)) ?? null;
}

/** A name that can hold what a write gave at `node`. */
export function outcomeName(node: PyNode, facts: Facts): string | null {
  return OUTCOMES.find((name) => isFree(name, node, facts)) ?? null;
}

function isFree(name: string, node: PyNode, facts: Facts): boolean {
  return facts.binding.lookup(name, node) === null;
}

/** Whether other blocks of the same scope hold their connection under the name, each for itself. */
function isReusable(name: string, node: PyNode, facts: Facts): boolean {
  const found = facts.binding.lookup(name, node);
  if (!found || found.scope !== facts.binding.scopeOf(node)) return false;
  const blocks = found.bindings.map(({ kind, value, node: target }) =>
    kind === 'with' && /^(connect|begin)$/.test(readMethodCall(value)?.method.text ?? '')
      ? enclosing(target, 'with_statement')
      : null,
  );
  if (blocks.some((block) => block === null || contains(block, node))) return false;
  return facts.binding
    .references(found.scope, name)
    .every((read) => blocks.some((block) => block !== null && contains(block, read)));
}
