// What functions of the project return: by their annotation, else by what all their `return` and `yield` agree on.
import type { PyNode } from '../../python/tree.ts';
import type { Inferred } from '../values.ts';
import { refined } from './names.ts';
import { ownNodes } from './definitions.ts';
import { proven, type FunctionSource, type Tracer } from './tracer.ts';
import {
  CONTEXT_MANAGER,
  COROUTINE,
  derived,
  GENERATOR,
  instance,
  joinedOf,
  likely,
  NONE,
  PENDING,
  step,
} from './value.ts';

const CONTEXT = /(^|\.)(async)?contextmanager$/;

/** Decorators that give back a function with the same results. Others may change them. */
const TRANSPARENT =
  /(^|\.)(staticmethod|classmethod|\w*property|\w*reify|abstractmethod|wraps|lru_cache|cache|cached|override|final|(yield_)?fixture|contextmanager|asynccontextmanager|hybrid_method|declared_attr|deprecated|no_type_check|getter)$/;

/** Whether the definition only declares types. */
export function isOverload(source: FunctionSource): boolean {
  return source.decorators.some((each) => /(^|\.)overload$|\.(setter|deleter)$/.test(each.text));
}

/** What calling the function gives, wrapped as its `async`, `yield` and decorators say. */
export function returnedValue(tracer: Tracer, source: FunctionSource): Inferred | null {
  const wrapped = wrap(tracer, source);
  const unknown = source.decorators.find(
    (each) => !TRANSPARENT.test(calleeText(each)) && !isRoute(each),
  );
  return unknown
    ? likely(
        wrapped,
        `${source.name}: decorated with ${calleeText(unknown)} (${tracer.place(source.module, unknown)})`,
      )
    : wrapped;
}

function calleeText(decorator: PyNode): string {
  return (decorator.kind === 'call' ? decorator.child('function') : decorator)?.text ?? '';
}

/** Routes of web frameworks give the function back as it is. */
function isRoute(decorator: PyNode): boolean {
  return /\.(get|post|put|patch|delete|head|options|route|websocket|errorhandler|command|on_event|middleware|before_request|after_request|teardown_appcontext|teardown_request|listens_for|connect)$/.test(
    calleeText(decorator),
  );
}

function wrap(tracer: Tracer, source: FunctionSource): Inferred | null {
  const { module, node } = source;
  const annotation = node.child('return_type')?.named[0] ?? null;
  const declared = step(
    annotation && tracer.typed(module, annotation),
    `${source.name}(): annotated to return ${annotation?.text ?? ''} (${tracer.place(module, node)})`,
  );
  const isManager = source.decorators.some((each) => CONTEXT.test(calleeText(each)));
  if (!source.isGenerator) {
    const value = refined(declared, joinedReturns(tracer, source));
    if (!value) return source.isAsync ? proven(instance(COROUTINE)) : null;
    if (isManager)
      return derived(value, instance(CONTEXT_MANAGER, elementOf(tracer, value)?.value ?? null));
    return source.isAsync
      ? derived(value, instance(COROUTINE, value === PENDING ? null : value.value))
      : value;
  }
  const element = refined(elementOf(tracer, declared), yielded(tracer, source));
  if (element === PENDING) return PENDING;
  const from = element ?? proven(instance(NONE));
  return derived(from, instance(isManager ? CONTEXT_MANAGER : GENERATOR, element?.value ?? null));
}

/** What a declared iterable yields; a generator declared by what it yields itself is taken at its word. */
function elementOf(tracer: Tracer, declared: Inferred | null): Inferred | null {
  if (declared?.value.kind !== 'instance') return null;
  if (declared.value.of === CONTEXT_MANAGER || declared.value.of === GENERATOR)
    return derived(declared, declared.value.element);
  return tracer.index.classById(declared.value.of) || declared.value.of.startsWith('sqlalchemy.')
    ? declared
    : tracer.iterated(declared);
}

function joinedReturns(tracer: Tracer, source: FunctionSource): Inferred | null {
  const { module, node } = source;
  const returns = ownNodes(node, 'return_statement');
  const nothing = proven(instance(NONE));
  if (returns.length === 0) return nothing;
  const values = joinedOf(returns, (each) => {
    const value = each.named[0];
    return value ? tracer.infer(module, value) : nothing;
  });
  return step(values, `${source.name}(): returns it (${tracer.place(module, returns[0] ?? node)})`);
}

function yielded(tracer: Tracer, source: FunctionSource): Inferred | null {
  const { module, node } = source;
  const yields = ownNodes(node, 'yield');
  const values = joinedOf(yields, (each) => {
    const [value] = each.named;
    if (!value) return proven(instance(NONE));
    const inferred = tracer.infer(module, value);
    return each.token('from') ? inferred && tracer.iterated(inferred) : inferred;
  });
  return step(values, `${source.name}(): yields it (${tracer.place(module, yields[0] ?? node)})`);
}
