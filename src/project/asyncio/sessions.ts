// What is asynchronous: sessions, engines, connections, and the functions that code stands in. It judges no use of them.
import type { PyNode } from '../../python/tree.ts';
import { isInstance } from '../core/receivers.ts';
import type { Facts } from '../facts.ts';
import type { Evidence } from '../values.ts';

/** How well an expression is known to be an AsyncSession; `null` if it is not. */
export function asyncSession(node: PyNode, facts: Facts): Evidence | null {
  return isInstance(node, ['sqlalchemy.ext.asyncio.AsyncSession'], facts);
}

/** How well an expression is known to be a Session that blocks; `null` if it is not. */
export function syncSession(node: PyNode, facts: Facts): Evidence | null {
  return isInstance(node, ['sqlalchemy.orm.Session'], facts);
}

/** How well an expression is known to be an AsyncEngine; `null` if it is not. */
export function asyncEngine(node: PyNode, facts: Facts): Evidence | null {
  return isInstance(node, ['sqlalchemy.ext.asyncio.AsyncEngine'], facts);
}

/** A registry that hands each task a session of its own. */
export function isScopedAsync(node: PyNode, facts: Facts): boolean {
  return isInstance(node, ['sqlalchemy.ext.asyncio.async_scoped_session'], facts) !== null;
}

/** What a call makes a session of: a class of SQLAlchemy or a sessionmaker, a class of the project; `null` for any other call, a registry included. */
export function sessionMadeBy(call: PyNode, facts: Facts): 'library' | 'project' | null {
  const callee = call.kind === 'call' ? call.child('function') : null;
  if (!callee) return null;
  const value = facts.infer(callee)?.value;
  if (value?.kind === 'class') return 'project';
  // `object_session(user)` gives a session that somebody else has made.
  if (value?.kind === 'library') return /\.(Async)?Session$/.test(value.name) ? 'library' : null;
  const makers = [
    'sqlalchemy.orm.sessionmaker',
    'sqlalchemy.ext.asyncio.async_sessionmaker',
  ] as const;
  return isInstance(callee, makers, facts) === 'proven' ? 'library' : null;
}

/** The function in whose body a node is evaluated; lambdas are looked through, for they run where they are called. `null` at module level. */
export function functionOf(node: PyNode): PyNode | null {
  for (let inner = node, outer = node.parent; outer; inner = outer, outer = outer.parent) {
    if (outer.kind === 'function_definition' && inner.field === 'body') return outer;
    if (outer.kind === 'class_definition' && inner.field === 'body') return null;
  }
  return null;
}

/** Whether a function is `async def`. */
export function isAsync(definition: PyNode | null): boolean {
  return definition?.token('async') !== null && definition !== null;
}

/** Whether the value of a coroutine call is awaited right there. */
export function isAwaited(call: PyNode): boolean {
  let node = call;
  while (node.parent?.kind === 'parenthesized_expression') node = node.parent;
  return node.parent?.kind === 'await';
}

/** Whether a statement is nothing but the call, awaited or not. */
export function statementIsAlone(statement: PyNode, call: PyNode): boolean {
  const [only, ...others] = statement.named;
  return (
    others.length === 0 && (only === call || (only?.kind === 'await' && only.named[0] === call))
  );
}
