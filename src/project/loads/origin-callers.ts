// Follows a parameter to the objects that callers pass for it: arguments, dependencies, the owners of a property.
import type { Binding } from '../../binder/scope.ts';
import { readCall, readMethodCall } from '../../python/calls.ts';
import { enclosing, type PyNode } from '../../python/tree.ts';
import { calledFunction, passedFor } from '../asyncio/called.ts';
import { functionOf } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';
import { ownerClass, type Origin } from './loaded.ts';
import { crossing, deeper, type Follow, type Search } from './origin-search.ts';
import { returnsOf } from './statement.ts';

/** Where what is passed for a parameter may come from. */
export function ofParameter(binding: Binding, search: Search, follow: Follow): readonly Origin[] {
  const { facts } = search;
  const definition = enclosing(binding.statement, 'function_definition');
  if (!definition) return [];
  const provider = binding.value ? providerIn(binding.value, facts) : null;
  if (provider) {
    const called = calledFunction(provider, facts);
    if (!called || search.seen.has(called.definition)) return [];
    const next = deeper(search, called.definition, called.facts);
    return returnsOf(called.definition)
      .flatMap((value) => follow(value, next))
      .map((origin) => crossing(origin, definition));
  }
  const isSelf = definition.child('parameters')?.named[0] === binding.statement;
  if (isSelf && isProperty(definition)) return ofProperty(definition, search, follow);
  return facts.callersOf(definition).calls.flatMap(({ module, call, skipped }) => {
    const receiver = isSelf && skipped === 1 ? readMethodCall(call)?.receiver : null;
    const argument = receiver ?? passedFor(call, binding.statement, skipped);
    if (!argument) return [];
    return follow(argument, deeper(search, call, facts.in(module))).map((origin) =>
      crossing(crossing(origin, functionOf(call)), definition),
    );
  });
}

/** The objects whose property a function computes. */
function ofProperty(definition: PyNode, search: Search, follow: Follow): readonly Origin[] {
  const owner = enclosing(definition, 'class_definition')?.child('name');
  const model = owner ? search.facts.mappedClass(owner) : null;
  if (!model) return [];
  const mentions = search.facts.index.mentions(definition.child('name')?.text ?? '');
  return mentions.slice(0, MAX_MENTIONS).flatMap(({ module, node }) => {
    const attribute = node.kind === 'attribute' ? node : node.parent;
    const object = attribute?.kind === 'attribute' ? attribute.child('object') : null;
    if (!attribute || !object || node === object) return [];
    const next = deeper(search, attribute, search.facts.in(module));
    return follow(object, { ...next, budget: { left: BUDGET_EACH } })
      .filter((origin) => ownerClass(origin, search.facts)?.mro.includes(model.id))
      .map((origin) => crossing(crossing(origin, functionOf(attribute)), definition));
  });
}

/** How many reads of a property are followed, and how far each. */
const MAX_MENTIONS = 120;
const BUDGET_EACH = 40;

function isProperty(definition: PyNode): boolean {
  const decorated = definition.parent?.kind === 'decorated_definition' ? definition.parent : null;
  return (decorated?.children ?? []).some(
    (child) =>
      child.kind === 'decorator' &&
      /^@\s*(functools\.)?(cached_)?property$/.test(child.text.trim()),
  );
}

/** The function of `Depends(function)`. */
function providerIn(value: PyNode, facts: Facts): PyNode | null {
  const call = readCall(value);
  const name = call && facts.qualifiedName(call.callee);
  return call &&
    name !== null &&
    /^(fastapi(\.\w+)?|fast_depends|faststream)\.(Depends|Security)$/.test(name)
    ? (call.positional[0] ?? null)
    : null;
}
