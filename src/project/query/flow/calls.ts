// Follows queries into functions, as arguments, and out of them, as results. Every call of the function has to be seen.
import type { Binding } from '../../../binder/scope.ts';
import { descendants, enclosing, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import { argumentFor } from '../../infer/arguments.ts';
import type { Call } from '../../infer/call-sites.ts';
import { firstParameter } from '../../infer/settings-of-self.ts';
import type { ClassSource, FunctionSource } from '../../infer/tracer.ts';
import type { Module } from '../../modules.ts';
import { placeOf } from '../place.ts';
import { addReads, relatedTo } from './attributes.ts';
import { doubtfulCall } from './doubtful.ts';
import { itemsOf, takenFrom } from './elements.ts';
import type { Carried, ElementSlot, Source } from './group.ts';
import { sessionInside, sessionOfResult, sessionOutside } from './session.ts';
import { withRows, type FlowState } from './state.ts';
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
  if (definition.kind === 'lambda')
    return trace.block(module, definition, 'a `lambda` returns it, whose callers are not known');
  const family = familyOf(facts.index.functionAt(module, definition), facts);
  const [slot] = family;
  if (!slot) return;
  const own = facts.index.functionAt(module, definition);
  const parameters = parametersOf(own).map(({ binding }) => binding);
  trace.addEdge({
    from: source,
    to: slotOf(slot, index, trace),
    carry: (state) => ({ ...state, session: sessionOfResult(state.session, parameters, own) }),
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
  const value = callee ? facts.infer(callee)?.value : null;
  const [called] = value?.kind === 'function' ? facts.index.functionsById(value.id) : [];
  if (!called) return false;
  giveResults(familyOf(called, facts), index, module, node, trace);
  return true;
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

const PROPERTY = /(^|\.)(cached_)?property$/;

function propertyOf({ decorators, owner }: FunctionSource): boolean {
  return owner !== null && decorators.length === 1 && PROPERTY.test(decorators[0]?.text ?? '');
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
    restored(outside(state, call, callee, facts), call, valueOf);
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
    session: sessionOutside(state.session, passed, call.call, callee, facts),
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
    ...(itemsFrom ? { items: itemsFrom.items } : {}),
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

/** The query is passed to a function of the project. */
export function passTo(source: Source, node: PyNode, argument: PyNode, trace: Trace): void {
  const { module } = source;
  const { facts } = trace.contextOf(module);
  const callee = node.child('function');
  const value = callee ? facts.infer(callee)?.value : null;
  const name = (callee?.text ?? '').replaceAll(/\s+/g, ' ').slice(-60);
  const [called] =
    value?.kind === 'function'
      ? facts.index.functionsById(value.id)
      : value?.kind === 'class'
        ? constructorsOf(value.id, facts)
        : [];
  if (!called || (value?.kind !== 'function' && value?.kind !== 'class'))
    return trace.block(module, node, `it is passed to \`${name}()\``);
  const skipped = value.kind === 'class' || value.self ? 1 : 0;
  const call: Call = { module, call: node, skipped, given: null };
  const family = familyOf(called, facts);
  let token: Binding | null = null;
  for (const each of family) {
    const found = parametersOf(each).find(
      ({ parameter }) => argumentFor(node, parameter, skipped) === argument,
    );
    if (!found)
      return trace.block(
        module,
        node,
        `it is passed to \`${name}()\`, which collects it with others`,
      );
    token ??= found.binding;
    trace.addEdge({ from: source, to: found.binding, carry: inside(call, each, token, facts) });
    trace.hold(each.module, found.binding);
  }
}

/** Demands that every call passes a query of the group for a parameter. */
export function requireArguments(module: Module, binding: Binding, trace: Trace): void {
  const { facts } = trace.contextOf(module);
  const definition = enclosing(binding.statement, 'function_definition', 'lambda');
  if (definition?.kind !== 'function_definition')
    return trace.block(module, binding.node, `what \`${binding.name}\` is given, is not known`);
  const source = facts.index.functionAt(module, definition);
  const problem = unusual(source, facts);
  if (problem !== null) return trace.block(module, definition, problem);
  if (binding.statement.text.startsWith('*'))
    return trace.block(
      module,
      binding.node,
      `\`${binding.statement.text}\` collects it with others`,
    );
  const found = facts.callsOf(source);
  const { calls, escapes } = found;
  if (escapes)
    return trace.block(
      escapes.module,
      escapes.node,
      `\`${source.name}\`, which is given it, is handed on`,
    );
  const other = doubtfulCall(found, source);
  if (other)
    return trace.block(
      other.module,
      other.call,
      `\`${source.name}()\`, which is given it, may be called here`,
    );
  if (calls.length === 0) {
    if (binding.value) trace.require(module, binding.value);
    trace.doubt(
      `nothing in the project calls \`${source.name}()\`: callers elsewhere would have to pass a statement for \`${binding.name}\` (${placeOf(module, definition)})`,
    );
  }
  for (const call of calls) {
    const argument = argumentFor(call.call, binding.statement, call.skipped);
    if (call.given || argument === 'unknown')
      return trace.block(
        call.module,
        call.call,
        `what is passed for \`${binding.name}\` is not known`,
      );
    if (argument !== 'default') trace.require(call.module, argument);
    else if (binding.value) trace.require(module, binding.value);
  }
}

/** The function with those that override it or that it overrides: a call may mean each of them. Sorted. */
export function familyOf(source: FunctionSource, facts: Facts): readonly FunctionSource[] {
  const { owner, name } = source;
  if (!owner || name === '__init__') return [source];
  const { index } = facts;
  const above = index.ancestors(owner).filter((each) => each !== null && typeof each !== 'string');
  const classes = new Set<ClassSource>(
    [owner, ...above].flatMap((each) => [each, ...index.descendants(each)]),
  );
  const found = new Set<FunctionSource>([source]);
  for (const each of classes) {
    if (!isRelated(each, owner, facts)) continue;
    for (const { kind, value } of each.scope.bindings.get(name) ?? [])
      if (kind === 'function' && value) found.add(index.functionAt(each.module, value));
  }
  return [...found].toSorted((a, b) =>
    a.module.path === b.module.path
      ? a.node.start - b.node.start
      : a.module.path < b.module.path
        ? -1
        : 1,
  );
}

function isRelated(a: ClassSource, b: ClassSource, { index }: Facts): boolean {
  return a === b || index.ancestors(a).includes(b) || index.ancestors(b).includes(a);
}

const PLAIN = /(^|\.)(staticmethod|classmethod|abstractmethod|override|final)$/;
/** Libraries whose classes call no methods of their subclasses. */
const PASSIVE =
  /^(abc|typing|typing_extensions|builtins|enum|dataclasses|sqlalchemy|flask_sqlalchemy|sqlmodel)\./;

/** Why not all calls of a function can be seen. */
function unusual(source: FunctionSource, { index }: Facts): string | null {
  const { name, owner, decorators, isGenerator } = source;
  const decorator = decorators.find((each) => !PLAIN.test(each.text));
  if (decorator) return `\`${name}()\` is decorated with \`${decorator.text.slice(0, 60)}\``;
  if (isGenerator) return `\`${name}()\` is a generator`;
  if (!owner || name.startsWith('_')) return null;
  const bases = index.ancestors(owner);
  const library = bases.find((each) => typeof each === 'string' && !PASSIVE.test(each));
  if (typeof library === 'string')
    return `a base of \`${owner.name}\` (${library}) may call \`${name}()\``;
  return bases.includes(null)
    ? `a base of \`${owner.name}\`, which is not in the project, may call \`${name}()\``
    : null;
}

function returnedValues(definition: PyNode): readonly PyNode[] {
  return descendants(definition, 'return_statement')
    .filter(
      (each) => enclosing(each, 'function_definition', 'lambda', 'class_definition') === definition,
    )
    .flatMap((each) => each.named.slice(0, 1));
}

function constructorsOf(id: string, { index }: Facts): readonly FunctionSource[] {
  const source = index.classById(id);
  if (!source) return [];
  for (const each of index.ancestors(source)) {
    if (each === null || typeof each === 'string') return [];
    const binding = each.scope.bindings.get('__init__')?.find(({ kind }) => kind === 'function');
    if (binding?.value) return [index.functionAt(each.module, binding.value)];
  }
  return [];
}

interface Parameter {
  readonly parameter: PyNode;
  readonly binding: Binding;
}

function parametersOf({ node, module }: FunctionSource): readonly Parameter[] {
  const parameters = node.child('parameters')?.named ?? [];
  return parameters.flatMap((parameter) => {
    const name =
      parameter.kind === 'identifier' ? parameter : (parameter.child('name') ?? parameter.named[0]);
    const binding =
      name?.kind === 'identifier'
        ? module.binding.lookup(name.text, name)?.bindings.find((each) => each.node === name)
        : undefined;
    return binding ? [{ parameter, binding }] : [];
  });
}

/** What a call passes, by parameter; `null` where that is not written out. */
function passedBy(call: Call, callee: FunctionSource): ReadonlyMap<Binding, PyNode | null> {
  return new Map(
    parametersOf(callee)
      .slice(call.skipped)
      .map(({ parameter, binding }): [Binding, PyNode | null] => {
        const argument = argumentFor(call.call, parameter, call.skipped);
        return [binding, typeof argument === 'string' ? null : argument];
      }),
  );
}

/** The object whose method is called, and the parameter that it becomes. */
function receiverOf(
  call: Call,
  callee: FunctionSource,
): { readonly binding: Binding; readonly node: PyNode } | null {
  const [self] = parametersOf(callee);
  const written = call.call.child('function')?.child('object');
  if (call.skipped !== 1 || !self || !written) return null;
  const definition = enclosing(call.call, 'function_definition');
  const own = definition && written.text === 'super()' ? firstParameter(definition) : null;
  return { binding: self.binding, node: own ?? written };
}

function inside(
  call: Call,
  callee: FunctionSource,
  token: Binding,
  facts: Facts,
): (state: FlowState) => FlowState {
  return (state) => ({
    ...moved(state, callee.module === call.module),
    passed: { items: token, joinpoint: token, rows: token, session: token },
    session: sessionInside(
      state.session,
      passedBy(call, callee),
      receiverOf(call, callee),
      call.call,
      callee,
      facts,
    ),
  });
}

/** Names of entities are spelled anew where the query comes to another function. */
function moved(state: FlowState, isSameModule: boolean): FlowState {
  const plain = (entity: FlowState['root']): FlowState['root'] =>
    entity === null || entity.isAlias || (entity.model === null && entity.text !== '')
      ? null
      : isSameModule && /^[A-Z]/.test(entity.text)
        ? entity
        : { ...entity, text: '' };
  return { ...state, joinpoint: plain(state.joinpoint), root: plain(state.root) };
}
