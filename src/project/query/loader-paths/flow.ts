// Follows a loader option from where it is made to the queries that take it, through lists, variables and returns. It names no class.
import type { Lookup } from '../../../binder/scope.ts';
import { callsOfChain, readMethodCall, type MethodCall } from '../../../python/calls.ts';
import { stringValue } from '../../../python/strings.ts';
import { enclosing, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import { isLoaderFunction } from '../loader-options.ts';

/** Where a loader option arrives. */
export type LoaderSink =
  /** `query.options(…)`. */
  | { readonly kind: 'options'; readonly call: MethodCall }
  /** `session.get(User, 1, options=…)`. */
  | { readonly kind: 'get'; readonly call: MethodCall; readonly entity: PyNode }
  /** A function returns it. */
  | { readonly kind: 'returned'; readonly definition: PyNode };

/** Where the way of an option cannot be seen any more. */
export interface Lost {
  readonly node: PyNode;
  readonly why: string;
}

/** What becomes of a loader option. */
export interface LoaderFlow {
  readonly sinks: readonly LoaderSink[];
  readonly lost: Lost | null;
}

interface Tracing {
  readonly facts: Facts;
  readonly sinks: LoaderSink[];
  readonly seen: Set<PyNode>;
  lost: Lost | null;
}

const PASSING =
  /^(parenthesized_expression|list|tuple|set|list_splat|conditional_expression|boolean_operator|binary_operator|named_expression)$/;
const COMPREHENSION = /^(list_comprehension|set_comprehension|generator_expression)$/;
const COLLECTING = /^(append|extend|insert|add|update)$/;
const COPYING = /^(list|tuple|set|reversed)$/;
const HARMLESS = /^(bool|len|print|repr|str)$/;

/** Follows the value of an expression: one option, or several. */
export function followOption(option: PyNode, facts: Facts): LoaderFlow {
  const tracing: Tracing = { facts, sinks: [], seen: new Set(), lost: null };
  follow(option, tracing);
  return tracing;
}

function follow(node: PyNode, tracing: Tracing): void {
  const { parent } = node;
  if (!parent || tracing.seen.has(node)) return;
  tracing.seen.add(node);
  if (PASSING.test(parent.kind)) {
    if (parent.kind === 'conditional_expression' && parent.named[1] === node) return;
    if (parent.kind === 'named_expression') followTarget(parent, tracing);
    return follow(parent, tracing);
  }
  if (COMPREHENSION.test(parent.kind) && node.field === 'body') return follow(parent, tracing);
  switch (parent.kind) {
    case 'argument_list':
      return passed(node, parent.parent, tracing);
    // `tuple(option for …)`: the generator is the whole argument list.
    case 'call':
      return passed(node, parent, tracing);
    case 'keyword_argument':
      return passedByName(node, parent, tracing);
    case 'attribute':
      return continued(node, parent, tracing);
    case 'assignment':
    case 'augmented_assignment':
      return followTarget(parent, tracing);
    case 'for_in_clause':
    case 'for_statement':
      return followItems(node, parent, tracing);
    case 'return_statement':
    case 'yield':
      return returned(parent, tracing);
    default:
      lose(node, 'what becomes of it is not seen', tracing);
  }
}

function lose(node: PyNode, why: string, tracing: Tracing): void {
  tracing.lost ??= { node, why };
}

function passed(node: PyNode, callNode: PyNode | null, tracing: Tracing): void {
  const call = readMethodCall(callNode);
  const name = call?.method.text ?? callNode?.child('function')?.text ?? '';
  if (call && name === 'options')
    return isOfOption(call.receiver, tracing.facts)
      ? lose(node, 'it belongs to another option', tracing)
      : void tracing.sinks.push({ kind: 'options', call });
  if (call && COLLECTING.test(name) && call.receiver.kind === 'identifier')
    return followName(call.receiver, tracing);
  if (callNode && !call && COPYING.test(name)) return follow(callNode, tracing);
  lose(node, `\`${name}()\` is given it`, tracing);
}

/** Whether the object whose `.options()` is called is a loader option itself. */
function isOfOption(receiver: PyNode, facts: Facts): boolean {
  const [first] = callsOfChain(receiver) ?? [];
  if (first) return isLoaderFunction(facts.qualifiedName(first.callee));
  const source = receiver.kind === 'identifier' ? facts.definition(receiver)?.value : null;
  return source?.kind === 'call' && isOfOption(source, facts);
}

function passedByName(node: PyNode, argument: PyNode, tracing: Tracing): void {
  const call = readMethodCall(argument.parent?.parent ?? null);
  const [entity] = call?.positional ?? [];
  if (argument.child('name')?.text === 'options' && call?.method.text === 'get' && entity)
    tracing.sinks.push({ kind: 'get', call, entity });
  else lose(node, 'what becomes of it is not seen', tracing);
}

/** `option.load_only(…)` continues an option, as long as it names nothing in strings. */
function continued(node: PyNode, attribute: PyNode, tracing: Tracing): void {
  const call = readMethodCall(attribute.parent);
  if (!call || call.callee !== attribute || node.kind !== 'call')
    return lose(node, 'what becomes of it is not seen', tracing);
  if (call.positional.some((each) => each.kind !== 'attribute' && stringValue(each) !== '*'))
    return lose(call.node, 'the next link of its path may be a name in a string too', tracing);
  follow(call.node, tracing);
}

function followTarget(statement: PyNode, tracing: Tracing): void {
  const target = statement.child('left') ?? statement.child('name');
  if (target?.kind === 'identifier') followName(target, tracing);
  else lose(statement, `\`${target?.text ?? ''}\` keeps it`, tracing);
}

/** The items of a list of options, one by one. */
function followItems(node: PyNode, clause: PyNode, tracing: Tracing): void {
  const target = clause.child('left');
  if (node.field === 'right' && target?.kind === 'identifier') followName(target, tracing);
  else lose(node, 'what becomes of it is not seen', tracing);
}

/** Every reading of a variable of a function. */
function followName(name: PyNode, tracing: Tracing): void {
  const { binding } = tracing.facts;
  const lookup: Lookup | null = binding.lookup(name.text, name);
  if (!lookup || !/^(function|comprehension)$/.test(lookup.scope.kind))
    return lose(name, `\`${name.text}\` is no variable of a function`, tracing);
  if (lookup.bindings.some((each) => each.kind === 'parameter'))
    return lose(name, `\`${name.text}\` comes from the caller`, tracing);
  for (const each of binding.references(lookup.scope, name.text))
    if (!isHarmless(each)) follow(each, tracing);
}

/** A reading that changes the list, or only asks for something of it. */
function isHarmless(node: PyNode): boolean {
  const { parent } = node;
  if (!parent) return true;
  if (parent.kind === 'attribute' && node.field === 'object')
    return COLLECTING.test(parent.child('attribute')?.text ?? '');
  if (parent.kind === 'argument_list')
    return HARMLESS.test(parent.parent?.child('function')?.text ?? '');
  return (
    /^(not_operator|comparison_operator)$/.test(parent.kind) ||
    node.field === 'condition' ||
    (parent.kind === 'augmented_assignment' && node.field === 'left')
  );
}

function returned(statement: PyNode, tracing: Tracing): void {
  const definition = enclosing(statement, 'function_definition', 'lambda');
  if (definition?.kind === 'function_definition')
    tracing.sinks.push({ kind: 'returned', definition });
  else lose(statement, 'a lambda makes it', tracing);
}
