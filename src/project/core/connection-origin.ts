// Follows a Connection back to where it was opened, over functions, attributes and modules, to say in what transaction it executes. It rewrites nothing.
import { readMethodCall, readCall, type MethodCall } from '../../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Binding } from '../../binder/scope.ts';
import type { Facts } from '../facts.ts';
import { argumentFor } from '../infer/arguments.ts';
import { additionsTo, additionsToAttribute, type Addition } from '../infer/lists.ts';
import type { FunctionSource } from '../infer/tracer.ts';
import { DICT } from '../infer/value.ts';
import { wrappingCalls } from '../infer/wrapped-calls.ts';
import type { Module } from '../modules.ts';
import type { Inferred } from '../values.ts';
import { CONNECTIONS, ENGINES, isInstance } from './receivers.ts';
import { commitsByItself, isSameName, transactionOf, type Transaction } from './transaction.ts';

/**
 * `handed`: a connection that was opened elsewhere, and on which no transaction is begun as far as is seen. `mixed`: some callers begin one, others
 * do not.
 */
export type OriginTransaction = Transaction | 'handed' | 'mixed';

const CONTROL = /^(begin|begin_nested|begin_twophase|commit|rollback|execution_options)$/;
const EXECUTES = /^(exec_driver_sql|execute|scalar|scalars)$/;
const FLUSH_EVENT = /^(before|after)_(insert|update|delete)$/;
const READS_ITEM = /^(get|setdefault)$/;
const ADDS_ONE = /^(append|insert|setdefault)$/;
const PROPERTY = /(^|\.)(\w*property|\w*reify)$/;
const KEEPING = /(^|\.)((cached|lazy|memoized)_?property|reify)$/;
const STATEMENTS: readonly string[] = ['expression_statement', 'return_statement'];
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
  if (node.kind === 'subscript') return ofItem(node.child('value'), facts, depth);
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
  if (method && READS_ITEM.test(method.method.text) && isDict(method.receiver, facts))
    return ofItem(method.receiver, facts, depth);
  const callee = readCall(node)?.callee;
  const symbol = callee ? facts.symbols.symbolOf(facts.module, callee) : null;
  if (symbol?.kind !== 'definition') return 'unknown';
  return together(
    facts
      .functionsOf(symbol.id)
      .flatMap((each) =>
        givenBy(each).map((value) =>
          value ? originOf(value, facts.in(each.module), depth + 1) : 'unknown',
        ),
      ),
  );
}

function givenBy({ node }: { readonly node: PyNode }): readonly (PyNode | null)[] {
  return descendants(node, 'return_statement', 'yield')
    .filter((statement) => enclosing(statement, 'function_definition', 'lambda') === node)
    .map(({ named }) => named[0] ?? null);
}

function isDict(node: PyNode, facts: Facts): boolean {
  const value = facts.infer(node)?.value;
  return value?.kind === 'instance' && value.of === DICT;
}

/** `connections[key]`, by what is put into the list or dict. */
function ofItem(holder: PyNode | null, facts: Facts, depth: number): OriginTransaction {
  if (!holder) return 'unknown';
  const additions = additionsOf(holder, facts);
  return together(
    additions.map(({ module, method, argument }) =>
      argument && ADDS_ONE.test(method)
        ? originOf(argument, facts.in(module), depth + 1)
        : 'unknown',
    ),
  );
}

function additionsOf(holder: PyNode, facts: Facts): readonly Addition[] {
  if (holder.kind === 'identifier') {
    const bindings = facts.binding.lookup(holder.text, holder)?.bindings ?? [];
    const [binding] = bindings;
    return binding && bindings.length === 1 ? additionsTo(facts.module, binding) : [];
  }
  const object = holder.kind === 'attribute' ? holder.child('object') : null;
  const value = object && facts.infer(object)?.value;
  const source = value?.kind === 'instance' ? facts.index.classById(value.of) : null;
  if (!source) return [];
  const infer = (module: Module, node: PyNode): Inferred | null => facts.in(module).infer(node);
  return additionsToAttribute({ index: facts.index, infer }, source, holder);
}

/** `self.connection`, by what the class assigns to it, or what its property gives. */
function ofAttribute(node: PyNode, facts: Facts, depth: number): OriginTransaction {
  const property = propertyOf(node, facts);
  if (property) return ofProperty(node, property, facts, depth);
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

function propertyOf(node: PyNode, facts: Facts): FunctionSource | null {
  const object = node.child('object');
  const name = node.child('attribute')?.text ?? '';
  const value = object && facts.infer(object)?.value;
  const source = value?.kind === 'instance' ? facts.index.classById(value.of) : null;
  if (!source) return null;
  for (const each of facts.index.ancestors(source)) {
    if (each === null || typeof each === 'string') continue;
    const found = each.scope.bindings.get(name);
    if (!found) continue;
    const defined = found[0]?.kind === 'function' ? found[0].value : null;
    const method = defined && facts.index.functionAt(each.module, defined);
    return method && method.decorators.some(({ text }) => PROPERTY.test(text)) ? method : null;
  }
  return null;
}

/** A property that gives the connection that it keeps; one that opens another each time tells nothing of the one that is read here. */
function ofProperty(
  node: PyNode,
  property: FunctionSource,
  facts: Facts,
  depth: number,
): OriginTransaction {
  const home = facts.in(property.module);
  const keeps = property.decorators.some(({ text }) => KEEPING.test(text));
  const found = together(
    givenBy(property).map((value) =>
      value && (keeps || isKept(value, home)) ? originOf(value, home, depth + 1) : 'unknown',
    ),
  );
  if (found !== 'local') return found;
  if (isCommittedNext(node)) return 'unknown';
  const owner = property.owner?.node ?? property.node;
  const isBegun =
    facts.index.mentions(property.name).some((each) => isControlledOutside(each.node, owner)) ||
    controls(owner).some(
      (call) => !commitsWrite(call) && isInstance(call.receiver, CONNECTIONS, home) !== null,
    );
  return isBegun ? 'mixed' : found;
}

function isKept(value: PyNode, facts: Facts): boolean {
  if (value.kind === 'subscript' || value.kind === 'attribute') return true;
  const call = readMethodCall(value);
  if (call) return READS_ITEM.test(call.method.text) && isDict(call.receiver, facts);
  return false;
}

/** Whether the next statement commits on what the place names. */
function isCommittedNext(place: PyNode): boolean {
  const statement = enclosing(place, ...STATEMENTS);
  const siblings = statement?.parent?.named ?? [];
  const next = statement ? siblings[siblings.indexOf(statement) + 1] : undefined;
  return next?.kind === 'expression_statement' && next.text === `${place.text}.commit()`;
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
  return controls(within).some(
    (call) => isSameName(call.receiver, connection, facts) && !isAfterOther(call, connection),
  );
}

/** The calls that begin or end transactions. */
function controls(within: PyNode): readonly MethodCall[] {
  return descendants(within, 'call')
    .map((call) => readMethodCall(call))
    .filter((call) => call !== null)
    .filter((call) => CONTROL.test(call.method.text));
}

function isAfterOther(call: MethodCall, place: PyNode): boolean {
  const previous = writeBefore(call);
  return previous !== null && call.receiver.text === place.text && !contains(previous, place);
}

function commitsWrite(call: MethodCall): boolean {
  return writeBefore(call) !== null;
}

/** The statement that executes on the connection right before `connection.commit()`. */
function writeBefore({ node, method, receiver }: MethodCall): PyNode | null {
  const statement = node.parent;
  if (method.text !== 'commit' || statement?.kind !== 'expression_statement') return null;
  const siblings = statement.parent?.named ?? [];
  const previous = siblings[siblings.indexOf(statement) - 1];
  const executes =
    previous !== undefined &&
    descendants(previous, 'call')
      .map((call) => readMethodCall(call))
      .some((call) => call?.receiver.text === receiver.text && EXECUTES.test(call.method.text));
  return executes ? previous : null;
}
