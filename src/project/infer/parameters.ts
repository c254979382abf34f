// What parameters hold: by annotation, injection, fixture, or by what every call in the project passes.
import type { Binding } from '../../binder/scope.ts';
import { enclosing, type PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Inferred } from '../values.ts';
import { argumentFor } from './arguments.ts';
import { acceptedCalls, type Call } from './call-sites.ts';
import { dependencyIn, fixtureValue } from './dependencies.ts';
import { listenerParameter } from './events.ts';
import { refined } from './names.ts';
import { runSyncArgument } from './run-sync.ts';
import { wrappingCalls } from './wrapped-calls.ts';
import { proven, type FunctionSource, type Tracer } from './tracer.ts';
import { derived, DICT, instance, joined, likely, NONE, sameValue, step } from './value.ts';

/** The value of a parameter. */
export function parameterValue(tracer: Tracer, module: Module, binding: Binding): Inferred | null {
  const parameter = binding.statement;
  const definition = enclosing(parameter, 'function_definition', 'lambda');
  if (!definition) return null;
  const note = (inferred: Inferred | null, how: string): Inferred | null =>
    step(inferred, `${binding.name}: ${how} (${tracer.place(module, binding.node)})`);
  const source = definition.kind === 'lambda' ? null : tracer.index.functionAt(module, definition);
  const self = source && selfValue(source, parameter);
  if (self) return self;
  const declared = binding.annotation && tracer.typed(module, binding.annotation);
  const splat = splatOf(parameter);
  if (splat !== null)
    return note(
      derived(declared ?? proven(instance(NONE)), instance(splat, declared?.value ?? null)),
      'collects arguments',
    );
  if (declared) {
    const value = note(declared, `parameter annotated ${binding.annotation?.text ?? ''}`);
    const isOpen = declared.value.kind === 'instance' && !declared.value.element && source !== null;
    return isOpen ? refined(value, passedValue(tracer, source, parameter, binding)) : value;
  }
  const injected = binding.value && dependencyIn(tracer, module, binding.value);
  if (injected) return note(injected, 'parameter');
  if (!source)
    return note(syncSession(tracer, module, definition, parameter), 'parameter of run_sync()');
  const event = listenerParameter(tracer, source, parameterIndex(parameter));
  if (event) return note(event, 'parameter of an event listener');
  const fixture = fixtureValue(tracer, source, binding.name);
  if (fixture) return fixture;
  return note(passedValue(tracer, source, parameter, binding), 'every call passes it');
}

/** `self` and `cls`. */
function selfValue(source: FunctionSource, parameter: PyNode): Inferred | null {
  const { owner, node, name } = source;
  if (!owner || node.child('parameters')?.named[0] !== parameter) return null;
  const decorators = source.decorators.map((each) => each.text);
  if (decorators.includes('staticmethod')) return null;
  const isClass =
    name === '__new__' ||
    name === '__init_subclass__' ||
    decorators.some((each) => /(^|\.)(classmethod|declared_attr|expression)\b/.test(each));
  return proven(isClass ? { kind: 'class', id: owner.id } : instance(owner.id));
}

function splatOf(parameter: PyNode): string | null {
  if (parameter.text.startsWith('**')) return DICT;
  return parameter.text.startsWith('*') ? 'builtins.tuple' : null;
}

/** What all calls agree on; less certain where some calls cannot be told apart or the function is handed around. */
function passedValue(
  tracer: Tracer,
  source: FunctionSource,
  parameter: PyNode,
  binding: Binding,
): Inferred | null {
  const wrapped = wrappedValue(tracer, source, parameter);
  if (wrapped) return wrapped;
  const answers: (Inferred | null)[] = [];
  const found = acceptedCalls(tracer, source, (call) => {
    const answer = passedBy(tracer, source, call, parameter, binding);
    answers.push(answer);
    // One argument that is unknown makes the parameter unknown.
    return answer !== null;
  });
  const value = found && joined(answers);
  if (!found || !value) return null;
  const { doubtful, escapes } = found;
  const doubt = doubtful.some((call) => {
    const other = passedBy(tracer, source, call, parameter, binding);
    return !other || !sameValue(other.value, value.value);
  });
  if (escapes)
    return likely(
      value,
      `${source.name} is passed on as a value (${tracer.place(escapes.module, escapes.node)})`,
    );
  if (
    source.decorators.some((each) => !/(^|\.)(staticmethod|classmethod|property)$/.test(each.text))
  )
    return likely(value, `${source.name} is decorated: others may call it`);
  return doubt ? likely(value, `other calls of a ${source.name}() may be of this one`) : value;
}

/** What the decorator of a function passes, which is called instead of it. */
function wrappedValue(tracer: Tracer, source: FunctionSource, parameter: PyNode): Inferred | null {
  if (source.decorators.length !== 1) return null;
  const calls = wrappingCalls(source.module, source.node, tracer.symbols, (id) =>
    tracer.index.functionsById(id),
  );
  const values = (calls ?? []).map(({ module, call }) => {
    const argument = argumentFor(call, parameter, 0);
    return typeof argument === 'string' ? null : tracer.infer(module, argument);
  });
  return values.includes(null) ? null : joined(values);
}

function passedBy(
  tracer: Tracer,
  source: FunctionSource,
  call: Call,
  parameter: PyNode,
  binding: Binding,
): Inferred | null {
  if (call.given) return parameterIndex(parameter) === call.skipped ? call.given : null;
  const argument = argumentFor(call.call, parameter, call.skipped);
  if (argument === 'unknown') return null;
  if (argument !== 'default') return tracer.infer(call.module, argument);
  return binding.value ? tracer.infer(source.module, binding.value) : null;
}

function parameterIndex(parameter: PyNode): number {
  return parameter.parent?.named.indexOf(parameter) ?? -1;
}

/** `await session.run_sync(lambda session: …)`. */
function syncSession(
  tracer: Tracer,
  module: Module,
  lambda: PyNode,
  parameter: PyNode,
): Inferred | null {
  const call = lambda.parent?.kind === 'argument_list' ? lambda.parent.parent : null;
  const callee = call?.child('function');
  if (callee?.kind !== 'attribute' || parameterIndex(parameter) !== 0) return null;
  return runSyncArgument(tracer, module, callee);
}
