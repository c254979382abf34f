// Follows queries out of functions, as results. Every call of the function has to be seen.
import type { Binding } from '../../../binder/scope.ts';
import { descendants, enclosing, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import { argumentFor } from '../../infer/arguments.ts';
import type { Call } from '../../infer/call-sites.ts';
import type { FunctionSource } from '../../infer/tracer.ts';
import type { Module } from '../../modules.ts';
import { placeOf } from '../../place.ts';
import { addReads, relatedTo } from './attributes.ts';
import { doubtfulCall } from './doubtful.ts';
import { bindingAt, itemsOf, takenFrom } from './elements.ts';
import { familyOf, moved, parametersOf, propertyOf, receiverOf, unusual } from './functions.ts';
import type { Carried, ElementSlot, Source } from './group.ts';
import { narrowed } from './narrowed.ts';
import { sessionOfResult, sessionOutside } from './session-moves.ts';
import { carriedBy, withRows, type FlowState } from './state.ts';
import type { Trace } from './trace.ts';

/** The function returns a query of the group: so do its other returns, and all calls of it give one. */
export function resultSources(
  source: Source,
  definition: PyNode,
  index: number | null,
  trace: Trace,
): void {
  const { module } = source;
  const { facts } = trace.contextOf(module);
  if (definition.kind === 'lambda') {
    trace.addEdge({ from: source, to: definition, carry: null });
    return callsOfLambda(module, definition, trace);
  }
  const family = familyOf(facts.index.functionAt(module, definition), facts);
  const [slot] = family;
  if (!slot) return;
  const own = facts.index.functionAt(module, definition);
  const parameters = parametersOf(own).map(({ binding }) => binding);
  trace.addEdge({
    from: source,
    to: slotOf(slot, index, trace),
    carry: (state) => ({
      ...state,
      ...carriedBy(state, (each) => sessionOfResult(each, parameters, own)),
    }),
  });
  giveResults(family, index, module, definition, trace);
}

/** A call has to give a query of the group; `false` if it calls no function of the project. */
export function callSources(
  module: Module,
  node: PyNode,
  index: number | null,
  trace: Trace,
): boolean {
  const { facts } = trace.contextOf(module);
  const call = node.kind === 'await' ? node.named[0] : node;
  const callee = call?.kind === 'call' ? call.child('function') : null;
  const lambda = callee?.kind === 'identifier' ? facts.definition(callee)?.value : null;
  if (lambda?.kind === 'lambda' && index === null && call === node) {
    callsOfLambda(module, lambda, trace);
    return true;
  }
  const value = callee ? facts.infer(callee)?.value : null;
  const [called] = value?.kind === 'function' ? facts.index.functionsById(value.id) : [];
  if (!called) return false;
  giveResults(familyOf(called, facts), index, module, node, trace);
  return true;
}

/** A `lambda` that has one name, which is only called: all its calls give what it returns. */
function callsOfLambda(module: Module, lambda: PyNode, trace: Trace): void {
  if (!trace.isNew(lambda)) return;
  const left = lambda.parent?.kind === 'assignment' ? lambda.parent.child('left') : null;
  const bound = left?.kind === 'identifier' ? bindingAt(left, module.binding) : null;
  const reads = bound ? module.binding.references(bound.scope, bound.name) : [];
  const isOnly =
    bound?.scope.bindings.get(bound.name)?.length === 1 &&
    /^(function|lambda)$/.test(bound.scope.kind);
  const other = reads.find((read) => read.field !== 'function' || read.parent?.kind !== 'call');
  const body = lambda.child('body');
  if (!isOnly || other || !body)
    return trace.block(
      module,
      other ?? lambda,
      'a `lambda` returns it, whose calls are not all seen',
    );
  trace.require(module, body);
  for (const { parent } of reads)
    if (parent) trace.addSource({ module, node: parent, reads: [lambda], carried: null });
}

/** An attribute that a property gives; `false` if it is none. */
export function propertySources(module: Module, node: PyNode, trace: Trace): boolean {
  const { facts } = trace.contextOf(module);
  const object = node.child('object');
  const name = node.child('attribute')?.text ?? '';
  const value = object ? facts.infer(object)?.value : null;
  const owner = value?.kind === 'instance' ? facts.index.classById(value.of) : null;
  for (const each of owner ? facts.index.ancestors(owner) : []) {
    if (each === null || typeof each === 'string') continue;
    const [bound] = each.scope.bindings.get(name) ?? [];
    if (!bound) continue;
    const source =
      bound.kind === 'function' && bound.value
        ? facts.index.functionAt(each.module, bound.value)
        : null;
    if (!source || !propertyOf(source)) return false;
    giveResults(familyOf(source, facts), null, module, node, trace);
    return true;
  }
  return false;
}

/** Demands that all functions of a family return queries, and adds their calls. */
function giveResults(
  family: readonly FunctionSource[],
  index: number | null,
  module: Module,
  at: PyNode,
  trace: Trace,
): void {
  const [slot] = family;
  if (!slot || !trace.isNew(slotOf(slot, index, trace))) return;
  let count = 0;
  for (const each of family) {
    const isProperty = propertyOf(each);
    const problem = isProperty ? null : unusual(each, trace.contextOf(each.module).facts);
    if (problem !== null) return trace.block(each.module, each.node, problem);
    for (const value of returnedValues(each.node)) requireResult(each.module, value, index, trace);
    if (isProperty) {
      count += readsOfProperty(each, slotOf(slot, index, trace), trace);
      continue;
    }
    const found = trace.contextOf(each.module).facts.callsOf(each);
    const { calls, escapes } = found;
    if (escapes)
      return trace.block(
        escapes.module,
        escapes.node,
        `\`${each.name}\`, which returns it, is handed on`,
      );
    const other = doubtfulCall(found, each);
    if (other)
      return trace.block(
        other.module,
        other.call,
        `\`${each.name}()\`, which returns it, may be called here`,
      );
    count += calls.length;
    for (const call of calls) addCall(call, each, slotOf(slot, index, trace), trace);
  }
  if (count === 0)
    trace.doubt(
      `nothing in the project calls \`${slot.name}()\`, which returns it: callers elsewhere would get a statement (${placeOf(module, at)})`,
    );
}

/** Everything that reads a property; how many that are. */
function readsOfProperty(source: FunctionSource, slot: PyNode | ElementSlot, trace: Trace): number {
  const { owner, name, module } = source;
  if (!owner) return 0;
  const { facts } = trace.contextOf(module);
  const attribute = trace.attribute(relatedTo(owner, facts), name);
  return addReads(attribute, slot, module, trace, (session, object, at, reader) =>
    sessionOutside(session, (position) => (position === 0 ? object : null), at, source, reader),
  );
}

/** What holds what a family of functions returns. */
function slotOf(
  { node }: FunctionSource,
  index: number | null,
  trace: Trace,
): PyNode | ElementSlot {
  return index === null ? node : trace.element(node, index);
}

function requireResult(module: Module, value: PyNode, index: number | null, trace: Trace): void {
  if (index === null) return trace.require(module, value);
  const item = itemsOf(value)?.[index];
  if (item) trace.require(module, item);
  else trace.block(module, value, 'a tuple that is not written out is returned here');
}

function addCall(
  call: Call,
  callee: FunctionSource,
  slot: PyNode | ElementSlot,
  trace: Trace,
): void {
  const { module } = call;
  const awaited = call.call.parent?.kind === 'await' ? call.call.parent : null;
  if (call.given || (callee.isAsync && !awaited))
    return trace.block(module, call.call, `\`${callee.name}()\`, which returns it, is handed on`);
  const { facts } = trace.contextOf(module);
  const whole = callee.isAsync && awaited ? awaited : call.call;
  const carried: Carried = (state, valueOf) =>
    restored(
      narrowed(outside(state, call, callee, facts), module, (each) => trace.contextOf(each).facts),
      call,
      valueOf,
    );
  if (!('index' in slot) || slot.kind !== 'element-slot')
    return trace.addSource({ module, node: whole, reads: [slot], carried });
  const taken = takenFrom(whole, slot.index, module.binding);
  switch (taken?.kind) {
    case 'name':
      return trace.addSource({
        module,
        node: taken.binding.node,
        reads: [slot],
        carried,
        destination: { kind: 'bindings', bindings: [taken.binding] },
      });
    case 'index':
      return trace.addSource({ module, node: taken.node, reads: [slot], carried });
    case 'others':
      return;
    default:
      trace.block(module, whole, `\`${callee.name}()\` gives it here in a tuple`);
  }
}

function outside(state: FlowState, call: Call, callee: FunctionSource, facts: Facts): FlowState {
  const receiver = receiverOf(call, callee);
  const passed = (position: number): PyNode | null => {
    if (receiver && position === 0) return receiver.node;
    const parameter = parametersOf(callee)[position]?.parameter;
    const argument = parameter ? argumentFor(call.call, parameter, call.skipped) : 'unknown';
    return typeof argument === 'string' ? null : argument;
  };
  return {
    ...moved(state, callee.module === call.module),
    ...carriedBy(state, (each) => sessionOutside(each, passed, call.call, callee, facts)),
  };
}

/** What the function left as it was given is what this call gave it. */
function restored(
  state: FlowState,
  call: Call,
  valueOf: (argument: PyNode) => FlowState | null,
): FlowState {
  const given = (token: Binding | null): FlowState | null => {
    const argument = token ? argumentFor(call.call, token.statement, call.skipped) : 'unknown';
    return typeof argument === 'string' ? null : valueOf(argument);
  };
  const { items, joinpoint, rows, session } = state.passed;
  const itemsFrom = given(items);
  const joinpointFrom = given(joinpoint);
  const rowsFrom = given(rows);
  const sessionFrom = given(session);
  return {
    ...(rowsFrom ? withRows(state, rowsFrom) : state),
    ...(itemsFrom ? { items: itemsFrom.items, model: itemsFrom.model } : {}),
    ...(joinpointFrom ? { joinpoint: joinpointFrom.joinpoint, root: joinpointFrom.root } : {}),
    ...(sessionFrom ? { session: sessionFrom.session } : {}),
    passed: {
      items: itemsFrom?.passed.items ?? null,
      joinpoint: joinpointFrom?.passed.joinpoint ?? null,
      rows: rowsFrom?.passed.rows ?? null,
      session: sessionFrom?.passed.session ?? null,
    },
  };
}

function returnedValues(definition: PyNode): readonly PyNode[] {
  return descendants(definition, 'return_statement')
    .filter(
      (each) => enclosing(each, 'function_definition', 'lambda', 'class_definition') === definition,
    )
    .flatMap((each) => each.named.slice(0, 1));
}
