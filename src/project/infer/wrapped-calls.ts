// Finds where a decorator of the project calls the functions that it wraps. It does not look at what it passes.
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';

/** A function of the project, as far as decorators are told by it. */
interface Decorator {
  readonly module: Module;
  readonly node: PyNode;
}

/** A call that a decorator makes. */
export interface WrappedCall {
  readonly module: Module;
  readonly call: PyNode;
}

/**
 * All calls of a function that is decorated with one function of the project: whoever calls it by its name calls the decorator's function instead.
 * `null` where that cannot be told: more decorators, one of a library, or one that does more with the function than to call it.
 */
export function wrappingCalls(
  module: Module,
  definition: PyNode,
  symbols: Symbols,
  functionsOf: (id: string) => readonly Decorator[],
): readonly WrappedCall[] | null {
  const { parent } = definition;
  if (parent?.kind !== 'decorated_definition') return null;
  const decorators = parent.named.filter((each) => each.kind === 'decorator');
  const [decorator] = decorators;
  const expression = decorator?.named[0];
  if (!expression || decorators.length > 1) return null;
  const made = expression.kind === 'call' ? expression.child('function') : expression;
  const symbol = made && symbols.symbolOf(module, made);
  if (symbol?.kind !== 'definition') return null;
  const [found, ...others] = functionsOf(symbol.id);
  if (!found || others.length > 0) return null;
  const taking = expression.kind === 'call' ? innerFunction(found.node) : found.node;
  const calls = taking && callsOfParameter(found.module, taking);
  return calls && calls.map((call) => ({ module: found.module, call }));
}

/** The function that a maker of decorators returns. */
function innerFunction(maker: PyNode): PyNode | null {
  const inner = descendants(maker, 'function_definition').filter(
    (each) => each !== maker && enclosing(each, 'function_definition') === maker,
  );
  return inner.length === 1 ? (inner[0] ?? null) : null;
}

/** The calls of the first parameter; `null` where it is used otherwise, but for what `functools.wraps` copies. */
function callsOfParameter({ binding }: Module, decorator: PyNode): readonly PyNode[] | null {
  const [parameter] = decorator.child('parameters')?.named ?? [];
  if (parameter?.kind !== 'identifier') return null;
  const uses = binding
    .references(binding.scopeOf(decorator.child('body') ?? decorator), parameter.text)
    .filter((each) => each !== parameter);
  const calls = uses.filter(({ parent, field }) => parent?.kind === 'call' && field === 'function');
  const others = uses.filter((each) => !calls.includes(each) && !isNamed(each));
  return calls.length > 0 && others.length === 0
    ? calls.flatMap(({ parent }) => parent ?? [])
    : null;
}

/** `wraps(function)`, `function.__name__`. */
function isNamed({ parent }: PyNode): boolean {
  if (parent?.kind === 'attribute') return /\.__\w+__$/.test(parent.text);
  const callee = parent?.kind === 'argument_list' ? parent.parent?.child('function') : null;
  return /(^|\.)(wraps|update_wrapper)$/.test(callee?.text ?? '');
}
