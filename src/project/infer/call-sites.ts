// Finds the calls of a function in the project. It does not look at what they pass.
import { enclosing, type PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Inferred } from '../values.ts';
import { runSyncArgument } from './run-sync.ts';
import { OBJECT } from './value.ts';
import type { ClassSource, FunctionSource, Mention, Tracer } from './tracer.ts';

/** A call of a function. */
export interface Call {
  readonly module: Module;
  readonly call: PyNode;
  /** How many parameters come before those that the call passes: 1 for a bound method. */
  readonly skipped: number;
  /** What the call passes to the first of them, where a library makes the call. */
  readonly given: Inferred | null;
}

/** The calls of a function. */
export interface Calls {
  readonly calls: readonly Call[];
  /** Calls of a method of the same name on objects that are not known. */
  readonly doubtful: readonly Call[];
  /** A place where the function is used as a value. */
  readonly escapes: Mention | null;
  /** Its name is too common: the calls were not looked for. */
  readonly tooMany: boolean;
}

/** A name that is mentioned more often is too common to be told apart. */
const MOST_MENTIONS = 100;

const UNKNOWN: Calls = { calls: [], doubtful: [], escapes: null, tooMany: true };

/** The calls of a function in all files of the project. */
export function callsOf(tracer: Tracer, source: FunctionSource): Calls {
  return acceptedCalls(tracer, source, () => true) ?? UNKNOWN;
}

/** The calls of a function in all files of the project; `null` once `accepts` refuses one. */
export function acceptedCalls(
  tracer: Tracer,
  source: FunctionSource,
  accepts: (call: Call) => boolean,
): Calls | null {
  const calls: Call[] = [];
  const doubtful: Call[] = [];
  let escapes: Mention | null = null;
  const mentions = mentionsOf(tracer, source);
  if (mentions.length > MOST_MENTIONS) return UNKNOWN;
  for (const mention of mentions) {
    const expression = wholeExpression(mention.node);
    const part = partOf(tracer, source, mention.module, expression);
    if (part === 'other') continue;
    const found = callAt(tracer, mention.module, expression, part === 'doubtful' ? 1 : part);
    if (part === 'doubtful') {
      if (found) doubtful.push(found);
    } else if (found) {
      if (!accepts(found)) return null;
      calls.push(found);
    } else if (!isSuperclass(expression)) escapes ??= mention;
  }
  return { calls, doubtful, escapes, tooMany: false };
}

function mentionsOf(tracer: Tracer, source: FunctionSource): readonly Mention[] {
  const { index } = tracer;
  if (source.name !== '__init__' || !source.owner) return index.mentions(source.name);
  const inheriting = [source.owner, ...index.descendants(source.owner)].filter(
    (each) => each === source.owner || constructorOf(tracer, each) === source.owner,
  );
  const constructors = [...new Set(inheriting.map((each) => each.name))];
  return [...constructors, '__init__', 'cls'].flatMap((name) => index.mentions(name));
}

/** The nearest class that defines `__init__`. */
function constructorOf(tracer: Tracer, source: ClassSource): ClassSource | null {
  for (const each of tracer.index.ancestors(source))
    if (each !== null && typeof each !== 'string' && each.scope.bindings.has('__init__'))
      return each;
  return null;
}

export function wholeExpression(node: PyNode): PyNode {
  return node.field === 'attribute' && node.parent?.kind === 'attribute' ? node.parent : node;
}

/** How many parameters the expression, called, fills itself; `doubtful` if it may be the function, `other` if it is not. */
export function partOf(
  tracer: Tracer,
  source: FunctionSource,
  module: Module,
  expression: PyNode,
): number | 'doubtful' | 'other' {
  const value = tracer.infer(module, expression)?.value;
  // Several subclasses may define what a class itself only calls.
  if (!value || (value.kind === 'instance' && value.of === OBJECT.of))
    return expression.kind === 'attribute' && source.name !== '__init__' ? 'doubtful' : 'other';
  if (value.kind === 'class') {
    const made = tracer.index.classById(value.id);
    return source.name === '__init__' && made && constructorOf(tracer, made) === source.owner
      ? 1
      : 'other';
  }
  if (value.kind !== 'function') return 'other';
  const isIt = value.id === source.id || overrides(tracer, source, value.id);
  if (!isIt) return 'other';
  return value.self ? 1 : 0;
}

/** Whether the function overrides the one of that id, or is overridden by it. */
function overrides(tracer: Tracer, source: FunctionSource, id: string): boolean {
  const { owner, name } = source;
  if (!owner || name === '__init__') return false;
  const [other] = tracer.index.functionsById(id);
  if (!other?.owner || other.name !== name) return false;
  return tracer.index.ancestors(owner).includes(other.owner);
}

function callAt(tracer: Tracer, module: Module, expression: PyNode, skipped: number): Call | null {
  const { parent } = expression;
  if (parent?.kind === 'call' && expression.field === 'function')
    return { module, call: parent, skipped, given: null };
  const call = parent?.kind === 'argument_list' ? parent.parent : null;
  const callee = call?.child('function');
  const isFirst = parent?.named[0] === expression;
  const given = call && callee && isFirst ? runSyncArgument(tracer, module, callee) : null;
  return call && given ? { module, call, skipped, given } : null;
}

/** A class that is named as a base class, in an annotation or in a check is not called there. */
function isSuperclass(expression: PyNode): boolean {
  const { parent } = expression;
  if (expression.kind === 'attribute' && expression.child('attribute')?.text === '__init__')
    return false;
  if (parent?.kind === 'argument_list' && parent.field === 'superclasses') return true;
  if (enclosing(expression, 'type')) return true;
  const callee =
    parent?.kind === 'argument_list' ? parent.parent?.child('function')?.text : undefined;
  return (
    callee === 'isinstance' ||
    callee === 'issubclass' ||
    callee === 'super' ||
    parent?.kind === 'attribute'
  );
}
