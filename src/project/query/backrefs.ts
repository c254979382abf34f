// Finds attributes of backrefs that may not exist yet: making a Query sets up the mappings, making a select() does not.
import { calledName, keyword, readCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';

/** The attribute of a backref among `nodes` that the same function maps just before, with nothing in between that sets up the mappings. */
export function unconfiguredBackref(
  nodes: readonly PyNode[],
  head: PyNode,
  facts: Facts,
): PyNode | null {
  const read = nodes
    .flatMap((node) => [
      ...(node.kind === 'attribute' ? [node] : []),
      ...descendants(node, 'attribute'),
    ])
    .filter((each) => /^[A-Z]\w*$/.test(each.child('object')?.text ?? ''));
  if (read.length === 0) return null;
  const home = enclosing(head, 'function_definition') ?? rootOf(head);
  const calls = descendants(home, 'call').filter((each) => each.start < head.start);
  for (const each of read) {
    const name = each.child('attribute')?.text ?? '';
    const mapping = calls.findLast((call) => backrefOf(call) === name);
    if (mapping && !calls.some((call) => call.start > mapping.end && configures(call, facts)))
      return each;
  }
  return null;
}

function rootOf(node: PyNode): PyNode {
  let root = node;
  while (root.parent) root = root.parent;
  return root;
}

/** `user` of `relationship(Order, backref="user")` and of `backref("user", …)`. */
function backrefOf(node: PyNode): string | null {
  const call = readCall(node);
  if (!call) return null;
  return calledName(node) === 'backref'
    ? stringValue(call.positional[0] ?? null)
    : stringValue(keyword(call, 'backref'));
}

/** Making an object, loading one by its key and executing a statement do; so does `configure_mappers()`. */
function configures(node: PyNode, facts: Facts): boolean {
  const name = calledName(node) ?? '';
  if (/^(configure(_mappers)?|execute|get|scalars?|query)$/.test(name)) return true;
  const call = readCall(node);
  return (
    /^[A-Z]/.test(name) &&
    !(call && (facts.qualifiedName(call.callee)?.startsWith('sqlalchemy.') ?? false))
  );
}
