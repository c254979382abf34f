// Recognises sequences passed where SQLAlchemy 2.0 wants positional arguments, and unpacks them in place.
import { readCall } from '../../python/calls.ts';
import { bracketRemovals, isDisplay } from '../../python/displays.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Edit } from '../../edits/edit.ts';
import type { Facts } from '../facts.ts';
import type { RuleContext } from '../rule.ts';

const SEQUENCES: ReadonlySet<string> = new Set([
  'builtins.list',
  'builtins.tuple',
  'builtins.set',
  'builtins.sorted',
]);
const COMPREHENSIONS: ReadonlySet<string> = new Set([
  'list_comprehension',
  'set_comprehension',
  'generator_expression',
]);

/** Whether an expression is proven to be a plain sequence, not an object of SQLAlchemy that can be iterated. */
export function isSequence(node: PyNode, facts: Facts): boolean {
  if (isDisplay(node) || COMPREHENSIONS.has(node.kind)) return true;
  if (node.kind === 'parenthesized_expression')
    return node.named[0] !== undefined && isSequence(node.named[0], facts);
  if (node.kind === 'binary_operator') {
    const [left, right] = [node.child('left'), node.child('right')];
    if (!node.token('+') || !left || !right) return false;
    return isSequence(left, facts) || isSequence(right, facts);
  }
  const call = readCall(node);
  if (call && SEQUENCES.has(facts.qualifiedName(call.callee) ?? '')) return true;
  const inferred = facts.infer(node);
  if (inferred?.evidence !== 'proven') return isSequenceVariable(node, facts);
  const { value } = inferred;
  return value.kind === 'tuple' || (value.kind === 'instance' && SEQUENCES.has(value.of));
}

/** Whether every assignment that reaches a name gives it a sequence. */
function isSequenceVariable(node: PyNode, facts: Facts): boolean {
  if (node.kind !== 'identifier') return false;
  const bindings = facts.binding.reaching(node);
  return (
    bindings.length > 0 &&
    bindings.every(
      ({ kind, path, value }) =>
        (kind === 'assignment' || kind === 'augmented') &&
        path.length === 0 &&
        value !== null &&
        value !== node &&
        !mentions(value, node.text) &&
        isSequence(value, facts),
    )
  );
}

function mentions(value: PyNode, name: string): boolean {
  return (
    (value.kind === 'identifier' && value.text === name) ||
    value.children.some((child) => mentions(child, name))
  );
}

/** The edits that pass the items of a sequence one by one: brackets go, what is no display gets a star. `takesComma`: see bracketRemovals(). */
export function unpackEdits(
  node: PyNode,
  context: RuleContext,
  takesComma = false,
): readonly Edit[] {
  if (isDisplay(node))
    return bracketRemovals(node, takesComma).map((span) => context.replace(span, ''));
  if (node.kind === 'binary_operator') {
    const [left, right, plus] = [node.child('left'), node.child('right'), node.token('+')];
    if (left && right && plus)
      return [
        ...unpackEdits(left, context),
        context.replace({ start: left.end, end: plus.end }, ','),
        ...unpackEdits(right, context),
      ];
  }
  return [context.before(node, '*')];
}
