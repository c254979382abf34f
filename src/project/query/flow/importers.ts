// Finds who else reads a name at the top of a module. It follows no values.
import { identifiers } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import type { Module } from '../../modules.ts';
import { placeOf } from '../../place.ts';

/** Where another file imports `name` from a module, or reads it as an attribute of the module; `null` if none does. */
export function importedBy(
  module: Module,
  name: string,
  { modules, symbols }: Facts,
): string | null {
  const own = module.binding.module.bindings.get(name)?.[0];
  const id = own ? symbols.idOf(module, own) : null;
  for (const other of modules.modules) {
    if (other === module) continue;
    for (const node of identifiers(other.tree.root, name)) {
      const whole = node.field === 'attribute' && node.parent ? node.parent : node;
      const symbol = symbols.symbolOf(other, whole);
      if (symbol?.kind === 'definition' && symbol.id === id) return placeOf(other, node);
    }
  }
  return null;
}
