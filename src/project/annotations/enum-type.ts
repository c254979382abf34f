// The Python type of an `Enum(…)`: the enumeration class, or `str`. No other types.
import { readCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { Module } from '../modules.ts';
import type { RuleContext } from '../rule.ts';
import { named, type AnnotationText } from './python-type.ts';

/** Longest chain of names of a constant that is followed. */
const MAX_NAMES = 4;

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
  if (first.kind === 'list_splat') {
    const [list] = first.named;
    const isStrings = list && (isMembers(list) || isStringList(list, context, module));
    return isStrings ? named('str', at, context) : null;
  }
  const { symbols, module: own, binding } = context.facts;
  const symbol = symbols.symbolOf(module, first);
  if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'class') return null;
  const head = first.text.split('.')[0] ?? '';
  if (binding.scopeOf(at).bindings.has(head)) return null;
  const here = module === own ? symbol : symbols.symbolNamed(own, first.text, at);
  const isSame = here?.kind === 'definition' && here.id === symbol.id;
  return isSame ? { text: first.text, uses: [] } : null;
}

/** A string, or a name of one; not a member of an enumeration. */
function isString(
  node: PyNode,
  { facts }: Pick<RuleContext, 'facts'>,
  module: Module,
  depth: number = MAX_NAMES,
): boolean {
  if (stringValue(node) !== null) return true;
  const value = valueOf(node, facts, module);
  return value !== null && depth > 0 && isString(value.node, { facts }, value.module, depth - 1);
}

/** What a name holds that is assigned once, in a module or in a class without superclasses. */
function valueOf(
  node: PyNode,
  { symbols }: Facts,
  module: Module,
): { readonly node: PyNode; readonly module: Module } | null {
  if (node.kind !== 'identifier' && node.kind !== 'attribute') return null;
  const owner = node.kind === 'attribute' ? node.child('object') : null;
  const holder = owner && symbols.symbolOf(module, owner);
  if (holder?.kind === 'definition') {
    if (holder.binding.kind !== 'class') return null;
    const bases = holder.binding.value?.child('superclasses')?.named ?? [];
    if (bases.some((each) => each.text !== 'object')) return null;
  }
  const symbol = symbols.symbolOf(module, node);
  if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'assignment') return null;
  const { path, value } = symbol.binding;
  return path.length === 0 && value !== null ? { node: value, module: symbol.module } : null;
}

/** `[each.value for each in Color]`: what Enum() takes one by one are strings. */
function isMembers(node: PyNode): boolean {
  const item = /^(?:list_comprehension|generator_expression)$/.test(node.kind)
    ? node.child('body')
    : null;
  return item?.kind === 'attribute' && /^(?:name|value)$/.test(item.child('attribute')?.text ?? '');
}

function isStringList(
  node: PyNode,
  context: Pick<RuleContext, 'facts'>,
  module: Module,
  depth: number = MAX_NAMES,
): boolean {
  const value = depth > 0 ? valueOf(node, context.facts, module) : null;
  if (value) return isStringList(value.node, context, value.module, depth - 1);
  return (
    (node.kind === 'list' || node.kind === 'tuple') &&
    node.named.length > 0 &&
    node.named.every((item) => isString(item, context, module))
  );
}
