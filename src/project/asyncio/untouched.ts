// Whether a session holds nothing, at some place, that only its own transaction sees: changes that are not committed, locks, a transaction begun by hand.
import { readMethodCall } from '../../python/calls.ts';
import { contains, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { passedFor } from './called.ts';
import { dominates, statementOf } from './commits.ts';
import { functionOf } from './sessions.ts';
import { changesObjects, isReadBy } from './task-work.ts';

const MAX_DEPTH = 3;

/** Whether all that a session did before a place were SELECTs, or is committed. Callers that are not seen are taken for the same. */
export function isUntouched(session: PyNode, place: PyNode, facts: Facts, depth = 0): boolean {
  const definition = functionOf(place);
  const found = facts.binding.lookup(session.text, session);
  const [binding, ...others] = found?.bindings ?? [];
  if (!definition || !found || !binding || others.length > 0 || depth > MAX_DEPTH) return false;
  if (found.scope.node !== definition) return false;
  const isEarlier = (node: PyNode): boolean => node.end <= place.start;
  const uses = facts.binding.references(found.scope, session.text).filter(isEarlier);
  const ends = uses.filter((use) => isCommit(use, place));
  const last = ends.at(-1);
  const since = last ? last.end : definition.start;
  if (uses.some((use) => use.start > since && !isReadBy(use, facts))) return false;
  const changes = (definition.child('body')?.named ?? []).filter(
    (each) => each.end > since && each.start < place.start,
  );
  if (changes.some((each) => changesBefore(each, place, since, facts))) return false;
  if (isRepeatedWithWrites(definition, place, found.scope.node, session.text, facts)) return false;
  if (binding.kind === 'with') return true;
  if (binding.kind !== 'parameter') return false;
  if (last) return true;
  return facts.callersOf(definition).calls.every(({ module, call, skipped }) => {
    const given = passedFor(call, binding.statement, skipped);
    const at = given && statementOf(call);
    if (!given || given.kind !== 'identifier' || !at) return given === null;
    return isUntouched(given, at, facts.in(module), depth + 1);
  });
}

/** `await session.commit()` on every way to the place. */
function isCommit(use: PyNode, place: PyNode): boolean {
  const call = use.parent?.kind === 'attribute' ? readMethodCall(use.parent.parent) : null;
  if (call?.receiver !== use || !/^(commit|rollback)$/.test(call.method.text)) return false;
  const statement = statementOf(use);
  return statement !== null && dominates(statement, place);
}

function changesBefore(statement: PyNode, place: PyNode, since: number, facts: Facts): boolean {
  if (statement.end <= place.start && statement.start >= since)
    return statement.kind !== 'function_definition' && changesObjects(statement, facts);
  return statement.named.some(
    (each) =>
      each.start < place.start && each.end > since && changesBefore(each, place, since, facts),
  );
}

/** In a loop, what comes after the place comes before it in the next round. */
function isRepeatedWithWrites(
  definition: PyNode,
  place: PyNode,
  scope: PyNode,
  name: string,
  facts: Facts,
): boolean {
  const loop = enclosing(place, 'for_statement', 'while_statement', 'function_definition');
  if (!loop || loop === definition || loop.kind === 'function_definition') return false;
  const inLoop = facts.binding
    .references(facts.binding.scopeOf(scope.child('body') ?? scope), name)
    .filter((use) => contains(loop, use) && use.start > place.end);
  return inLoop.some((use) => !isReadBy(use, facts)) || changesObjects(loop, facts);
}
