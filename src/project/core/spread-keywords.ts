// Finds the keyword arguments that a call is given by `**settings`, where the dict is written out. It judges none of them.
import type { Binding } from '../../binder/scope.ts';
import { readCall, type Call, type KeywordArgument } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import { isImportedElsewhere } from '../exports.ts';
import type { Facts } from '../facts.ts';

/** An entry of a dict that is spread over the arguments of calls. */
export interface SpreadArgument extends KeywordArgument {
  /** What spells the name: a string, or the name of a keyword. */
  readonly label: PyNode;
  /** The display or the argument list that has the entry; `null` for `settings[name] = value`. */
  readonly list: PyNode | null;
  /** The calls over which the dict is spread, in source order. */
  readonly calls: readonly Call[];
  /** Whether nothing else reads the dict. */
  readonly isOnlySpread: boolean;
}

/** What the `**` arguments of a call are seen to pass. */
export function spreadArguments(call: Call, facts: Facts): readonly SpreadArgument[] {
  if (!call.doubleStarred) return [];
  return call.list.named.flatMap((item) => {
    const dict = item.kind === 'dictionary_splat' ? item.named[0] : undefined;
    if (!dict) return [];
    if (dict.kind !== 'identifier') return entriesOf(dict, facts, [call], true);
    const found = facts.binding.lookup(dict.text, dict);
    const reaching = facts.binding.reaching(dict);
    const bindings = reaching.length > 0 ? reaching : (found?.bindings ?? []);
    return bindings.flatMap((binding) => entriesOfVariable(binding, facts));
  });
}

function entriesOfVariable(binding: Binding, facts: Facts): readonly SpreadArgument[] {
  const { kind, path, value, scope, name } = binding;
  if (kind !== 'assignment' || path.length > 0 || !value) return [];
  const reads = facts.binding.references(scope, name).filter((read) => {
    const reaching = facts.binding.reaching(read);
    return reaching.length === 0 || reaching.includes(binding);
  });
  const calls = reads.flatMap((read) => spreadOver(read) ?? []);
  const items = reads.flatMap((read) => itemSet(read) ?? []);
  const isOnlySpread =
    calls.length + items.length === reads.length &&
    value.parent?.parent?.kind === 'expression_statement' &&
    (scope.kind !== 'module' || !isImportedElsewhere(facts.modules, facts.module, name));
  return [
    ...entriesOf(value, facts, calls, isOnlySpread),
    ...items.map((item) => ({ ...item, list: null, calls, isOnlySpread })),
  ];
}

/** The call of `call(**read)`. */
function spreadOver(read: PyNode): Call | null {
  const list = read.parent?.kind === 'dictionary_splat' ? read.parent.parent : null;
  return list?.kind === 'argument_list' ? readCall(list.parent) : null;
}

/** `read["name"] = value`. */
function itemSet(read: PyNode): (KeywordArgument & { readonly label: PyNode }) | null {
  const subscript =
    read.parent?.kind === 'subscript' && read.field === 'value' ? read.parent : null;
  const assignment = subscript?.field === 'left' ? subscript.parent : null;
  const label = subscript?.child('subscript');
  const value = assignment?.kind === 'assignment' ? assignment.child('right') : null;
  return assignment && label && value
    ? { node: assignment, name: stringValue(label) ?? '', label, value }
    : null;
}

function entriesOf(
  dict: PyNode,
  facts: Facts,
  calls: readonly Call[],
  isOnlySpread: boolean,
): readonly SpreadArgument[] {
  const shared = { calls, isOnlySpread };
  if (dict.kind === 'dictionary')
    return dict.named.flatMap((node) => {
      const label = node.kind === 'pair' ? node.child('key') : null;
      const value = node.child('value');
      const name = label && stringValue(label);
      return label && value && name ? [{ ...shared, node, name, label, value, list: dict }] : [];
    });
  const made = readCall(dict);
  if (!made || facts.qualifiedName(made.callee) !== 'builtins.dict') return [];
  return made.keywords.flatMap((argument) => {
    const label = argument.node.child('name');
    return label ? [{ ...shared, ...argument, label, list: made.list }] : [];
  });
}
