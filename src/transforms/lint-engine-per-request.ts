// Reports engines that are made anew for each request.
import { isTestPath } from '../project/test-paths.ts';
import { engineKind } from '../project/asyncio/drivers.ts';
import { isRoute } from '../project/asyncio/expired.ts';
import { functionOf } from '../project/asyncio/sessions.ts';
import type { Facts } from '../project/facts.ts';
import { defineTransform } from '../project/rule.ts';
import { readCall } from '../python/calls.ts';
import { enclosing, hasIdentifier, identifiers, type PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'lint-engine-per-request',
  summary: 'Make an engine once, not for each request',
  rationale:
    'An engine is a pool of connections; one that is made for a request opens new ones and reuses none.',
  reference: 'https://docs.sqlalchemy.org/en/20/core/connections.html#basic-usage',
  fixes: 'none',
  stillRuns: true,
  rows: ['lint-engine-per-request'],
  triggers: ['create_engine(', 'create_async_engine('],
  example: {
    before:
      '@app.get("/users")\ndef users():\n    engine = create_engine(URL)\n    with Session(engine) as session:\n        return session.scalars(select(User)).all()\n',
    after:
      '@app.get("/users")\ndef users():\n    engine = create_engine(URL)\n    with Session(engine) as session:\n        return session.scalars(select(User)).all()\n',
  },
  explanation: {
    failure:
      'Every request connects and authenticates anew, compiles its statements anew, and leaves its connections to the garbage collector. Under load the database refuses more of them.',
    traceback:
      'psycopg2.OperationalError: connection to server at "localhost", port 5432 failed: FATAL:  sorry, too many clients already',
    remedy:
      'Make the engine at module level, or in the start-up of the application (`lifespan` of FastAPI, `create_app()` of Flask), and a session from it for each request.',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      const { facts } = context;
      if (!call || engineKind(call, facts) === null || isTestPath(context.path)) return;
      const definition = functionOf(node);
      if (!definition || isKept(node, definition)) return;
      const request = requestOf(definition, facts, 0);
      if (request === null) return;
      context.manual({
        at: node,
        message: `\`${call.callee.text}()\` runs for each request (${request})`,
        reason: 'make the engine at module level or at start-up, and only sessions in here',
      });
    },
  },
});

/** Whether a cache, a global name or an object keeps the engine. */
function isKept(node: PyNode, definition: PyNode): boolean {
  const decorated = definition.parent?.kind === 'decorated_definition' ? definition.parent : null;
  if (
    decorated?.children.some(
      (child) =>
        child.kind === 'decorator' &&
        /cache|singleton|once|fixture|contextmanager|command/i.test(child.text),
    )
  )
    return true;
  if (/^\s*(global|nonlocal)\b/m.test(definition.text)) return true;
  const target = enclosing(node, 'assignment', 'block')?.child('left');
  return target?.kind === 'attribute' || target?.kind === 'subscript';
}

/** The route or dependency that runs a function; `null` if none is seen. */
function requestOf(definition: PyNode, facts: Facts, depth: number): string | null {
  const name = definition.child('name')?.text ?? '';
  if (isRoute(definition)) return `the route ${name}`;
  if (isDependency(name, facts)) return `the dependency ${name}`;
  if (depth > 2) return null;
  const decorated = definition.parent?.kind === 'decorated_definition' ? definition.parent : null;
  if (decorated?.children.some((child) => child.kind === 'decorator' && /cache/i.test(child.text)))
    return null;
  for (const { module, call } of facts.callersOf(definition).calls) {
    const caller = functionOf(call);
    if (!caller || isKept(call, caller)) continue;
    const request = requestOf(caller, facts.in(module), depth + 1);
    if (request !== null) return request;
  }
  return null;
}

/** Whether some file of the project writes `Depends(name)`. */
function isDependency(name: string, facts: Facts): boolean {
  return facts.modules.modules.some(
    (module) =>
      hasIdentifier(module.tree.root, name) &&
      module.tree.text.includes('Depends(') &&
      identifiers(module.tree.root, name).some((node) => {
        const call = node.parent?.kind === 'argument_list' ? readCall(node.parent.parent) : null;
        return call !== null && /(^|\.)(Depends|Security)$/.test(call.callee.text);
      }),
  );
}
