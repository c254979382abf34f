// What code around a read does so that the attribute is there after all, or that the read cannot fail. Conservative: a doubt counts as handled.
import { readCall, readMethodCall } from '../../python/calls.ts';
import { readString } from '../../python/strings.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import { functionOf } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';
import type { MappedAttribute } from '../models.ts';
import type { Origin } from './loaded.ts';

/** Whether something between the load of `origin` and the read loads the attribute, or the read happens where lazy loading works. */
export function isHandled(
  read: PyNode,
  object: PyNode,
  attribute: MappedAttribute,
  origin: Origin,
  facts: Facts,
): boolean {
  const definition = functionOf(read);
  const functions = new Set([...origin.functions, ...(definition ? [definition] : [])]);
  return (
    runsInGreenlet(read) ||
    catchesMissing(read) ||
    (definition !== null && asksWhetherLoaded(read, attribute, definition)) ||
    [...functions].some((each) => loadsElsewhere(each, attribute, origin)) ||
    isAwaitedOnTheWay(attribute, origin.functions, definition, facts) ||
    (definition !== null && isSetBefore(read, object, attribute, definition, facts))
  );
}

/** Whether the node runs inside of `run_sync(…)`. */
export function runsInGreenlet(node: PyNode): boolean {
  for (let call = enclosing(node, 'call'); call; call = enclosing(call, 'call')) {
    const method = readMethodCall(call)?.method.text ?? '';
    if (method === 'run_sync' || readCall(call)?.callee.text === 'greenlet_spawn') return true;
  }
  const definition = functionOf(node);
  const name = definition?.child('name')?.text;
  return (
    name !== undefined && new RegExp(`\\brun_sync\\(\\s*(self\\.)?${name}\\b`).test(node.source)
  );
}

function catchesMissing(node: PyNode): boolean {
  for (let each = enclosing(node, 'try_statement'); each; each = enclosing(each, 'try_statement')) {
    const handlers = each.children.filter((child) => child.kind === 'except_clause');
    const inBody = each.child('body');
    if (
      inBody &&
      inBody.start <= node.start &&
      node.end <= inBody.end &&
      handlers.some((handler) =>
        /\b(MissingGreenlet|DetachedInstanceError|StatementError)\b/.test(
          handler.text.split('\n')[0] ?? '',
        ),
      )
    )
      return true;
  }
  return false;
}

/** `if "orders" in inspect(user).dict:` and the like, around the read or before it. */
function asksWhetherLoaded(read: PyNode, attribute: MappedAttribute, definition: PyNode): boolean {
  return descendants(definition, 'comparison_operator').some((node) => {
    const [name, ...others] = node.named;
    return (
      node.start < read.end &&
      name?.kind === 'string' &&
      readString(name)?.value === attribute.name &&
      others.some(({ text }) =>
        /(\.dict|\.__dict__|\.unloaded|\.loaded|vars\([^()]*\))$/.test(text),
      )
    );
  });
}

/** Whether another query of the function loads the attribute, or the objects it leads to. */
function loadsElsewhere(definition: PyNode, attribute: MappedAttribute, origin: Origin): boolean {
  const { text } = definition;
  if (/\.unloaded\b|\bset_committed_value\b|\benable_relationship_loading\b/.test(text))
    return true;
  const name = escaped(attribute.name);
  if (
    descendants(definition, 'call').some((call) => {
      if (
        origin.statement &&
        call.start >= origin.statement.head.node.start &&
        call.end <= origin.statement.end
      )
        return false;
      const callee = readCall(call)?.callee;
      const called = callee?.child('attribute')?.text ?? callee?.text ?? '';
      return (
        /^(selectinload|joinedload|subqueryload|immediateload|contains_eager|undefer)$/.test(
          called,
        ) && new RegExp(`[."']${name}\\b`).test(readCall(call)?.list.text ?? '')
      );
    })
  )
    return true;
  if (
    attribute.kind !== 'relationship' ||
    attribute.direction === 'one-to-many' ||
    attribute.direction === 'many-to-many'
  )
    return false;
  const target = attribute.target?.slice(attribute.target.lastIndexOf('.') + 1) ?? '';
  return (
    target !== '' &&
    new RegExp(`\\b(select|query|get|get_one)\\(\\s*(\\w+\\.)*${escaped(target)}\\b`).test(text)
  );
}

/** Whether a function that the object passes through awaits the attribute, itself or by a function that it calls. */
function isAwaitedOnTheWay(
  attribute: MappedAttribute,
  functions: readonly PyNode[],
  definition: PyNode | null,
  facts: Facts,
): boolean {
  const awaiting = facts.index
    .mentions(attribute.name)
    .filter(({ node }) => objectOf(node)?.text.endsWith('.awaitable_attrs'))
    .flatMap(({ node }) => functionOf(node) ?? []);
  return awaiting.some((each) => {
    if (each !== definition && functions.includes(each)) return true;
    const name = each.child('name')?.text ?? '';
    return functions.some((way) => each !== way && new RegExp(`\\b${name}\\(`).test(way.text));
  });
}

/** The object of the attribute that a name stands in. */
function objectOf(node: PyNode): PyNode | null {
  const attribute = node.kind === 'attribute' ? node : node.parent;
  return attribute?.kind === 'attribute' ? attribute.child('object') : null;
}

/** Whether the attribute is refreshed, awaited or assigned on the same variable before the read. */
function isSetBefore(
  read: PyNode,
  object: PyNode,
  attribute: MappedAttribute,
  definition: PyNode,
  facts: Facts,
): boolean {
  const { text } = object;
  const before = (node: PyNode): boolean => node.end <= read.start;
  const assigned = descendants(definition, 'attribute').some(
    (node) =>
      before(node) &&
      node.child('attribute')?.text === attribute.name &&
      (node.child('object')?.text === text ||
        node.child('object')?.text === `${text}.awaitable_attrs`) &&
      (node.child('object')?.text !== text ||
        (node.field === 'left' && node.parent?.kind === 'assignment')),
  );
  if (assigned) return true;
  return descendants(definition, 'call')
    .filter(before)
    .some((node) => {
      const call = readMethodCall(node);
      if (!call)
        return /\bsetattr$/.test(readCall(node)?.callee.text ?? '') && node.text.includes(text);
      if (call.method.text !== 'refresh') return false;
      return (
        refreshesAll(call.list, attribute.name) && isSameObject(call.positional[0], object, facts)
      );
    });
}

function refreshesAll(list: PyNode, name: string): boolean {
  const strings = descendants(list, 'string').map((each) => readString(each)?.value);
  if (strings.includes(name)) return true;
  // Names in variables may be any.
  return list.named.length > 1 && strings.length === 0;
}

function isSameObject(argument: PyNode | undefined, object: PyNode, facts: Facts): boolean {
  if (!argument) return false;
  if (argument.text === object.text) return true;
  // A loop that refreshes every element of the same list.
  return argument.kind === 'identifier' && facts.definition(argument)?.kind === 'for';
}

function escaped(text: string): string {
  return text.replaceAll(/[^\w]/g, '\\$&');
}
