// Finds reads of what an async query has not loaded. It proposes nothing.
import { isTestPath } from '../test-paths.ts';
import { readCall } from '../../python/calls.ts';
import { readString } from '../../python/strings.ts';
import { contains, enclosing, type PyNode } from '../../python/tree.ts';
import { asyncSession, functionOf, syncSession } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';
import type { MappedAttribute } from '../models.ts';
import type { Evidence } from '../values.ts';
import { attributeOf } from './attribute.ts';
import { isCovered } from './coverage.ts';
import { isHandled } from './guards.ts';
import { optionsOf } from './options.ts';
import { ownerClass, type Origin } from './loaded.ts';
import { elementOrigins, originsOf } from './origin.ts';

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
  const { models } = facts;
  if (!object || !(models.mayBe(name, 'relationship') || models.mayBe(name, 'column'))) return [];
  if (!isRead(node) || !isFirstRead(node)) return [];
  if (facts.mappedClass(object) !== null) return [];
  return unloaded(originsOf(object, facts), name, node, object, facts);
}

/** The same for `getattr(object, "name", default)`: the default is for attributes that the class does not have. */
export function unloadedByName(node: PyNode, facts: Facts): readonly UnloadedRead[] {
  const [object, key] = readCall(node)?.positional ?? [];
  const name = key?.kind === 'string' ? readString(key)?.value : undefined;
  if (!object || name === undefined || !facts.asyncFacts().lazyNames.has(name)) return [];
  if (!isFirst(node, `${object.text}.${name}`) || !isFirst(node, node.text)) return [];
  if (facts.mappedClass(object) !== null || catchesAll(node)) return [];
  return unloaded(originsOf(object, facts), name, node, object, facts);
}

/** Whoever asks by name inside of `try: … except Exception:` expects that it may fail. */
function catchesAll(node: PyNode): boolean {
  const around = enclosing(node, 'try_statement', 'function_definition');
  const body = around?.kind === 'try_statement' ? around.child('body') : null;
  return (
    body !== null &&
    contains(body, node) &&
    /^\s*except( Exception( as \w+)?)?:/m.test(around?.text.slice(body.text.length) ?? '')
  );
}

/** Reads of lazy relationships of objects that a loop runs over, whose query another function sends without asyncio. */
export function repeatedReads(node: PyNode, facts: Facts): readonly UnloadedRead[] {
  const object = node.child('object');
  const name = node.child('attribute')?.text ?? '';
  if (!object || !facts.models.mayBe(name, 'relationship')) return [];
  if (!isRead(node) || !isFirstRead(node) || facts.mappedClass(object) !== null) return [];
  return originsOf(object, facts).flatMap((origin): UnloadedRead[] => {
    const owner = ownerClass(origin, facts);
    const attribute = owner && attributeOf(owner, name, facts);
    if (attribute?.kind !== 'relationship' || !origin.session || !origin.many) return [];
    if (isCovered(origin, attribute) || isTestPath(origin.facts.module.path)) return [];
    const evidence = syncSession(origin.session, origin.facts);
    if (!evidence || isHandled(node, object, attribute, origin, facts)) return [];
    return [
      {
        origin,
        attribute,
        evidence: dependsOnCaller(node, attribute, origin) ? 'likely' : evidence,
      },
    ];
  });
}

/** What `await user.awaitable_attrs.orders` loads for each element of a loop, whose query could load it for all. */
export function awaitedReads(node: PyNode, facts: Facts): readonly UnloadedRead[] {
  const awaitable = node.child('object');
  const object =
    awaitable?.child('attribute')?.text === AWAITABLE ? awaitable.child('object') : null;
  const name = node.child('attribute')?.text ?? '';
  if (!object || !facts.models.mayBe(name, 'relationship') || !isFirstRead(node)) return [];
  return originsOf(object, facts).flatMap((origin): UnloadedRead[] => {
    const owner = ownerClass(origin, facts);
    const attribute = owner && attributeOf(owner, name, facts);
    if (attribute?.kind !== 'relationship' || !origin.session || !origin.many) return [];
    if (isCovered(origin, attribute) || isTestPath(origin.facts.module.path)) return [];
    const evidence = asyncSession(origin.session, origin.facts);
    const isShared = attribute.uselist !== true && attribute.direction !== 'one-to-many';
    return evidence ? [{ origin, attribute, evidence: isShared ? 'likely' : evidence }] : [];
  });
}

const AWAITABLE = 'awaitable_attrs';

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
  const isLoaded = (origin: Origin): boolean => {
    const owner = ownerClass(origin, facts);
    const attribute = owner && attributeOf(owner, name, facts);
    return attribute !== null && isCovered(origin, attribute);
  };
  // Of several statements that one call may execute, `if options:` chooses the one with them.
  const covered = new Set(origins.filter(isLoaded).map(wayOf));
  return origins.flatMap((origin): UnloadedRead[] => {
    const owner = ownerClass(origin, facts);
    const attribute = owner && attributeOf(owner, name, facts);
    if (!attribute || !origin.session || covered.has(wayOf(origin))) return [];
    const evidence = asyncSession(origin.session, origin.facts);
    // Tests that pass show that their own objects are loaded.
    if (!evidence || isTestPath(origin.facts.module.path) || isTestPath(facts.module.path))
      return [];
    if (isHandled(node, object, attribute, origin, facts)) return [];
    const doubted = mayBeThere(origin, attribute) || dependsOnCaller(node, attribute, origin);
    return [{ origin, attribute, evidence: doubted ? 'likely' : evidence }];
  });
}

/** The execution of an origin, and the calls that led to it. */
function wayOf({ facts, node, frames, path }: Origin): string {
  const calls = frames.map((frame) => `${frame.facts.module.path}:${frame.call.start}`);
  const names = path.map(({ owner, name }) => `${owner}.${name}`);
  return [`${facts.module.path}:${node.start}`, ...calls, ...names].join(' ');
}

/**
 * In a function that several callers use, a read under a condition may be meant for the others, and what many objects have in common is
 * often held by the caller.
 */
function dependsOnCaller(node: PyNode, attribute: MappedAttribute, origin: Origin): boolean {
  const definition = functionOf(node);
  if (origin.functions[0] === definition) return false;
  const isOne = attribute.kind === 'relationship' && attribute.uselist !== true;
  // The other side of a foreign key is never found by its key.
  if (isOne && attribute.direction !== 'one-to-many') return true;
  // Who loads the object knows what it is for.
  const own = origin.frames.at(-1);
  if (own && origin.functions.at(-1) === definition && functionOf(own.call) === definition)
    return false;
  const around = enclosing(
    node,
    'if_statement',
    'elif_clause',
    'conditional_expression',
    'boolean_operator',
    'function_definition',
  );
  return around !== null && around.kind !== 'function_definition';
}

/** Where a query is filtered by the parent's key, the parent itself was often loaded before: reading it sends nothing then. */
function mayBeThere(origin: Origin, attribute: MappedAttribute): boolean {
  if (attribute.kind !== 'relationship' || attribute.direction !== 'many-to-one') return false;
  const { statement, entity } = origin;
  const { paths } = optionsOf(origin);
  const named = paths.flatMap((path) =>
    path.slice(0, 1).map(({ name }) => entity.attributes.get(name ?? '')),
  );
  if (
    named.some(
      (each) =>
        each?.kind === 'relationship' &&
        each.name !== attribute.name &&
        each.target === attribute.target,
    )
  )
    return true;
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
    parent?.kind !== 'delete_statement' && !(node.child('object')?.text ?? '').endsWith(AWAITABLE)
  );
}

/** Whether nothing before it in the function reads the same: only the first one fails. */
function isFirstRead(node: PyNode): boolean {
  return isFirst(node, node.text);
}

function isFirst(node: PyNode, what: string): boolean {
  const definition = functionOf(node);
  if (!definition) return true;
  const before = node.source.slice(definition.start, node.start);
  const text = what.replaceAll(/[^\w]/g, '\\$&');
  return !new RegExp(`(?<![\\w.])${text}\\b(?!\\s*=[^=])`).test(before);
}
