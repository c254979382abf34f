// Finds reads of relationships of objects that this function made and flushed, and never gave a value: they would be loaded then. It proposes nothing.
import { readCall, readMethodCall } from '../../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import { dominates } from '../asyncio/commits.ts';
import { commitsOrFlushes } from '../asyncio/flushes.ts';
import { functionOf, isAsync } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';
import { isTestPath } from '../test-paths.ts';
import type { RelationshipAttribute } from '../models.ts';
import { attributeOf } from './attribute.ts';
import { isHandled } from './guards.ts';
import { ownerClass, type Origin } from './loaded.ts';
import { originsOf } from './origin.ts';

/** A read of a new object after a flush. */
export interface NewObjectRead {
  readonly attribute: RelationshipAttribute;
  /** The statement that sent the INSERT. */
  readonly statement: PyNode;
  readonly session: string;
  /** Its class has `awaitable_attrs`, and the read stands where one may await. */
  readonly awaitable: boolean;
}

/** An INSERT loads nothing: strategies that load with the parent load on access then. */
const LOADED: ReadonlySet<string> = new Set([
  'select',
  'selectin',
  'joined',
  'subquery',
  'immediate',
]);

/** What an attribute expression reads of a flushed new object that has no value; `null` if it has one, or nothing is known. */
export function newObjectRead(node: PyNode, facts: Facts): NewObjectRead | null {
  const object = node.child('object');
  const definition = functionOf(node);
  if (object?.kind !== 'identifier' || !definition || !isAsync(definition)) return null;
  const name = node.child('attribute')?.text ?? '';
  const origins = originsOf(object, facts);
  const [origin] = origins;
  if (!origin || origins.length > 1 || origin.kind !== 'new' || origin.path.length > 0) return null;
  if (origin.functions[0] !== definition || origin.functions.length > 1) return null;
  const attribute = attributeOf(origin.entity, name, facts);
  if (attribute?.kind !== 'relationship' || attribute.lazy === null || !LOADED.has(attribute.lazy))
    return null;
  if (isTarget(node) && attribute.uselist !== true) return null;
  if (isGiven(origin, name) || isHeld(origin, attribute, facts)) return null;
  if (isTestPath(facts.module.path) || isHandled(node, object, attribute, origin, facts))
    return null;
  const flushes = commitsOrFlushes(definition, facts).filter(
    ({ statement }) => dominates(statement, node) && statement.start >= origin.node.end,
  );
  for (const { statement, receiver } of flushes) {
    if (!isAdded(object, receiver, statement, definition)) continue;
    if (isTouched(object, name, origin, statement, definition)) return null;
    if (attribute.lazy !== 'select' && isRefreshed(object, statement, node, definition))
      return null;
    // What was added until the last flush belongs to it too.
    return {
      attribute,
      statement: flushes.at(-1)?.statement ?? statement,
      session: receiver.text,
      awaitable:
        origin.entity.mro.includes('sqlalchemy.ext.asyncio.AsyncAttrs') &&
        enclosing(node, 'lambda', 'function_definition', 'generator_expression') === definition,
    };
  }
  return null;
}

/** An assignment; that of a collection loads what it replaces. */
function isTarget(node: PyNode): boolean {
  return node.field === 'left' && node.parent?.kind === 'assignment';
}

function isGiven(origin: Origin, name: string): boolean {
  const call = readCall(origin.node);
  return !call || call.doubleStarred || call.keywords.some((each) => each.name === name);
}

/** `Order(user_id=user.id)`: the session finds the user in its identity map, and sends nothing. */
function isHeld(origin: Origin, { target, uselist }: RelationshipAttribute, facts: Facts): boolean {
  if (uselist === true || target === null) return false;
  return (readCall(origin.node)?.keywords ?? []).some(({ value }) => {
    const object = value.kind === 'attribute' ? value.child('object') : null;
    const held = object?.kind === 'identifier' ? facts.infer(object)?.value : undefined;
    const classes =
      held?.kind === 'instance'
        ? [held.of]
        : object?.kind === 'identifier'
          ? originsOf(object, facts).map((each) => ownerClass(each, facts)?.id)
          : [];
    return classes.includes(target);
  });
}

/** A refresh loads what the mapping loads with the object. */
function isRefreshed(object: PyNode, statement: PyNode, node: PyNode, definition: PyNode): boolean {
  return descendants(definition, 'call').some((each) => {
    const call = readMethodCall(each);
    return (
      call?.method.text === 'refresh' &&
      each.start >= statement.end &&
      each.end <= node.start &&
      call.positional[0]?.text === object.text
    );
  });
}

function isAdded(object: PyNode, session: PyNode, before: PyNode, definition: PyNode): boolean {
  return descendants(definition, 'call').some((node) => {
    const call = readMethodCall(node);
    return (
      call !== null &&
      node.end <= before.start &&
      /^(add|add_all)$/.test(call.method.text) &&
      call.receiver.text === session.text &&
      new RegExp(`\\b${object.text}\\b`).test(call.list.text)
    );
  });
}

/** Whether something between the making and the flush gives the relationship a value, or hands the object to something that may. */
function isTouched(
  object: PyNode,
  name: string,
  origin: Origin,
  flush: PyNode,
  definition: PyNode,
): boolean {
  const word = new RegExp(`\\b${object.text}\\b(?!\\s*\\.)`);
  const isBetween = (node: PyNode): boolean =>
    node.start >= origin.node.end && node.end <= flush.end;
  const reads = descendants(definition, 'attribute').some(
    (node) =>
      isBetween(node) &&
      node.child('attribute')?.text === name &&
      node.child('object')?.text === object.text,
  );
  return (
    reads ||
    descendants(definition, 'call').some((node) => {
      const call = readCall(node);
      const method = readMethodCall(node)?.method.text ?? '';
      return (
        call !== null &&
        isBetween(node) &&
        !/^(add|add_all|flush|refresh)$/.test(method) &&
        word.test(call.list.text)
      );
    })
  );
}
