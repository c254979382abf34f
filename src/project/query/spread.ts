// Tells what `*columns` passes, where the list is written out and nothing else touches it. It judges no item.
import { isImportedElsewhere } from '../exports.ts';
import type { Facts } from '../facts.ts';
import type { PyNode } from '../../python/tree.ts';

const DISPLAYS: readonly string[] = ['list', 'tuple'];

/** The items that an argument passes: those of a list that is known, else the argument itself. */
export function spread(argument: PyNode, facts: Facts): readonly PyNode[] {
  const list = argument.kind === 'list_splat' ? argument.named[0] : undefined;
  const display = list && displayOf(list, facts);
  const items = display?.named.filter(({ kind }) => kind !== 'comment') ?? [];
  return items.length > 0 && items.every(({ kind }) => kind !== 'list_splat') ? items : [argument];
}

function displayOf(list: PyNode, facts: Facts): PyNode | null {
  if (DISPLAYS.includes(list.kind)) return list;
  const binding = list.kind === 'identifier' ? facts.definition(list) : null;
  const value = binding?.kind === 'assignment' && binding.path.length === 0 ? binding.value : null;
  if (!binding || !value || !DISPLAYS.includes(value.kind)) return null;
  if (binding.scope.bindings.get(binding.name)?.length !== 1) return null;
  return value.kind === 'tuple' || isOnlySpread(binding.name, list, facts) ? value : null;
}

/** Whether nothing could change the list: it is only ever passed with a star. */
function isOnlySpread(name: string, at: PyNode, facts: Facts): boolean {
  const scope = facts.binding.lookup(name, at)?.scope;
  return (
    scope !== undefined &&
    facts.binding.references(scope, name).every((each) => each.parent?.kind === 'list_splat') &&
    (scope.kind !== 'module' || !isImportedElsewhere(facts.modules, facts.module, name))
  );
}
