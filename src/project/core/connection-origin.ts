// Follows a Connection back to where it was opened, over functions, attributes and modules, to say in what transaction it executes. It rewrites nothing.
import { readMethodCall, readCall, type MethodCall } from '../../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Binding } from '../../binder/scope.ts';
import type { Facts } from '../facts.ts';
import { argumentFor } from '../infer/arguments.ts';
import { wrappingCalls } from '../infer/wrapped-calls.ts';
import type { Module } from '../modules.ts';
import { ENGINES, isInstance } from './receivers.ts';
import { commitsByItself, isSameName, transactionOf, type Transaction } from './transaction.ts';

/**
 * `handed`: a connection that was opened elsewhere, and on which no transaction is begun as far as is seen. `mixed`: some callers begin one, others
 * do not.
 */
export type OriginTransaction = Transaction | 'handed' | 'mixed';

const CONTROL = /^(begin|begin_nested|begin_twophase|commit|rollback|execution_options)$/;
const EXECUTES = /^(exec_driver_sql|execute|scalar|scalars)$/;
const FLUSH_EVENT = /^(before|after)_(insert|update|delete)$/;
const DEEPEST = 5;

/** The transaction in which `connection.execute(…)` runs, wherever the connection comes from. */
export function transactionFrom(connection: PyNode, facts: Facts): OriginTransaction {
  const own = transactionOf(connection, facts);
  if (own !== 'unknown') return own;
  const found = originOf(connection, facts, 0);
  return found === 'local' ? 'handed' : found;
}

/** The same of an expression that gives the connection; `local` where it was opened without a transaction. */
function originOf(node: PyNode, facts: Facts, depth: number): OriginTransaction {
  if (depth > DEEPEST) return 'unknown';
  const own = transactionOf(node, facts);
  if (own !== 'unknown') return own;
  if (node.kind === 'call') return ofCall(node, facts, depth);
  if (node.kind === 'attribute') return ofAttribute(node, facts, depth);
  const binding = node.kind === 'identifier' ? facts.definition(node) : null;
  if (!binding || binding.path.length > 0) return 'unknown';
  if (isControlled(node, binding.scope.node, facts)) return 'unknown';
  if (binding.kind === 'parameter') return ofParameter(binding, facts, depth);
  const isValue = binding.kind === 'assignment' || binding.kind === 'with';
  return binding.value && isValue ? originOf(binding.value, facts, depth + 1) : 'unknown';
}

/** `engine.connect()`, or a function of the project that gives a connection. */
function ofCall(node: PyNode, facts: Facts, depth: number): OriginTransaction {
  const method = readMethodCall(node);
  if (method && isInstance(method.receiver, ENGINES, facts) === 'proven') {
    if (method.method.text === 'begin') return 'begun';
    if (method.method.text !== 'connect') return 'unknown';
    return commitsByItself(method.receiver, facts) ? 'begun' : 'local';
  }
  const callee = readCall(node)?.callee;
  const symbol = callee ? facts.symbols.symbolOf(facts.module, callee) : null;
  if (symbol?.kind !== 'definition') return 'unknown';
  const given = facts.functionsOf(symbol.id).flatMap((each) =>
    descendants(each.node, 'return_statement', 'yield')
      .filter((statement) => enclosing(statement, 'function_definition', 'lambda') === each.node)
      .map(({ named }) =>
        named[0] ? originOf(named[0], facts.in(each.module), depth + 1) : 'unknown',
      ),
  );
  return together(given);
}

/** `self.connection`, by what the class assigns to it. */
function ofAttribute(node: PyNode, facts: Facts, depth: number): OriginTransaction {
  const owner = enclosing(node, 'class_definition');
  const name = node.child('attribute')?.text ?? '';
  if (!owner || node.child('object')?.text !== 'self' || isControlled(node, owner, facts))
    return 'unknown';
  if (facts.index.mentions(name).some((each) => isControlledOutside(each.node, owner)))
    return 'unknown';
  const values = descendants(owner, 'assignment')
    .filter((each) => each.child('left')?.text === node.text)
    .map((each) => each.child('right'))
    .filter((value) => value?.kind !== 'none');
  return together(values.map((value) => (value ? originOf(value, facts, depth + 1) : 'unknown')));
}

/** Whether other code begins or ends a transaction on an attribute of that name: `gateway.link.begin()`. */
function isControlledOutside(name: PyNode, owner: PyNode): boolean {
  const member = name.parent?.kind === 'attribute' ? name.parent.parent : null;
  return (
    member?.kind === 'attribute' &&
    !contains(owner, member) &&
    CONTROL.test(member.child('attribute')?.text ?? '')
  );
}

/** What the callers pass. */
function ofParameter(binding: Binding, facts: Facts, depth: number): OriginTransaction {
  const definition = enclosing(binding.statement, 'function_definition', 'lambda');
  if (definition?.kind !== 'function_definition') return 'unknown';
  // The Session flushes within its own transaction.
  if (facts.eventsOf(definition).some((name) => FLUSH_EVENT.test(name))) return 'begun';
  const passed = (call: PyNode, module: Module, skipped: number): OriginTransaction => {
    const argument = argumentFor(call, binding.statement, skipped);
    return typeof argument === 'string'
      ? 'unknown'
      : originOf(argument, facts.in(module), depth + 1);
  };
  const wrapping = wrappingCalls(facts.module, definition, facts.symbols, (id) =>
    facts.functionsOf(id),
  );
  if (wrapping) return together(wrapping.map(({ call, module }) => passed(call, module, 0)));
  const { calls, open } = facts.callersOf(definition);
  const found = together(calls.map(({ call, module, skipped }) => passed(call, module, skipped)));
  return open && found === 'begun' ? 'unknown' : found;
}

function together(given: readonly OriginTransaction[]): OriginTransaction {
  const [first, ...others] = given;
  if (first === undefined) return 'unknown';
  if (others.every((each) => each === first)) return first;
  return given.some((each) => each === 'local' || each === 'mixed') ? 'mixed' : 'unknown';
}

/** Whether code begins or ends transactions on a connection; commits right after other writes say nothing. */
function isControlled(connection: PyNode, within: PyNode, facts: Facts): boolean {
  return descendants(within, 'call')
    .map((call) => readMethodCall(call))
    .filter((call) => call !== null)
    .some(
      (call) =>
        isSameName(call.receiver, connection, facts) &&
        CONTROL.test(call.method.text) &&
        !isAfterOther(call, connection),
    );
}

function isAfterOther({ node, method }: MethodCall, place: PyNode): boolean {
  const statement = node.parent;
  if (method.text !== 'commit' || statement?.kind !== 'expression_statement') return false;
  const siblings = statement.parent?.named ?? [];
  const previous = siblings[siblings.indexOf(statement) - 1];
  return (
    previous !== undefined &&
    !contains(previous, place) &&
    descendants(previous, 'call')
      .map((call) => readMethodCall(call))
      .some((call) => call?.receiver.text === place.text && EXECUTES.test(call.method.text))
  );
}
