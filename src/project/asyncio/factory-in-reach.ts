// Finds the async_sessionmaker that a session comes from, or would come from, by a name that is visible where the session is used.
import type { Binding } from '../../binder/scope.ts';
import { readCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import { isInstance } from '../core/receivers.ts';
import type { Facts } from '../facts.ts';
import { isTestPath } from '../test-paths.ts';

/** The text that names the factory; `null` if none is in reach, or it could be another one. */
export function factoryFor(session: PyNode, facts: Facts): string | null {
  const [binding, ...others] = facts.binding.reaching(session);
  if (!binding || others.length > 0) return null;
  if (binding.kind === 'with' && binding.path.length === 0) {
    const call = readCall(binding.value);
    const plain = call && call.list.named.length === 0 ? call.callee : null;
    return plain && isMaker(plain, facts) && plain.kind === 'identifier' ? plain.text : null;
  }
  if (binding.kind !== 'parameter' || countMakers(facts) > 1) return null;
  const found = visibleMakers(session, facts);
  return found.length === 1 ? (found[0] ?? null) : null;
}

function isMaker(node: PyNode, facts: Facts): boolean {
  return isInstance(node, ['sqlalchemy.ext.asyncio.async_sessionmaker'], facts) === 'proven';
}

/** How many factories the project makes, tests apart. */
function countMakers(facts: Facts): number {
  return facts.modules.modules
    .filter(({ path }) => !isTestPath(path))
    .reduce((sum, { tree }) => sum + (tree.text.match(MAKING)?.length ?? 0), 0);
}

const MAKING = /\b(async_sessionmaker(\[[\w., ]+\])?|sessionmaker)\(/g;

/** The names of the function and of the module that stand for a factory. */
function visibleMakers(at: PyNode, facts: Facts): readonly string[] {
  const found = new Set<string>();
  for (let scope = facts.binding.scopeOf(at); ;) {
    for (const [name, bindings] of scope.bindings) {
      const [only, ...others] = bindings;
      if (!only || others.length > 0 || facts.binding.lookup(name, at)?.scope !== scope) continue;
      if (standsForMaker(only, facts)) found.add(name);
    }
    if (!scope.parent) return [...found].toSorted();
    scope = scope.parent;
  }
}

function standsForMaker(binding: Binding, facts: Facts): boolean {
  if (binding.kind === 'import') {
    const symbol = facts.symbols.symbolOf(facts.module, binding.node);
    if (symbol?.kind !== 'definition' || !symbol.binding.value) return false;
    return (
      symbol.binding.kind === 'assignment' &&
      symbol.binding.path.length === 0 &&
      isMaker(symbol.binding.value, facts.in(symbol.module))
    );
  }
  if (binding.path.length > 0) return false;
  if (binding.kind === 'assignment') return binding.value !== null && isMaker(binding.value, facts);
  return binding.kind === 'parameter' && /async_sessionmaker/.test(binding.annotation?.text ?? '');
}
