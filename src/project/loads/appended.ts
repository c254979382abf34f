// What code appends to a list that it makes itself. It follows no values.
import { readMethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Binding } from '../../binder/scope.ts';
import type { Facts } from '../facts.ts';

/** The expressions that are appended to the list of a local variable, which an assignment makes empty. */
export function appendedTo({ value, name }: Binding, facts: Facts): readonly PyNode[] {
  if (!value || !/^(\[\s*\]|list\(\))$/.test(value.text)) return [];
  const place = facts.binding.lookup(name, value);
  if (place?.scope.kind !== 'function') return [];
  return facts.binding.references(place.scope, name).flatMap((reference) => {
    const { parent } = reference;
    const call = parent?.kind === 'attribute' ? readMethodCall(parent.parent) : null;
    return call?.receiver === reference && call.method.text === 'append'
      ? call.positional.slice(0, 1)
      : [];
  });
}
