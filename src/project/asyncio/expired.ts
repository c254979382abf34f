// Finds reads of mapped attributes of objects that a commit or rollback has expired. It proposes nothing.
import { readCall, readMethodCall } from '../../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Binding } from '../../binder/scope.ts';
import type { Facts } from '../facts.ts';
import { runsInGreenlet } from '../loads/guards.ts';
import { isAlwaysRead } from '../loads/always.ts';
import { dominates, expiriesIn, leadsTo, type Expiry } from './commits.ts';
import { expiresOnCommit } from './expire-on-commit.ts';
import { isHeld } from './held.ts';
import { mayBothHappen } from './together.ts';
import { isWhereItFailed } from './failures.ts';
import { objectReads, type ObjectRead } from './object-reads.ts';
import { isReloaded, leavesReadable, returnsReadable } from './revived.ts';
import { functionOf, isAsync, isAwaited } from './sessions.ts';

/** A read of an expired object. */
export interface ExpiredRead {
  /** What reads: the attribute, or what hands the object to a serialiser. */
  readonly node: PyNode;
  /** The variable that holds the object. */
  readonly object: PyNode;
  readonly expiry: Expiry;
  readonly proven: boolean;
  /** A refresh of the columns makes it readable again. */
  readonly column: boolean;
  /** The commit of an earlier round of this loop expired it. */
  readonly loop: PyNode | null;
}

/** The first read of each object after each expiry of an async function. */
export function expiredReads(definition: PyNode, facts: Facts): readonly ExpiredRead[] {
  if (!isAsync(definition)) return [];
  const expiries = expiriesIn(definition, facts).filter((expiry) =>
    expires(expiry, definition, facts),
  );
  if (expiries.length === 0) return [];
  const found = new Map<string, ExpiredRead>();
  for (const read of objectReads(definition, facts)) {
    const expired = expiredBy(read, expiries, definition, facts);
    if (!expired) continue;
    const key = `${read.object.text}@${expired.expiry.statement.start}`;
    if (!found.has(key)) found.set(key, expired);
  }
  return [...found.values()];
}

function expires(expiry: Expiry, definition: PyNode, facts: Facts): boolean {
  if (expiry.kind === 'rollback') return true;
  const session = descendants(definition, 'identifier', 'attribute').find(
    ({ text }) => text === expiry.session,
  );
  return expiresOnCommit(session ?? null, facts) === true;
}

function expiredBy(
  read: ObjectRead,
  expiries: readonly Expiry[],
  definition: PyNode,
  facts: Facts,
): ExpiredRead | null {
  if (runsInGreenlet(read.node)) return null;
  const bindings = facts.binding.reaching(read.object);
  for (const expiry of expiries.toReversed()) {
    const { statement, kind, call } = expiry;
    if (kind === 'rollback' && call && !isWhereItFailed(read.node, statement)) continue;
    const loop = loopOf(read, expiry, facts);
    const before = loop === null ? leadsTo(expiry.statement, read.node) : null;
    if (!before && loop === null) continue;
    // A branch that commits and a condition of the read may exclude each other.
    const always =
      !before ||
      dominates(expiry.statement, read.node) ||
      isAlwaysRead(before, read.node) ||
      mayBothHappen(expiry.statement, before, read.node);
    const since = kind === 'block' ? statement.end : statement.start;
    if (!loop && bindings.some((binding) => binding.node.start > since)) continue;
    const holder = isHeld(read.object, expiry, definition, facts);
    if (holder === null || isRevived(read, expiry, loop, definition, facts)) continue;
    if (!loop && isReadableAfter(read, expiry, bindings, facts)) continue;
    return {
      node: read.node,
      object: read.object,
      column: read.column,
      expiry,
      proven: holder && (loop ? expiry.repeated : expiry.sure) && always,
      loop,
    };
  }
  return null;
}

/** Whether the function that commits leaves the object readable that it was given, or returns one that is. */
function isReadableAfter(
  { object }: ObjectRead,
  { call, statement }: Expiry,
  bindings: readonly Binding[],
  facts: Facts,
): boolean {
  if (!call) return false;
  return bindings.some(({ node }) => contains(statement, node))
    ? returnsReadable(call, facts)
    : leavesReadable(call, object.text, facts);
}

/** The loop whose earlier rounds expire the element that is read: it runs over a list, and commits after the read. */
function loopOf(read: ObjectRead, expiry: Expiry, facts: Facts): PyNode | null {
  const loop = enclosing(read.node, 'for_statement');
  const body = loop?.child('body');
  const target = loop?.child('left');
  const iterable = loop?.child('right');
  if (!loop || !body || !iterable || target?.text !== read.object.text) return null;
  if (!contains(body, expiry.statement)) return null;
  // What a call is given is read before it runs.
  if (expiry.statement.start < read.node.start && !contains(expiry.statement, read.node))
    return null;
  if (functionOf(expiry.statement) !== functionOf(read.node) || expiry.kind === 'block')
    return null;
  const block = expiry.statement.parent;
  const next = block?.named.slice(block.named.indexOf(expiry.statement) + 1) ?? [];
  if (next.some(({ kind }) => /^(break|return|raise)_statement$/.test(kind))) return null;
  return facts.binding.reaching(read.object).every((binding) => contains(loop, binding.node))
    ? loop
    : null;
}

/** Whether something makes the object readable again, or it left the session before. */
function isRevived(
  read: ObjectRead,
  expiry: Expiry,
  loop: PyNode | null,
  definition: PyNode,
  facts: Facts,
): boolean {
  const { object, model } = read;
  const region = { start: expiry.statement.end, end: read.node.start };
  if (!loop && isReloaded(object.text, definition, region)) return true;
  const isBetween = (node: PyNode): boolean =>
    loop ? contains(loop, node) : node.start >= expiry.statement.end && node.end <= read.node.start;
  return descendants(definition, 'call').some((node) => {
    const call = readCall(node);
    if (!call) return false;
    const method = readMethodCall(node)?.method.text ?? call.callee.text;
    const takes = isGiven(object, call.list);
    if (/^(delete|expunge|expunge_all|make_transient|make_transient_to_detached)$/.test(method))
      return loop
        ? method !== 'delete' && leavesBeforeExpiry(node, method, loop, expiry)
        : (takes || method === 'expunge_all') && node.end <= read.node.start;
    if (!isBetween(node) || contains(expiry.statement, node)) return false;
    // Another object that is refreshed says nothing of this one, unless it stands for many.
    if (/refresh/.test(method))
      return takes || method !== 'refresh' || enclosing(node, 'for_statement') !== null;
    if (
      /^(get|get_one|execute|scalars|scalar|exec|merge)$/.test(method) &&
      !loop &&
      isAwaited(node)
    )
      return (
        new RegExp(`\\b${model.name}\\b`).test(call.list.text) ||
        facts.infer(node)?.value === undefined
      );
    return (
      !loop && isGiven(object, call.list) && isAwaited(node) && !areAlternatives(node, read.node)
    );
  });
}

/** Whether an element has left the session when an earlier round expires what it holds: detached before the loop, or all of them at once. */
function leavesBeforeExpiry(node: PyNode, method: string, loop: PyNode, expiry: Expiry): boolean {
  if (!contains(loop, node))
    return node.end <= loop.start && (method === 'expunge_all' || isInLoop(node));
  return method === 'expunge_all' && node.end <= expiry.statement.start;
}

function isInLoop(node: PyNode): boolean {
  return enclosing(node, 'for_statement', 'function_definition')?.kind === 'for_statement';
}

/** Whether arguments hold the object itself, not just what is read from it. */
function isGiven(object: PyNode, list: PyNode): boolean {
  return descendants(list, 'identifier').some(
    ({ text, parent, field }) =>
      text === object.text && !(parent?.kind === 'attribute' && field === 'object'),
  );
}

/** Whether two places stand in different branches of one condition. */
function areAlternatives(node: PyNode, later: PyNode): boolean {
  let each = node;
  while (each.parent && !contains(each.parent, later)) each = each.parent;
  return each.parent?.kind === 'if_statement' && each.field !== 'condition';
}
