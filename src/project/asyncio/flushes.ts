// Finds the awaited flushes and commits of a function. It judges no reads.
import { readMethodCall, unparenthesized } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { statementOf } from './commits.ts';
import { asyncSession, functionOf } from './sessions.ts';

/** One `await session.flush()` or `await session.commit()`. */
export interface Flush {
  readonly statement: PyNode;
  readonly receiver: PyNode;
  readonly name: string;
}

/** The flushes and commits of a function, in source order. */
export function commitsOrFlushes(definition: PyNode, facts: Facts): readonly Flush[] {
  return descendants(definition, 'await').flatMap((node): Flush[] => {
    const call = node.named[0] ? readMethodCall(unparenthesized(node.named[0])) : null;
    const statement = statementOf(node);
    if (!call || !statement || !/^(flush|commit)$/.test(call.method.text)) return [];
    if (functionOf(node) !== definition || asyncSession(call.receiver, facts) === null) return [];
    return [{ statement, receiver: call.receiver, name: call.method.text }];
  });
}
