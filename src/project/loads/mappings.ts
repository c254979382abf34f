// What the values of a dict are made of, and which part of a row an expression reads. It follows no values.
import { readMethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Binding } from '../../binder/scope.ts';
import type { Facts } from '../facts.ts';
import { opened } from './executed.ts';
import { resultOf, type Execution } from './result.ts';

/** The expressions that a dict display or comprehension gives as values. */
export function displayedValues(node: PyNode): readonly PyNode[] {
  if (node.kind === 'dictionary_comprehension') {
    const value = node.child('body')?.child('value');
    return value ? [value] : [];
  }
  if (node.kind !== 'dictionary') return [];
  return node.named.flatMap((pair) => (pair.kind === 'pair' ? (pair.child('value') ?? []) : []));
}

/** The expressions that code puts into the dict of a local variable, `users[key] = user`, which an assignment makes. */
export function putInto({ value, name }: Binding, facts: Facts): readonly PyNode[] {
  if (!value || !/^(\{\s*\}|dict\(\)|\w*[dD]ict\(.*\))$/.test(value.text)) return [];
  const place = facts.binding.lookup(name, value);
  if (place?.scope.kind !== 'function') return [];
  return facts.binding.references(place.scope, name).flatMap((reference) => {
    const item = reference.parent;
    const assignment = item?.kind === 'subscript' ? item.parent : null;
    const right = assignment?.kind === 'assignment' ? assignment.child('right') : null;
    return item?.named[0] === reference && item.field === 'left' && right ? [right] : [];
  });
}

/** The dict whose value an expression gives: `users.get(key)`, `users.pop(key)`. */
export function mappingBehind(node: PyNode): PyNode | null {
  const call = readMethodCall(node);
  return call && /^(get|pop|setdefault)$/.test(call.method.text) && call.positional.length > 0
    ? call.receiver
    : null;
}

/** A row that an expression reads, and the index of what it reads of it: `row[0]`, `row.User`. */
export function rowItem(
  node: PyNode,
  facts: Facts,
): { readonly rows: Execution; readonly index: number } | null {
  const row = node.kind === 'attribute' ? node.child('object') : node.named[0];
  if (row?.kind !== 'identifier') return null;
  const rows = rowsOf(row, facts);
  if (!rows) return null;
  const index = node.kind === 'attribute' ? namedIndex(node, rows) : Number(node.named[1]?.text);
  return Number.isInteger(index) && index >= 0 ? { rows, index } : null;
}

/** The result that the row of a variable is of. */
export function rowsOf(row: PyNode, facts: Facts): Execution | null {
  const [binding, ...others] = facts.binding.reaching(row);
  if (!binding?.value || others.length > 0 || binding.path.length > 0) return null;
  const value = opened(binding.value);
  const one = binding.kind === 'assignment' ? readMethodCall(value) : null;
  const isOne = one !== null && /^(one|one_or_none|first|fetchone)$/.test(one.method.text);
  const each = binding.kind === 'for' || binding.kind === 'comprehension' ? value : null;
  const source = isOne ? one.receiver : each;
  const result = source && resultOf(source, facts);
  return result?.shape === 'rows' ? result : null;
}

function namedIndex(node: PyNode, { statements }: Execution): number {
  const name = node.child('attribute')?.text;
  const [first] = statements;
  return (first?.head.positional ?? []).findIndex(({ text }) => text.split('.').at(-1) === name);
}
