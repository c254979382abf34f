// The option `autocommit` of statements and connections: what it says, and how it goes. It knows no transactions.
import type { Edit } from '../../edits/edit.ts';
import { itemRemovals, type Call, type MethodCall } from '../../python/calls.ts';
import type { RuleContext } from '../rule.ts';

/** The argument `autocommit=` of a call of `execution_options()`. */
export function autocommitOption(call: MethodCall | null): Call['keywords'][number] | null {
  if (call?.method.text !== 'execution_options') return null;
  return call.keywords.find(({ name }) => name === 'autocommit') ?? null;
}

/** The edits that drop the option, with the call if it gives no other. */
export function withoutAutocommit(
  { node, receiver, list }: MethodCall,
  option: Call['keywords'][number],
  context: RuleContext,
): readonly Edit[] {
  return list.named.length === 1
    ? [context.replace({ start: receiver.end, end: node.end }, '')]
    : itemRemovals(list, [option.node]).map((span) => context.replace(span, ''));
}
