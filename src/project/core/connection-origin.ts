// Tells whether a Connection that comes from elsewhere (a parameter, an attribute of `self`, a function of the project) was just opened, with no transaction begun.
// It looks at how the connection is made, not at what is executed on it.
import type { Binding } from '../../binder/scope.ts';
import { readCall, readMethodCall, type MethodCall } from '../../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { argumentFor } from '../infer/arguments.ts';
import { ENGINES, isInstance } from './receivers.ts';

/** The methods that say what transaction a connection has. */
export const CONTROL =
  /^(begin|begin_nested|begin_twophase|commit|rollback|transaction|execution_options)$/;

/** Whether a value is `engine.connect()`, or a call of a function of the project that does nothing but open one. */
export function opens(value: PyNode | null, facts: Facts): boolean {
  return opensHere(value, facts) || openedByFunction(value, facts);
}

function opensHere(value: PyNode | null, facts: Facts): boolean {
  const made = readMethodCall(value);
  return (
    made?.method.text === 'connect' &&
    made.list.named.length === 0 &&
    isInstance(made.receiver, ENGINES, facts) === 'proven' &&
    !/\bAUTOCOMMIT\b/.test(facts.module.tree.text)
  );
}

function openedByFunction(value: PyNode | null, facts: Facts): boolean {
  const call = readCall(value);
  const symbol = call && facts.symbols.symbolOf(facts.module, call.callee);
  if (symbol?.kind !== 'definition') return false;
  const [definition, another] = facts.functionsOf(symbol.id);
  if (!definition || another) return false;
  const calls = methodCalls(definition.node);
  const inner = facts.in(definition.module);
  return (
    calls.every(({ method }) => !CONTROL.test(method.text)) &&
    calls.some(({ node }) => opensHere(node, inner))
  );
}

/** What the callers pass for a parameter; `null` where not all of them are seen. */
export function passedTo(
  binding: Binding,
  facts: Facts,
): readonly { readonly node: PyNode; readonly facts: Facts }[] | null {
  if (binding.scope.node.kind !== 'function_definition') return null;
  const { calls, open } = facts.callersOf(binding.scope.node);
  if (open || calls.length === 0) return null;
  const passed = calls.map(({ module, call, skipped }) => {
    const argument = argumentFor(call, binding.statement, skipped);
    return typeof argument === 'string' ? null : { node: argument, facts: facts.in(module) };
  });
  return passed.every((each) => each !== null) ? passed : null;
}

/** Whether `self.connection` is opened by its class, and nothing in the project begins or ends a transaction on an attribute of that name. */
export function isOpenedAttribute(connection: PyNode, facts: Facts): boolean {
  const name = connection.child('attribute')?.text ?? '';
  const owner = enclosing(connection, 'class_definition');
  if (connection.child('object')?.text !== 'self' || !owner) return false;
  const values = descendants(owner, 'assignment')
    .filter((each) => each.child('left')?.text === connection.text)
    .map((each) => each.child('right'))
    .filter((value) => value?.kind !== 'none');
  return (
    values.length > 0 &&
    values.every((value) => opens(value, facts)) &&
    facts.index.mentions(name).every(({ node }) => !isControlled(node))
  );
}

/** `self.connection.begin`, at the node `connection`. */
function isControlled(node: PyNode): boolean {
  const member = node.parent?.parent;
  return (
    node.parent?.kind === 'attribute' &&
    member?.kind === 'attribute' &&
    CONTROL.test(member.child('attribute')?.text ?? '')
  );
}

function methodCalls(within: PyNode): readonly MethodCall[] {
  return descendants(within, 'call')
    .map((call) => readMethodCall(call))
    .filter((call) => call !== null);
}
