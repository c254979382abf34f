// Reads loops that run over data: which one a node stands in, which names each round binds anew, and which loops ask for one element only.
import { readCall, readMethodCall } from '../../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../../python/tree.ts';
import { functionOf } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';

const LOOPS: readonly string[] = [
  'for_statement',
  'list_comprehension',
  'set_comprehension',
  'dictionary_comprehension',
  'generator_expression',
];

/** The innermost loop whose body holds a node, in the same function. */
export function loopAround(node: PyNode): PyNode | null {
  for (let loop = enclosing(node, ...LOOPS); loop; loop = enclosing(loop, ...LOOPS)) {
    if (functionOf(loop) !== functionOf(node)) return null;
    if (loop.kind !== 'for_statement') {
      const clause = loop.children.find((child) => child.kind === 'for_in_clause');
      const iterable = clause?.child('right');
      if (iterable && contains(iterable, node)) continue;
      return loop;
    }
    const body = loop.child('body');
    if (body && contains(body, node)) return loop;
  }
  return null;
}

/** The names that each round binds anew, those derived from the target included. */
function targetsOf(loop: PyNode): ReadonlySet<string> {
  const clauses =
    loop.kind === 'for_statement'
      ? [loop]
      : loop.children.filter((child) => child.kind === 'for_in_clause');
  return new Set(
    clauses.flatMap((clause) => {
      const left = clause.child('left');
      return left ? descendants(left, 'identifier').map(({ text }) => text) : [];
    }),
  );
}

/** The targets of a loop, and what its body makes of them before a place. */
export function boundIn(loop: PyNode, node: PyNode): ReadonlySet<string> {
  const names = new Set(targetsOf(loop));
  const body = loop.child('body');
  if (loop.kind !== 'for_statement' || !body) return names;
  for (const each of descendants(body, 'assignment')) {
    const target = each.child('left');
    const value = each.child('right');
    if (target?.kind === 'identifier' && value && each.end <= node.start && mentions(value, names))
      names.add(target.text);
  }
  return names;
}

/** Whether an expression reads one of the names; those of attributes and keywords are none. */
export function mentions(node: PyNode, names: ReadonlySet<string>): boolean {
  return descendants(node, 'identifier').some(
    ({ text, field, parent }) =>
      names.has(text) &&
      field !== 'attribute' &&
      !(field === 'name' && parent?.kind === 'keyword_argument'),
  );
}

/** A loop over a handful of literals is no loop over data. */
export function runsOverConstants(loop: PyNode, facts: Facts): boolean {
  const clause =
    loop.kind === 'for_statement'
      ? loop
      : loop.children.find((child) => child.kind === 'for_in_clause');
  const iterable = clause?.child('right');
  return (
    !iterable ||
    LITERALS.test(iterable.kind) ||
    /^(range|count|itertools\.count|iter)\(/.test(iterable.text) ||
    isConstant(iterable, facts)
  );
}

const LITERALS = /^(list|tuple|set|dictionary|string)$/;

/** `USERS`, `USERS.items()`, `sorted(USERS)` of a literal that a module holds. */
function isConstant(node: PyNode, facts: Facts): boolean {
  const method = readMethodCall(node);
  if (method && /^(items|keys|values)$/.test(method.method.text))
    return isConstant(method.receiver, facts);
  const call = readCall(node);
  const [first] = call?.positional ?? [];
  if (call && first && /^(sorted|list|set|tuple|enumerate|reversed)$/.test(call.callee.text))
    return isConstant(first, facts);
  if (node.kind !== 'identifier') return false;
  if (node.text !== node.text.toUpperCase()) return isWritten(node, facts);
  const symbol = facts.symbols.symbolOf(facts.module, node);
  return symbol?.kind === 'definition' && LITERALS.test(symbol.binding.value?.kind ?? '');
}

/** A local variable of a display that is not empty: a handful of what is written there. */
function isWritten(node: PyNode, facts: Facts): boolean {
  const value = facts.definition(node)?.value;
  return (
    value !== null && value !== undefined && LITERALS.test(value.kind) && value.named.length > 0
  );
}

/** A loop that leaves in the round that finds something. */
export function endsAtOnce(node: PyNode, loop: PyNode): boolean {
  const body = loop.child('body');
  if (loop.kind !== 'for_statement' || !body) return false;
  return descendants(body, 'break_statement', 'return_statement').some(
    (each) => each.start > node.start,
  );
}

/** Whether a query of a loop can only be asked in its own round: by what an earlier round found, or for one element only. */
export function needsItsRound(node: PyNode, loop: PyNode): boolean {
  const body = loop.child('body');
  const list = node.child('arguments');
  if (loop.kind !== 'for_statement' || !body || !list) return false;
  const assignments = descendants(body, 'assignment', 'augmented_assignment');
  const targets = targetsOf(loop);
  const carried = new Set(
    assignments
      .filter((each) => each.end > node.end)
      .flatMap((each) => rootOf(each.child('left')))
      .filter((name) => !targets.has(name)),
  );
  for (const each of assignments) {
    const target = each.child('left');
    const value = each.child('right');
    if (
      target?.kind === 'identifier' &&
      each.end <= node.start &&
      value &&
      mentions(value, carried)
    )
      carried.add(target.text);
  }
  return mentions(list, carried) || isForOne(node, loop);
}

/** The variable that an assignment changes: `parent`, `parents[key]`. */
function rootOf(target: PyNode | null): readonly string[] {
  const root = target?.kind === 'subscript' ? target.named[0] : target;
  return root?.kind === 'identifier' ? [root.text] : [];
}

/** `if key == "owner":` around a node. */
function isForOne(node: PyNode, loop: PyNode): boolean {
  const targets = targetsOf(loop);
  for (let each = node; each.parent && each !== loop; each = each.parent) {
    const condition = each.parent.kind === 'if_statement' ? each.parent.child('condition') : null;
    if (!condition || each.kind !== 'block') continue;
    const [first] = condition.kind === 'boolean_operator' ? condition.named : [condition];
    if (first?.kind === 'comparison_operator' && / == /.test(first.text))
      if (first.named.some(({ kind, text }) => kind === 'identifier' && targets.has(text)))
        return true;
  }
  return false;
}
