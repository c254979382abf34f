// Whether the session that expires its objects holds the object of a variable: by where it was loaded, added, refreshed or deleted. It judges no reads.
import { readMethodCall } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { Origin } from '../loads/loaded.ts';
import { elementOrigins, originsOf } from '../loads/origin.ts';
import { passedFor } from './called.ts';
import type { Expiry } from './commits.ts';
import { asyncSession, functionOf } from './sessions.ts';

/** `true` if the session of the expiry is proven to hold the object, `false` if that is likely, `null` if it does not. */
export function isHeld(
  object: PyNode,
  expiry: Expiry,
  definition: PyNode,
  facts: Facts,
): boolean | null {
  const bindings = facts.binding.reaching(object);
  const origins = originsOf(object, facts);
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
    return isAdded(object, expiry, definition) ? true : null;
  if (origins.length > own.length) {
    if (origins.some((origin) => sessionIn(definition, origin) === expiry.session)) return true;
    return origins.some(
      ({ session, facts: home }) => session !== null && asyncSession(session, home) !== null,
    )
      ? isPassedSession(expiry, definition)
      : null;
  }
  if (isManaged(object, expiry, definition)) return true;
  if (bindings.some(({ kind }) => kind === 'for')) {
    const [loop] = bindings.flatMap(({ value }) => value ?? []);
    return loop && elementOrigins(loop, facts).length > 0 ? false : null;
  }
  return bindings.some(({ kind }) => kind === 'parameter') ? false : null;
}

/** The expression by which a function knows the session that loaded what it got from the functions it called; `null` if it knows none. */
function sessionIn(definition: PyNode, { session, facts, frames }: Origin): string | null {
  let node = session;
  let home = facts;
  for (const frame of frames) {
    if (node?.kind !== 'identifier') return null;
    const place = home.binding.lookup(node.text, node);
    const parameter = place?.bindings.find(({ kind }) => kind === 'parameter');
    if (!parameter || place?.scope.node !== frame.definition) return null;
    node = passedFor(frame.call, parameter.statement, frame.skipped);
    home = frame.facts;
  }
  return frames.length > 0 && node !== null && functionOf(node) === definition ? node.text : null;
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

/** Whether the function refreshes or deletes the object by the session, which fails for those that it does not hold, or adds it before. */
function isManaged(object: PyNode, expiry: Expiry, definition: PyNode): boolean {
  return descendants(definition, 'call').some((node) => {
    const call = readMethodCall(node);
    if (call?.receiver.text !== expiry.session || call.positional[0]?.text !== object.text)
      return false;
    return (
      /^(refresh|delete)$/.test(call.method.text) ||
      (call.method.text === 'add' && node.end <= expiry.statement.start)
    );
  });
}
