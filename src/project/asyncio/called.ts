// Which function of the project a call runs, and which argument reaches which parameter. It follows no values.
import { argumentFor } from '../infer/arguments.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
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
  return inferred ? functionOfValue(inferred.value, facts) : null;
}

function functionOfValue(value: Value, facts: Facts): CalledFunction | null {
  if (value.kind !== 'function') return null;
  const [only, ...others] = facts.functionsOf(value.id);
  if (!only || others.length > 0) return null;
  return { definition: only.node, facts: facts.in(only.module), skipped: value.self ? 1 : 0 };
}

/** The argument that a call passes for a parameter; `null` for a default or where it cannot be told. */
export function passedFor(call: PyNode, parameter: PyNode, skipped: number): PyNode | null {
  const argument = argumentFor(call, parameter, skipped);
  return argument === 'default' || argument === 'unknown' ? null : argument;
}
