// Follows queries through tuples: those that functions return with other values, and those that are unpacked into names.
import type { Binding, ModuleBinding } from '../../../binder/scope.ts';
import type { PyNode } from '../../../python/tree.ts';

/** The items of a tuple that is written out without a star; `null` for anything else. */
export function itemsOf(node: PyNode): readonly PyNode[] | null {
  const value = node.kind === 'parenthesized_expression' ? node.named[0] : node;
  if (value?.kind !== 'expression_list' && value?.kind !== 'tuple') return null;
  return value.named.some((each) => each.kind === 'list_splat') ? null : value.named;
}

/** What takes one item of the tuple that an expression gives. */
export type Taken =
  | { readonly kind: 'name'; readonly binding: Binding }
  | { readonly kind: 'index'; readonly node: PyNode }
  /** It takes other items only. */
  | { readonly kind: 'others' };

/** What takes the item at `index` of the tuple that `whole` gives; `null` where that is not written out. */
export function takenFrom(whole: PyNode, index: number, binding: ModuleBinding): Taken | null {
  let node = whole;
  while (node.parent?.kind === 'parenthesized_expression') node = node.parent;
  const { parent } = node;
  if (parent?.kind === 'assignment' && node.field === 'right') {
    const left = parent.child('left');
    const isPlain = parent.parent?.kind === 'expression_statement';
    const targets = left && /^(pattern_list|tuple_pattern)$/.test(left.kind) ? left.named : [];
    const target = targets[index];
    if (!isPlain || targets.some((each) => each.kind === 'list_splat_pattern')) return null;
    const bound = target?.kind === 'identifier' ? bindingAt(target, binding) : null;
    return bound && { kind: 'name', binding: bound };
  }
  const position = parent?.kind === 'subscript' ? parent.child('subscript') : null;
  if (!parent || position?.kind !== 'integer' || node.field !== 'value') return null;
  return Number(position.text) === index ? { kind: 'index', node: parent } : { kind: 'others' };
}

/** The binding that an identifier makes. */
export function bindingAt(identifier: PyNode, binding: ModuleBinding): Binding | null {
  const place = binding.lookup(identifier.text, identifier);
  return place?.bindings.find((each) => each.node === identifier) ?? null;
}
