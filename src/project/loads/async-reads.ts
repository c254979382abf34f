// Finds reads of what an async query has not loaded. It proposes nothing.
import type { PyNode } from '../../python/tree.ts';
import { asyncSession, functionOf } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';
import type { MappedAttribute } from '../models.ts';
import type { Evidence } from '../values.ts';
import { attributeOf } from './attribute.ts';
import { isCovered } from './coverage.ts';
import { isHandled } from './guards.ts';
import { elementOrigins, originsOf, ownerClass, type Origin } from './origin.ts';

/** A read of something that is not loaded. */
export interface UnloadedRead {
  readonly origin: Origin;
  readonly attribute: MappedAttribute;
  readonly evidence: Evidence;
}

/** What an attribute expression reads that its object's query did not load; empty if it is loaded, or nothing is known. */
export function unloadedReads(node: PyNode, facts: Facts): readonly UnloadedRead[] {
  const object = node.child('object');
  const name = node.child('attribute')?.text ?? '';
  if (!object || !isRead(node) || !isFirstRead(node)) return [];
  if (facts.mappedClass(object) !== null) return [];
  return unloaded(originsOf(object, facts), name, node, object, facts);
}

/** The same for what a library reads from the object of an expression, or from those that it yields. */
export function unloadedByLibrary(
  object: PyNode,
  name: string,
  many: boolean,
  facts: Facts,
): readonly UnloadedRead[] {
  const origins = many ? elementOrigins(object, facts) : originsOf(object, facts);
  return unloaded(origins, name, object, object, facts);
}

function unloaded(
  origins: readonly Origin[],
  name: string,
  node: PyNode,
  object: PyNode,
  facts: Facts,
): readonly UnloadedRead[] {
  return origins.flatMap((origin): UnloadedRead[] => {
    const owner = ownerClass(origin, facts);
    const attribute = owner && attributeOf(owner, name, facts);
    if (!attribute || !origin.session || isCovered(origin, attribute)) return [];
    const evidence = asyncSession(origin.session, origin.facts);
    if (!evidence || isHandled(node, object, attribute, origin, facts)) return [];
    return [{ origin, attribute, evidence: mayBeThere(origin, attribute) ? 'likely' : evidence }];
  });
}

/** Where a query is filtered by the parent's key, the parent itself was often loaded before: reading it sends nothing then. */
function mayBeThere(origin: Origin, attribute: MappedAttribute): boolean {
  if (attribute.kind !== 'relationship' || attribute.direction !== 'many-to-one') return false;
  const { statement, entity } = origin;
  const text = statement ? statement.links.map((link) => link.list.text).join(' ') : '';
  return [...entity.attributes.values()].some(
    (column) =>
      column.kind === 'column' &&
      column.foreignKeys.some(
        ({ attribute: key }) => key !== null && key.owner === attribute.target,
      ) &&
      new RegExp(`\\b${column.name}\\s*(==|=|\\.in_\\()`).test(text),
  );
}

/** Whether the value is needed: not the target of an assignment, not what `del` removes. */
function isRead(node: PyNode): boolean {
  const { parent } = node;
  if (parent?.kind === 'assignment' && node.field === 'left') return false;
  return (
    parent?.kind !== 'delete_statement' &&
    !/awaitable_attrs$/.test(node.child('object')?.text ?? '')
  );
}

/** Whether nothing before it in the function reads the same: only the first one fails. */
function isFirstRead(node: PyNode): boolean {
  const definition = functionOf(node);
  if (!definition) return true;
  const before = node.source.slice(definition.start, node.start);
  const text = node.text.replaceAll(/[^\w]/g, '\\$&');
  return !new RegExp(`(?<![\\w.])${text}\\b(?!\\s*=[^=])`).test(before);
}
