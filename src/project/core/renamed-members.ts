// Rewrites members that only changed their name, from a table. It knows none of them.
import { readCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { RenamedMember } from '../../sqlalchemy/renamed-members.ts';
import type { RuleContext, Visitor } from '../rule.ts';
import { isInstance } from './receivers.ts';

/** The visitor of attributes for a table of renamed members. */
export function renameMembers(members: readonly RenamedMember[]): Visitor {
  const byName = new Map<string, RenamedMember>(members.map((each) => [each.from, each]));
  return (node, context) => {
    const name = node.child('attribute');
    const receiver = node.child('object');
    const member = name ? byName.get(name.text) : undefined;
    if (name && receiver && member && hasShape(node, member))
      rename(node, name, receiver, member, context);
  };
}

function rename(
  node: PyNode,
  name: PyNode,
  receiver: PyNode,
  member: RenamedMember,
  context: RuleContext,
): void {
  const { facts } = context;
  const evidence = isInstance(receiver, member.of, facts);
  if (evidence === null && (member.isUnmistakable !== true || facts.infer(receiver))) return;
  const [of = ''] = member.of;
  context.fix({
    at: node,
    message: `\`${of.slice(of.lastIndexOf('.') + 1)}.${member.from}\``,
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : 'what the receiver is, is not proven',
    edits: [context.replace(name, `${member.to}${member.isCalledNow === true ? '()' : ''}`)],
  });
}

function hasShape(node: PyNode, { isCalledNow, arguments: count }: RenamedMember): boolean {
  const call = readCall(node.parent);
  const isCalled = call?.callee === node;
  if (isCalledNow === true) return !isCalled && !isAssigned(node);
  return count === undefined || (isCalled && call.list.named.length === count);
}

function isAssigned(node: PyNode): boolean {
  return node.field === 'left' && /assignment/.test(node.parent?.kind ?? '');
}
