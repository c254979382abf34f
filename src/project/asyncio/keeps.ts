// Tells whether a call that is given a session keeps it for later: an object that is made of it, or a function that stores it. It judges no closing.
import { readCall } from '../../python/calls.ts';
import { enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { passedFor, calledFunction } from './called.ts';
import { sessionUse } from './blocks.ts';
import { functionOf } from './sessions.ts';

const DEEPEST = 3;

/** Who keeps what a call is given: an object, which lives as long as its variable, or a function, which may store it anywhere. */
export type Keeper = 'object' | 'function';

/** Who keeps a variable that is an argument here; `null` if it is none, or the call is over before anything could use it later. */
export function keeperOf(use: PyNode, facts: Facts, depth = 0): Keeper | null {
  if (sessionUse(use) !== 'passed') return null;
  const call = enclosing(use, 'call');
  const callee = call && readCall(call)?.callee;
  if (!call || !callee) return null;
  if (facts.infer(callee)?.value.kind === 'class' || isNamedLikeClass(callee)) return 'object';
  const called = calledFunction(callee, facts);
  const parameters = called?.definition.child('parameters')?.named ?? [];
  const parameter = parameters.find(
    (each) => called && isWithin(use, passedFor(call, each, called.skipped)),
  );
  return called && parameter && stores(parameter, called.definition, called.facts, depth)
    ? 'function'
    : null;
}

/** Whether a function does more with a parameter than to use it until it returns. */
function stores(parameter: PyNode, definition: PyNode, facts: Facts, depth: number): boolean {
  const name = parameter.child('name') ?? parameter.named[0] ?? parameter;
  const place = facts.binding.lookup(name.text, name);
  if (!place) return false;
  return facts.binding
    .references(place.scope, name.text)
    .some(
      (use) =>
        functionOf(use) !== definition ||
        sessionUse(use) === 'handed-over' ||
        (depth < DEEPEST && keeperOf(use, facts, depth + 1) !== null),
    );
}

function isWithin(use: PyNode, argument: PyNode | null): boolean {
  return argument !== null && argument.start <= use.start && use.end <= argument.end;
}

function isNamedLikeClass(callee: PyNode): boolean {
  return /^_*[A-Z]\w*[a-z]/.test((callee.child('attribute') ?? callee).text);
}
