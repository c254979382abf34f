// The Python type of an `Enum(…)`: the enumeration class, or `str`. No other types.
import { readCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { RuleContext } from '../rule.ts';
import { named, type AnnotationText } from './python-type.ts';

/** `Enum(Color)` gives `Color`, where that name is to be had; an Enum of strings gives `str`. */
export function enumType(
  type: PyNode,
  at: PyNode,
  context: RuleContext,
  module: Module,
): AnnotationText | null {
  const first = readCall(type)?.positional[0];
  if (!first) return null;
  if (isString(first, context, module)) return named('str', at, context);
  if (first.kind === 'list_splat')
    return isStringList(first.named[0] ?? first, context, module)
      ? named('str', at, context)
      : null;
  const { symbols, module: own, binding } = context.facts;
  const symbol = symbols.symbolOf(module, first);
  if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'class') return null;
  const head = first.text.split('.')[0] ?? '';
  if (binding.scopeOf(at).bindings.has(head)) return null;
  const here = module === own ? symbol : symbols.symbolNamed(own, first.text, at);
  const isSame = here?.kind === 'definition' && here.id === symbol.id;
  return isSame ? { text: first.text, uses: [] } : null;
}

/** A string, or an attribute with one of a class that makes nothing else of it. */
function isString(node: PyNode, { facts }: RuleContext, module: Module): boolean {
  if (stringValue(node) !== null) return true;
  const owner = node.kind === 'attribute' ? node.child('object') : null;
  const holder = owner && facts.symbols.symbolOf(module, owner);
  if (holder?.kind !== 'definition' || holder.binding.kind !== 'class') return false;
  const bases = holder.binding.value?.child('superclasses')?.named ?? [];
  if (bases.some((each) => each.text !== 'object')) return false;
  const value = facts.symbols.symbolOf(module, node);
  return (
    value?.kind === 'definition' &&
    value.binding.kind === 'assignment' &&
    value.binding.path.length === 0 &&
    value.binding.value !== null &&
    stringValue(value.binding.value) !== null
  );
}

function isStringList(node: PyNode, context: RuleContext, module: Module): boolean {
  if (node.kind === 'identifier') {
    const value = module === context.facts.module ? context.facts.definition(node)?.value : null;
    return (
      value !== null &&
      value !== undefined &&
      value.kind !== 'identifier' &&
      isStringList(value, context, module)
    );
  }
  return (
    (node.kind === 'list' || node.kind === 'tuple') &&
    node.named.length > 0 &&
    node.named.every((item) => stringValue(item) !== null)
  );
}
