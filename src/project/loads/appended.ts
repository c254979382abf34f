// What code appends to a list, or to the lists of a dict, that it makes itself. It follows no values.
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

/** The expressions that are appended to the lists of a dict, where a loop runs over them: `for key, users in grouped.items()`, `for users in grouped.values()`. */
export function appendedToEach({ value, path }: Binding, facts: Facts): readonly PyNode[] {
  const loop = value ? readMethodCall(value) : null;
  const method = loop?.method.text;
  if (!loop || loop.receiver.kind !== 'identifier') return [];
  if (!(method === 'items' && path[0] === 1) && !(method === 'values' && path.length === 0))
    return [];
  const name = loop.receiver.text;
  const place = facts.binding.lookup(name, loop.receiver);
  if (place?.scope.kind !== 'function') return [];
  return facts.binding.references(place.scope, name).flatMap((reference) => {
    const item = reference.parent;
    const call = item?.kind === 'subscript' ? readMethodCall(item.parent?.parent ?? null) : null;
    return call?.receiver === item && call?.method.text === 'append'
      ? call.positional.slice(0, 1)
      : [];
  });
}
