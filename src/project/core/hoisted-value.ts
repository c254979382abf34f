// Says whether the code around a call runs other code that may look at the database, so that the call needs a statement of its own. It knows no engines.
import { calledName, readCall } from '../../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';

/** Methods of containers, strings and loggers: none of them looks at a database. */
const HARMLESS =
  /^(add|append|assert\w*|critical|debug|error|exception|extend|format|get|info|insert|items|join|keys|log|lower|put|setdefault|strip|update|upper|values|warn|warning|write)$/;

/** The part of a statement or condition that has to be computed before the rest, `null` if there is none, or why it cannot be. */
export function valueBefore(
  call: PyNode,
  whole: PyNode,
  facts: Facts,
): PyNode | null | { readonly refusal: string } {
  const value = chainOf(call);
  const others = descendants(whole, 'call').filter(
    (other) => !contains(value, other) && mayLook(other, facts),
  );
  if (others.length === 0) return null;
  const isFirst = others.every((other) => other.start >= value.end || contains(other, value));
  const repeated = enclosing(value, ...REPEATED);
  const isOnce = repeated === null || !contains(whole, repeated);
  return isFirst && isOnce
    ? value
    : {
        refusal:
          '1.x committed it before the rest of the statement ran; give it a statement of its own',
      };
}

/** What runs its parts never, later, or more than once. */
const REPEATED: readonly string[] = [
  'boolean_operator',
  'conditional_expression',
  'dictionary_comprehension',
  'generator_expression',
  'lambda',
  'list_comprehension',
  'set_comprehension',
];

/** The attributes, subscripts and calls that follow a call. */
function chainOf(node: PyNode): PyNode {
  const { parent } = node;
  const goesOn =
    (parent?.kind === 'attribute' && parent.child('object') === node) ||
    (parent?.kind === 'call' && parent.child('function') === node) ||
    (parent?.kind === 'subscript' && parent.child('value') === node);
  return parent && goesOn ? chainOf(parent) : node;
}

/** Whether a statement may run code that looks at the database. */
export function looks(statement: PyNode, facts: Facts): boolean {
  return descendants(statement, 'call').some((call) => mayLook(call, facts));
}

/** Whether a call may run code that looks at the database. */
function mayLook(node: PyNode, facts: Facts): boolean {
  const call = readCall(node);
  if (!call) return true;
  if (facts.qualifiedName(call.callee)?.startsWith('builtins.') === true) return false;
  return call.callee.kind !== 'attribute' || !HARMLESS.test(calledName(node) ?? '');
}
