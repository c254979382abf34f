// Functions that roll back in an exception handler and return: which ones do, and where a caller deals with their failure. It judges no reads.
import { readCall, readMethodCall, unparenthesized } from '../../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { calledFunction } from './called.ts';
import { asyncSession, functionOf } from './sessions.ts';

const MAX_DEPTH = 2;

/** Whether a function, or one that it awaits, rolls back where it handles an exception, and goes on. */
export function rollsBackOnFailure(definition: PyNode, facts: Facts, depth = 0): boolean {
  const body = definition.child('body');
  if (!body || depth > MAX_DEPTH) return false;
  return descendants(body, 'await').some((node) => {
    const call = node.named[0] ? readCall(unparenthesized(node.named[0])) : null;
    if (!call || functionOf(node) !== definition) return false;
    const method = readMethodCall(call.node);
    if (method?.method.text === 'rollback')
      return goesOn(node) && asyncSession(method.receiver, facts) !== null;
    if (!/session|\bdb\b/.test(call.list.text)) return false;
    const called = calledFunction(call.callee, facts);
    return called !== null && rollsBackOnFailure(called.definition, called.facts, depth + 1);
  });
}

/** Whether an exception handler does not raise again after a place. */
function goesOn(node: PyNode): boolean {
  const handler = enclosing(node, 'except_clause', 'function_definition');
  if (handler?.kind !== 'except_clause') return false;
  return !descendants(handler, 'raise_statement').some(({ start }) => start > node.end);
}

/** Whether a place is reached only if what a statement assigns, the result of a function, says that it failed. */
export function isWhereItFailed(place: PyNode, statement: PyNode): boolean {
  const assignment = statement.named[0];
  const result = assignment?.kind === 'assignment' ? assignment.child('left') : null;
  if (result?.kind !== 'identifier') return false;
  const succeeds = new RegExp(`^${result.text}\\b(?!.*( is None| is False|\\berror))`);
  const fails = new RegExp(`^(not ${result.text}\\b|${result.text}( is None| is False)$)`);
  for (let each = place; each.parent && each.start > statement.end; each = each.parent) {
    const { parent } = each;
    if (!/^(if_statement|elif_clause)$/.test(parent.kind)) continue;
    const condition = parent.child('condition')?.text ?? '';
    const isBody = each.kind === 'block';
    if (isBody ? fails.test(condition) : each.field !== 'condition' && succeeds.test(condition))
      return true;
  }
  return false;
}
