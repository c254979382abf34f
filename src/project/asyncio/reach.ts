// Which AsyncSession a coroutine works with: one that it is passed, one that its receiver holds, or one that its function closes over.
import { readCall } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Binding } from '../../binder/scope.ts';
import type { Facts } from '../facts.ts';
import { calledFunction, type CalledFunction } from './called.ts';
import { asyncSession, isScopedAsync } from './sessions.ts';
import type { Spawned } from './tasks.ts';

/** A session that a coroutine works with, as the place that starts it names it. */
export interface ReachedSession {
  /** The expression at that place: the session, or the object that holds it. */
  readonly node: PyNode;
  /** How the session is reached, for people. */
  readonly how: string;
  readonly proven: boolean;
}

const MAX_DEPTH = 4;

/** The sessions that a coroutine works with; empty if none is known. */
export function sessionsOf(task: Spawned, facts: Facts): readonly ReachedSession[] {
  const found: ReachedSession[] = [];
  for (const argument of task.arguments) {
    const value = argument.kind === 'list_splat' ? null : argument;
    const evidence = value && sessionEvidence(value, facts);
    if (value && evidence) found.push(reached(value, 'passed to it', evidence === 'proven'));
  }
  const receiver = task.callee.kind === 'attribute' ? task.callee.child('object') : null;
  const direct = receiver && sessionEvidence(receiver, facts);
  if (receiver && direct)
    return [...found, reached(receiver, 'its own method', direct === 'proven')];
  const called = calledFunction(task.callee, facts);
  const unseen = !called || declaresOnly(called.definition);
  const given = unseen && receiver ? givenSession(receiver, facts) : null;
  if (receiver && given)
    return [...found, reached(given, `which \`${receiver.text}\` was made with`, false)];
  if (!called || isLocked(called.definition)) return found.length > 0 && called ? [] : found;
  if (receiver && called.skipped > 0 && usesSessionOfSelf(called))
    found.push(reached(receiver, `held by \`${receiver.text}\``, true));
  return [...found, ...closedOver(task, called, facts)];
}

/** The session that was passed to the unknown call which made an object. */
function givenSession(receiver: PyNode, facts: Facts): PyNode | null {
  const call =
    receiver.kind === 'identifier' ? readCall(facts.definition(receiver)?.value ?? null) : null;
  if (!call) return null;
  const values = [...call.positional, ...call.keywords.map(({ value }) => value)];
  return values.find((each) => sessionEvidence(each, facts) !== null) ?? null;
}

/** Whether a function has no body to speak of, as those of a Protocol. */
function declaresOnly(definition: PyNode): boolean {
  return (definition.child('body')?.named ?? []).every(
    ({ kind, named }) =>
      kind === 'pass_statement' ||
      kind === 'comment' ||
      (kind === 'expression_statement' &&
        named.every((each) => each.kind === 'ellipsis' || each.kind === 'string')),
  );
}

function reached(node: PyNode, how: string, proven: boolean): ReachedSession {
  return { node, how, proven };
}

function sessionEvidence(node: PyNode, facts: Facts) {
  return isScopedAsync(node, facts) ? null : asyncSession(node, facts);
}

/** A lock around the work lets one task after the other have the session. */
function isLocked(definition: PyNode): boolean {
  return descendants(definition, 'with_clause').some((clause) => /lock|mutex/i.test(clause.text));
}

/** Whether a method, or one that it calls on `self`, uses an AsyncSession that its object holds. */
function usesSessionOfSelf(
  { definition, facts }: CalledFunction,
  depth = 0,
  seen: ReadonlySet<PyNode> = new Set(),
): boolean {
  const [self] = definition.child('parameters')?.named ?? [];
  if (self?.kind !== 'identifier' || depth > MAX_DEPTH || seen.has(definition)) return false;
  const body = definition.child('body');
  const visited = new Set([...seen, definition]);
  return descendants(body ?? definition, 'call').some((call) => {
    const callee = call.child('function');
    const receiver = callee?.kind === 'attribute' ? callee.child('object') : null;
    if (!callee || !receiver || rootName(receiver) !== self.text) return false;
    if (receiver.kind === 'attribute' && asyncSession(receiver, facts)) return makesIo(call, facts);
    const next = calledFunction(callee, facts);
    return next !== null && next.skipped > 0 && usesSessionOfSelf(next, depth + 1, visited);
  });
}

/** `self.session()` makes sessions, `self.session.add()` sends nothing. */
function makesIo(call: PyNode, facts: Facts): boolean {
  const method = call.child('function')?.child('attribute')?.text ?? '';
  return (
    facts.qualifiedName(call) === null &&
    !/^(add|add_all|expunge|expire|in_transaction)$/.test(method)
  );
}

/** The name that an attribute chain starts from. */
export function rootName(node: PyNode): string | null {
  if (node.kind === 'identifier') return node.text;
  const inner = node.kind === 'attribute' ? node.child('object') : null;
  return inner && rootName(inner);
}

/** Sessions of the enclosing function that a function defined in it uses. */
function closedOver(
  task: Spawned,
  { definition, facts: own }: CalledFunction,
  facts: Facts,
): readonly ReachedSession[] {
  if (own.module !== facts.module || task.callee.kind !== 'identifier') return [];
  const found = new Map<Binding, PyNode>();
  for (const node of descendants(definition.child('body') ?? definition, 'identifier')) {
    // In `load(session=own)` the name is that of a parameter.
    if (node.field === 'name' && node.parent?.kind === 'keyword_argument') continue;
    const place = own.binding.lookup(node.text, node);
    if (place?.scope.kind !== 'function' || place.scope.node === definition) continue;
    if (isInside(place.scope.node, definition)) continue;
    const [binding] = place.bindings;
    if (binding && !found.has(binding) && sessionEvidence(node, own) === 'proven')
      found.set(binding, node);
  }
  return [...found.values()].map((node) =>
    reached(node, 'taken from the enclosing function', true),
  );
}

function isInside(inner: PyNode, outer: PyNode): boolean {
  return outer.start < inner.start && inner.end <= outer.end;
}
