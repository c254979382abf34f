// Finds reads of mapped attributes of objects that a commit or rollback has expired. It proposes nothing.
import { readCall, readMethodCall } from '../../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { runsInGreenlet } from '../loads/guards.ts';
import { attributeOf } from '../loads/attribute.ts';
import { elementOrigins, originsOf, ownerClass } from '../loads/origin.ts';
import type { MappedClass } from '../models.ts';
import type { Value } from '../values.ts';
import { dominates, expiresOnCommit, expiriesIn, statementOf, type Expiry } from './commits.ts';
import { asyncSession, functionOf, isAsync } from './sessions.ts';

/** A read of an expired object. */
export interface ExpiredRead {
  /** What reads: the attribute, or what hands the object to a serialiser. */
  readonly node: PyNode;
  /** The variable that holds the object. */
  readonly object: PyNode;
  readonly expiry: Expiry;
  readonly proven: boolean;
  /** The commit of an earlier round of this loop expired it. */
  readonly loop: PyNode | null;
}

/** The first read of each object after each expiry of an async function. */
export function expiredReads(definition: PyNode, facts: Facts): readonly ExpiredRead[] {
  if (!isAsync(definition)) return [];
  const expiries = expiriesIn(definition, facts).filter((expiry) =>
    expires(expiry, definition, facts),
  );
  if (expiries.length === 0) return [];
  const found = new Map<string, ExpiredRead>();
  for (const read of readsIn(definition, facts)) {
    const expired = expiredBy(read, expiries, definition, facts);
    if (!expired) continue;
    const key = `${read.object.text}@${expired.expiry.statement.start}`;
    if (!found.has(key)) found.set(key, expired);
  }
  return [...found.values()];
}

function expires(expiry: Expiry, definition: PyNode, facts: Facts): boolean {
  if (expiry.kind === 'rollback') return true;
  const session = descendants(definition, 'identifier', 'attribute').find(
    ({ text }) => text === expiry.session,
  );
  return expiresOnCommit(session ?? null, facts) === true;
}

interface Read {
  readonly node: PyNode;
  readonly object: PyNode;
  readonly model: MappedClass;
}

/** The reads of mapped attributes of variables, in source order. */
function readsIn(definition: PyNode, facts: Facts): readonly Read[] {
  const body = definition.child('body');
  if (!body) return [];
  return [
    ...attributeReads(body, definition, facts),
    ...answered(body, definition, facts),
  ].toSorted((a, b) => a.node.start - b.node.start);
}

function attributeReads(body: PyNode, definition: PyNode, facts: Facts): readonly Read[] {
  return descendants(body, 'attribute').flatMap((node): Read[] => {
    const object = node.child('object');
    if (object?.kind !== 'identifier' || functionOf(node) !== definition) return [];
    if (node.field === 'left' && (node.parent?.kind ?? '').endsWith('assignment')) return [];
    const name = node.child('attribute')?.text ?? '';
    const model = modelOf(object, name, facts);
    return model ? [{ node, object, model }] : [];
  });
}

/** Objects that a route of a web framework returns: their attributes are read when the answer is written. */
function answered(body: PyNode, definition: PyNode, facts: Facts): readonly Read[] {
  if (!isRoute(definition)) return [];
  return descendants(body, 'return_statement').flatMap((node): Read[] => {
    const [object] = node.named;
    if (object?.kind !== 'identifier' || functionOf(node) !== definition) return [];
    const value = facts.infer(object)?.value;
    const model = value?.kind === 'instance' ? facts.models.classes.get(value.of) : undefined;
    return model?.role === 'mapped' ? [{ node, object, model }] : [];
  });
}

/** Whether a function is decorated as `@router.get(…)` is. */
export function isRoute(definition: PyNode): boolean {
  const decorated = definition.parent?.kind === 'decorated_definition' ? definition.parent : null;
  return (decorated?.children ?? []).some(
    (child) =>
      child.kind === 'decorator' &&
      /^@\s*\w+(\.\w+)*\.(get|post|put|patch|delete|api_route)\(/.test(child.text),
  );
}

/** The mapped class of a variable, if the name is a column or relationship of it. */
function modelOf(object: PyNode, name: string, facts: Facts): MappedClass | null {
  const place = facts.binding.lookup(object.text, object);
  if (!place || place.scope.kind === 'module' || place.scope.kind === 'class') return null;
  const value = facts.infer(object)?.value;
  const model =
    (value?.kind === 'instance' ? facts.models.classes.get(value.of) : null) ??
    loadedClass(object, value, facts);
  const kind = model ? attributeOf(model, name, facts)?.kind : null;
  return model && (kind === 'column' || kind === 'relationship') ? model : null;
}

/** The class of objects whose type no annotation tells: that of the query they come from. */
function loadedClass(object: PyNode, value: Value | undefined, facts: Facts): MappedClass | null {
  if (value && !(value.kind === 'instance' && value.of === 'builtins.object')) return null;
  const [origin] = originsOf(object, facts);
  return origin ? ownerClass(origin, facts) : null;
}

function expiredBy(
  read: Read,
  expiries: readonly Expiry[],
  definition: PyNode,
  facts: Facts,
): ExpiredRead | null {
  if (runsInGreenlet(read.node)) return null;
  const bindings = facts.binding.reaching(read.object);
  for (const expiry of expiries.toReversed()) {
    const loop = loopOf(read, expiry, facts);
    const isAfter = loop === null && dominates(expiry.statement, read.node);
    if (!isAfter && loop === null) continue;
    const { statement, kind } = expiry;
    const since = kind === 'block' ? statement.end : statement.start;
    if (!loop && bindings.some((binding) => binding.node.start > since)) continue;
    const holder = holderOf(read, expiry, definition, facts);
    if (holder === null || isRevived(read, expiry, loop, definition, facts)) continue;
    return { node: read.node, object: read.object, expiry, proven: holder && expiry.sure, loop };
  }
  return null;
}

/** The loop whose earlier rounds expire the element that is read: it runs over a list, and commits after the read. */
function loopOf(read: Read, expiry: Expiry, facts: Facts): PyNode | null {
  const loop = enclosing(read.node, 'for_statement');
  const body = loop?.child('body');
  const target = loop?.child('left');
  const iterable = loop?.child('right');
  if (!loop || !body || !iterable || target?.text !== read.object.text) return null;
  if (!contains(body, expiry.statement) || expiry.statement.start < read.node.start) return null;
  if (functionOf(expiry.statement) !== functionOf(read.node) || expiry.kind === 'block')
    return null;
  const block = expiry.statement.parent;
  const next = block?.named.slice(block.named.indexOf(expiry.statement) + 1) ?? [];
  if (next.some(({ kind }) => /^(break|return|raise)_statement$/.test(kind))) return null;
  return facts.binding.reaching(read.object).every((binding) => contains(loop, binding.node))
    ? loop
    : null;
}

/** Whether the session of the expiry holds the object: `true` if that is proven, `false` if likely, `null` if not. */
function holderOf(read: Read, expiry: Expiry, definition: PyNode, facts: Facts): boolean | null {
  const isElement = facts.binding.reaching(read.object).some(({ kind }) => kind === 'for');
  const origins = originsOf(read.object, facts);
  // What a function detaches before it returns it is expired by nothing.
  if (
    origins.some(({ functions }) =>
      functions.some((each) => each !== definition && /\bexpunge/.test(each.text)),
    )
  )
    return null;
  const own = origins.filter(
    (origin) => origin.functions.length <= 1 && origin.functions[0] === definition,
  );
  if (own.some((origin) => origin.session?.text === expiry.session)) return true;
  if (own.some((origin) => origin.kind === 'new'))
    return isAdded(read.object, expiry, definition) ? true : null;
  if (origins.length > own.length)
    return origins.some(
      ({ session, facts: home }) => session !== null && asyncSession(session, home) !== null,
    )
      ? isPassedSession(expiry, definition)
      : null;
  const parameter = facts.binding.reaching(read.object).some(({ kind }) => kind === 'parameter');
  if (isElement) {
    const [loop] = facts.binding.reaching(read.object).flatMap(({ value }) => value ?? []);
    return loop && elementOrigins(loop, facts).length > 0 ? false : null;
  }
  return parameter ? false : null;
}

/** A function that is given its session was most likely given objects of the same one. */
function isPassedSession(expiry: Expiry, definition: PyNode): boolean {
  return new RegExp(`\\b${expiry.session.replaceAll(/[^\w]/g, '\\$&')}\\b`).test(
    definition.child('parameters')?.text ?? '',
  );
}

/** `session.add(object)` or `add_all([…, object])` before the expiry. */
function isAdded(object: PyNode, expiry: Expiry, definition: PyNode): boolean {
  return descendants(definition, 'call').some((node) => {
    const call = readMethodCall(node);
    return (
      call !== null &&
      node.end <= expiry.statement.end &&
      /^(add|add_all|merge)$/.test(call.method.text) &&
      call.receiver.text === expiry.session &&
      new RegExp(`\\b${object.text}\\b`).test(call.list.text)
    );
  });
}

/** Whether something makes the object readable again, or it left the session before. */
function isRevived(
  read: Read,
  expiry: Expiry,
  loop: PyNode | null,
  definition: PyNode,
  facts: Facts,
): boolean {
  const { object, model } = read;
  const name = new RegExp(`\\b${object.text}\\b`);
  const isBetween = (node: PyNode): boolean =>
    loop ? contains(loop, node) : node.start >= expiry.statement.end && node.end <= read.node.start;
  return descendants(definition, 'call').some((node) => {
    const call = readCall(node);
    if (!call) return false;
    const method = readMethodCall(node)?.method.text ?? call.callee.text;
    const takes = name.test(call.list.text);
    if (/^(delete|expunge|expunge_all|make_transient|make_transient_to_detached)$/.test(method))
      return (
        (takes || method === 'expunge_all') &&
        (loop ? contains(loop, node) && method !== 'delete' : node.end <= read.node.start)
      );
    if (!isBetween(node) || contains(expiry.statement, node)) return false;
    if (/refresh/.test(method)) return true;
    if (/^(get|get_one|execute|scalars|scalar|exec|merge)$/.test(method) && !loop)
      return (
        new RegExp(`\\b${model.name}\\b`).test(call.list.text) ||
        facts.infer(node)?.value === undefined
      );
    return takes && !loop && isAwaitedCall(node);
  });
}

function isAwaitedCall(node: PyNode): boolean {
  const statement = statementOf(node);
  return enclosing(node, 'await') !== null && statement !== null && node.parent?.kind === 'await';
}
