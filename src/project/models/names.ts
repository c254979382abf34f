// Resolves dotted names as a class body sees them while it runs. It adds to symbol resolution only what the order of a class body decides.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Symbol, Symbols } from '../symbols.ts';

/**
 * What a dotted name stands for at `node`. In a class body, a name that the class binds only later still means the outer one:
 * `tags = relationship("Tag", secondary=tags)`.
 */
export function resolveName(
  symbols: Symbols,
  module: Module,
  name: string,
  node: PyNode,
): Symbol | null {
  const [head = ''] = name.split('.');
  const lookup = module.binding.lookup(head, node);
  const later =
    lookup?.scope.kind === 'class' &&
    lookup.bindings.every((binding) => binding.statement.end >= node.end);
  return symbols.symbolNamed(module, name, later ? lookup.scope.node : node);
}

/** The canonical library name or project id of a dotted name. */
export function qualifiedName(
  symbols: Symbols,
  module: Module,
  name: string,
  node: PyNode,
): string | null {
  const symbol = resolveName(symbols, module, name, node);
  return symbol?.kind === 'definition' ? symbol.id : (symbol?.name ?? null);
}
