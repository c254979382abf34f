// Whether an object can be read after a function that commits was given it, or returned it: the function refreshes it, deletes it, or loads it anew. It finds no commits.
import { parameterName } from '../infer/arguments.ts';
import { returnsOf } from '../loads/statement.ts';
import { opened } from '../loads/executed.ts';
import { readCall, readMethodCall } from '../../python/calls.ts';
import { contains, descendants, type PyNode, type Span } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { calledFunction, passedFor, type CalledFunction } from './called.ts';
import { functionOf } from './sessions.ts';

const MAX_DEPTH = 4;

/** Whether a call leaves the object of a variable readable, which it is passed or calls a method of. */
export function leavesReadable(call: PyNode, variable: string, facts: Facts, depth = 0): boolean {
  const callee = readCall(call)?.callee;
  const called = callee && depth <= MAX_DEPTH ? calledFunction(callee, facts) : null;
  return (
    called !== null &&
    parametersFor(call, variable, called).some((name) => isRevivedIn(called, name, depth))
  );
}

/** Whether what a call returns can be read: not an object that the function had before it committed. */
export function returnsReadable(call: PyNode, facts: Facts, depth = 0): boolean {
  const callee = readCall(call)?.callee;
  const called = callee && depth <= MAX_DEPTH ? calledFunction(callee, facts) : null;
  if (!called) return true;
  const values = returnsOf(called.definition).map(opened);
  return values
    .filter(({ kind }) => kind !== 'none')
    .some((value) => {
      if (value.kind === 'call') return returnsReadable(value, called.facts, depth + 1);
      if (value.kind !== 'identifier') return true;
      const last = lastCommit(called.definition);
      const bindings = called.facts.binding.reaching(value);
      return (
        bindings.some(({ node }) => node.start > last) ||
        bindings.some(
          ({ value: given }) =>
            given !== null &&
            given.end > last &&
            returnsReadable(opened(given), called.facts, depth + 1),
        ) ||
        isRevivedIn(called, value.text, depth)
      );
    });
}

/** The parameters under which a function knows the object of a variable. */
function parametersFor(
  call: PyNode,
  variable: string,
  { definition, skipped }: CalledFunction,
): readonly string[] {
  const parameters = definition.child('parameters')?.named ?? [];
  const given = parameters
    .filter((each) => passedFor(call, each, skipped)?.text === variable)
    .flatMap((each) => parameterName(each) ?? []);
  const [self] = parameters;
  const own = skipped === 1 && self && readMethodCall(call)?.receiver.text === variable;
  return own ? [self.text, ...given] : given;
}

function isRevivedIn({ definition, facts }: CalledFunction, name: string, depth: number): boolean {
  const last = lastCommit(definition);
  const body = definition.child('body') ?? definition;
  if (
    isReloaded(name, body, { start: last, end: body.end }) ||
    isAssignedToReloaded(name, body, last)
  )
    return true;
  return descendants(body, 'call').some((node) => {
    if (functionOf(node) !== definition) return false;
    const method = readMethodCall(node);
    const takes = method?.positional[0]?.text === name;
    if (takes && /^(delete|expunge)$/.test(method.method.text)) return true;
    if (takes && method.method.text === 'refresh') return node.start > last;
    return leavesReadable(node, name, facts, depth + 1);
  });
}

/** Whether a region awaits an attribute of an expired object, which loads all of it again. */
export function isReloaded(name: string, body: PyNode, region: Span): boolean {
  return descendants(body, 'attribute').some(
    (node) =>
      contains(region, node) &&
      node.child('attribute')?.text === 'awaitable_attrs' &&
      node.child('object')?.text === name,
  );
}

/** Whether the object became the value of another one's attribute, and the other one is refreshed after a place: it may be loaded with it. */
function isAssignedToReloaded(name: string, body: PyNode, since: number): boolean {
  const isOwner = new RegExp(`(\\w+)\\.\\w+\\s*=\\s*${name}\\s*$`);
  return descendants(body, 'assignment').some((node) => {
    const owner = node.child('left')?.kind === 'attribute' ? isOwner.exec(node.text)?.[1] : null;
    return (
      owner !== null &&
      owner !== undefined &&
      descendants(body, 'call').some(
        (call) =>
          call.start > since &&
          readMethodCall(call)?.method.text === 'refresh' &&
          readMethodCall(call)?.positional[0]?.text === owner,
      )
    );
  });
}

/** Where a function commits itself for the last time. */
function lastCommit(definition: PyNode): number {
  const commits = descendants(definition.child('body') ?? definition, 'call').filter(
    (node) => functionOf(node) === definition && readMethodCall(node)?.method.text === 'commit',
  );
  return commits.at(-1)?.start ?? -1;
}
