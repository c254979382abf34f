// What is known of an expression that may be a row of a result.
import { readCall, readMethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { Evidence } from '../values.ts';
import { isInstance } from './receivers.ts';

/** How well an expression is known to be a Row; `null` if it is not. */
export function rowEvidence(node: PyNode, facts: Facts): Evidence | null {
  return isInstance(node, ['sqlalchemy.Row'], facts);
}

/** What a missing key raised, and what a missing attribute raises. */
const MISSING =
  /\b(KeyError|LookupError|NoSuchColumnError|SQLAlchemyError|InvalidRequestError|AttributeError)\b/;

/** Whether a `try` statement around the node tells a missing key from a missing attribute. */
export function handlesMissingKey(node: PyNode): boolean {
  return handlers(node).some((head) => MISSING.test(head));
}

/** Whether a `try` statement around the node handles the index of None, but not an attribute of None. */
export function handlesNoRow(node: PyNode): boolean {
  return handlers(node).some(
    (head) => /\bTypeError\b/.test(head) && !/\bAttributeError\b/.test(head),
  );
}

/** The heads of the `except` clauses that guard the node within its function. */
function handlers(node: PyNode): readonly string[] {
  const heads: string[] = [];
  let inner = node;
  for (let each = node.parent; each && each.kind !== 'function_definition'; each = each.parent) {
    if (each.kind === 'try_statement' && inner.field === 'body')
      heads.push(...each.named.filter((clause) => clause.kind === 'except_clause').map(headOf));
    inner = each;
  }
  return heads;
}

function headOf(clause: PyNode): string {
  const body = clause.named.find((child) => child.kind === 'block');
  return clause.source.slice(clause.start, body?.start ?? clause.end);
}

/** Whether a name runs over the keys of a row or of a result: `for key in row.keys()`, `for key, value in row.items()`. */
export function isKeyVariable(node: PyNode, facts: Facts): boolean {
  const binding = node.kind === 'identifier' ? facts.definition(node) : null;
  const call = readMethodCall(binding?.value ?? null);
  if (!binding || !call || !/^(for|comprehension)$/.test(binding.kind)) return false;
  const ofKeys = binding.path.length === 0 && /^(iter)?keys$/.test(call.method.text);
  const ofItems =
    binding.path.length === 1 && binding.path[0] === 0 && /^(iter)?items$/.test(call.method.text);
  return (
    (ofKeys || ofItems) &&
    isInstance(
      call.receiver,
      ['sqlalchemy.Row', 'sqlalchemy.RowMapping', 'sqlalchemy.Result'],
      facts,
    ) === 'proven'
  );
}

const ITERATING: ReadonlySet<string> = new Set(
  'all any dict enumerate frozenset len list max min set sorted sum tuple zip'
    .split(' ')
    .map((name) => `builtins.${name}`),
);

/** Whether the place of an expression only iterates over it, measures it or tests membership: a view serves as well as a list. */
export function isIterated(node: PyNode, facts: Facts): boolean {
  const { parent } = node;
  switch (parent?.kind) {
    case 'for_statement':
    case 'for_in_clause':
      return node.field === 'right';
    case 'list_splat':
      return true;
    case 'comparison_operator':
      return parent.named.at(-1) === node && parent.token('in') !== null;
    case 'argument_list': {
      const call = readCall(parent.parent);
      if (!call) return false;
      if (ITERATING.has(facts.qualifiedName(call.callee) ?? '')) return true;
      return readMethodCall(call.node)?.method.text === 'join';
    }
    default:
      return false;
  }
}
