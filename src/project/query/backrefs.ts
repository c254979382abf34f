// Finds attributes of backrefs that may not exist yet: making a Query sets up the mappings, making a select() does not.
import { calledName, keyword, readCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { descendants, enclosing, hasIdentifier, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { isSetUp } from './set-up.ts';

/** The attribute of a backref among `nodes` that the same function maps just before, with nothing in between that sets up the mappings. */
export function unconfiguredBackref(
  nodes: readonly PyNode[],
  head: PyNode,
  facts: Facts,
): PyNode | null {
  if (!hasIdentifier(rootOf(head), 'backref')) return null;
  const read = nodes
    .flatMap((node) => [
      ...(node.kind === 'attribute' ? [node] : []),
      ...descendants(node, 'attribute'),
    ])
    .filter((each) => /^[A-Z]\w*$/.test(each.child('object')?.text ?? ''));
  if (read.length === 0) return null;
  const home = enclosing(head, 'function_definition') ?? rootOf(head);
  const calls = callsBefore(head, home);
  for (const each of read) {
    const name = each.child('attribute')?.text ?? '';
    const mapping = calls.findLastIndex((call) => backrefOf(call) === name);
    if (mapping >= 0 && !calls.slice(mapping + 1).some((call) => configures(call, facts)))
      return each;
  }
  return null;
}

/** The attribute of a backref that the links of a query name where nothing shows that the mappings are set up; a name in a string included. */
export function doubtfulBackref(
  nodes: readonly PyNode[],
  head: PyNode,
  facts: Facts,
): PyNode | null {
  const found = nodes
    .flatMap((node) => descendants(node, 'attribute', 'string'))
    .find((each) => isFromBackref(each, facts));
  return found && !isSetUp(head, facts) ? found : null;
}

/** `User.orders`, or `"orders"` if every class that has it has it by a backref. */
function isFromBackref(node: PyNode, facts: Facts): boolean {
  const name =
    node.kind === 'attribute'
      ? node.child('attribute')?.text
      : stringValue(node)?.split('.').at(-1);
  if (name === undefined || !facts.models.mayBe(name, 'relationship')) return false;
  const object = node.child('object');
  const classes = object
    ? [facts.mappedClass(object)].flatMap((each) => each ?? [])
    : [...facts.models.classes.values()];
  const attributes = classes.flatMap((each) => each.attributes.get(name) ?? []);
  return (
    attributes.length > 0 &&
    attributes.every((each) => each.kind === 'relationship' && each.fromBackref)
  );
}

/** The calls before a place, and those in the functions of the file that they call. */
function callsBefore(head: PyNode, home: PyNode): readonly PyNode[] {
  const functions = descendants(rootOf(head), 'function_definition');
  return descendants(home, 'call')
    .filter((each) => each.start < head.start)
    .flatMap((each) => {
      const name = calledName(each);
      const called = functions.filter((one) => one.child('name')?.text === name);
      return [each, ...called.flatMap((one) => descendants(one, 'call'))];
    });
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
