// Which function of the project a call runs, and which argument reaches which parameter. It follows no values.
import { argumentFor } from '../infer/arguments.ts';
import { enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { ClassSource } from '../infer/tracer.ts';
import { isStub, type ProjectMethod } from './facts.ts';
import type { Value } from '../values.ts';

/** A function of the project that a call runs. */
export interface CalledFunction {
  readonly definition: PyNode;
  /** Facts of the file that defines it. */
  readonly facts: Facts;
  /** How many parameters the call fills by itself: 1 for a bound method. */
  readonly skipped: number;
}

/** The function that a call, or a reference to a function, means; `null` if it is none of the project or several. */
export function calledFunction(callee: PyNode, facts: Facts): CalledFunction | null {
  const inferred = facts.infer(callee);
  if (inferred) return functionOfValue(inferred.value, facts);
  const [object, name] = callee.kind === 'attribute' ? callee.named : [];
  const only = object?.text === 'self' && name ? ofMixin(callee, name.text, facts) : null;
  return only && { definition: only.node, facts: facts.in(only.module), skipped: 1 };
}

/** The method that a mixin calls of the classes that it is mixed into. */
function ofMixin(callee: PyNode, name: string, facts: Facts): ProjectMethod | null {
  const only = facts.asyncFacts().onlyMethod(name);
  const mixin = only && classAround(callee, facts);
  const owner = mixin && classAround(only.node, facts.in(only.module));
  if (!owner) return null;
  const isMixed = facts.index
    .descendants(mixin)
    .some((each) => each === owner || facts.index.ancestors(each).includes(owner));
  return isMixed ? only : null;
}

function classAround(node: PyNode, { index, module }: Facts): ClassSource | null {
  const definition = enclosing(node, 'class_definition');
  return definition && index.classAt(module, definition);
}

function functionOfValue(value: Value, facts: Facts): CalledFunction | null {
  if (value.kind !== 'function') return null;
  const [only, ...others] = facts.functionsOf(value.id);
  if (!only || others.length > 0) return null;
  const { node, module } = implementationOf(only, facts) ?? only;
  return { definition: node, facts: facts.in(module), skipped: value.self ? 1 : 0 };
}

/** The one method that does what the stub of a protocol only declares. */
function implementationOf({ node }: ProjectMethod, facts: Facts): ProjectMethod | null {
  return isStub(node) ? facts.asyncFacts().onlyMethod(node.child('name')?.text ?? '') : null;
}

/** The argument that a call passes for a parameter; `null` for a default or where it cannot be told. */
export function passedFor(call: PyNode, parameter: PyNode, skipped: number): PyNode | null {
  const argument = argumentFor(call, parameter, skipped);
  return argument === 'default' || argument === 'unknown' ? null : argument;
}
