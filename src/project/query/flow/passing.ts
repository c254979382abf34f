// Follows queries into functions, as arguments. Every call of the function has to be seen.
import type { Binding } from '../../../binder/scope.ts';
import { enclosing, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import { argumentFor } from '../../infer/arguments.ts';
import type { Call } from '../../infer/call-sites.ts';
import type { FunctionSource } from '../../infer/tracer.ts';
import type { Module } from '../../modules.ts';
import { placeOf } from '../../place.ts';
import { doubtfulCall } from './doubtful.ts';
import { familyOf, moved, parametersOf, passedBy, receiverOf, unusual } from './functions.ts';
import type { Source } from './group.ts';
import { sessionInside } from './session-moves.ts';
import { carriedBy, type FlowState } from './state.ts';
import type { Trace } from './trace.ts';

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

function inside(
  call: Call,
  callee: FunctionSource,
  token: Binding,
  facts: Facts,
): (state: FlowState) => FlowState {
  return (state) => ({
    ...moved(state, callee.module === call.module),
    passed: { items: token, joinpoint: token, rows: token, session: token },
    ...carriedBy(state, (each) =>
      sessionInside(
        each,
        passedBy(call, callee),
        receiverOf(call, callee),
        call.call,
        callee,
        facts,
      ),
    ),
  });
}
