// Reports sessions that nobody closes for sure, and opens them in a `with` block where their scope is one.
import { isTestPath } from '../project/test-paths.ts';
import { reportUnclosed } from '../project/asyncio/closing.ts';
import {
  asyncSession,
  functionOf,
  sessionMadeBy,
  syncSession,
} from '../project/asyncio/sessions.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { readCall, readMethodCall } from '../python/calls.ts';
import { enclosing, type PyNode } from '../python/tree.ts';

const REASON = 'open it with `with`, or close it in a `finally` block';

export default defineTransform({
  id: 'lint-session-leak',
  summary: 'Close every session, by a `with` block',
  rationale:
    'A session keeps a connection of the pool from its first statement until it is closed, committed or rolled back.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/session_basics.html#opening-and-closing-a-session',
  fixes: 'unsafe',
  stillRuns: true,
  rows: ['lint-session-leak', 'session-no-context'],
  triggers: ['Session', 'session'],
  example: {
    before: 'db = SessionLocal()\nnames = db.scalars(select(User.name)).all()\n',
    after: 'with SessionLocal() as db:\n    names = db.scalars(select(User.name)).all()\n',
  },
  explanation: {
    failure:
      'The connection returns to the pool only when the garbage collector finds the session, which an exception with its traceback, or a reference cycle, can delay for long. Under load the pool runs empty, and every request waits for a connection until it times out. Under asyncio the collector cannot return a connection at all: the pool drops it with an error.',
    traceback:
      'sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00 (Background on this error at: https://sqlalche.me/e/20/3o7r)\n\nSAWarning: The garbage collector is trying to clean up non-checked-in connection <AdaptedConnection <asyncpg.connection.Connection>>, which will be terminated. Please ensure that SQLAlchemy pooled connections are returned to the pool explicitly',
    remedy:
      '`with Session(engine) as session:`, `async with async_session() as session:`; in a dependency, `yield` from within the block. The block closes, it does not commit. What is read from objects after the block must have been loaded inside of it. A `scoped_session` needs `remove()` at the end of each request.',
  },
  visit: {
    assignment(node, context) {
      const target = node.child('left');
      const value = node.child('right');
      if (target?.kind !== 'identifier' || value?.kind !== 'call') return;
      if (/scoped_session\(/.test(value.text)) return scoped(node, target, context);
      // Most variables hold no session: a name must hint at one before anything is traced.
      if (!/sess|db|conn|make|uow/i.test(target.text + value.text.slice(0, 40))) return;
      if (makesSession(value, context))
        reportUnclosed({ node, target, value }, context, {
          reason: REASON,
          doubt:
            'objects that are used after the block are detached then: what they load lazily must be loaded in it',
          isAsync: asyncSession(value, context.facts) !== null,
        });
    },
    call(node, context) {
      // `Session().execute(…)`: nobody holds what would have to be closed.
      const call = readMethodCall(node);
      if (
        !call ||
        call.receiver.kind !== 'call' ||
        !/^(add|commit|delete|execute|get|query|scalar|scalars)$/.test(call.method.text)
      )
        return;
      if (functionOf(node) === null || !makesSession(call.receiver, context)) return;
      context.manual({
        at: call.receiver,
        message: `the session of \`${call.receiver.text}\` is never closed`,
        reason: REASON,
        possible: isTestPath(context.path),
      });
    },
  },
});

/** Whether a call makes a session, as a class or a sessionmaker does; a registry hands out one that it keeps. */
function makesSession(value: PyNode, { facts }: RuleContext): boolean {
  const call = readCall(value);
  if (!call || !/^(identifier|attribute|call)$/.test(call.callee.kind)) return false;
  if (call.callee.text === 'super') return false;
  if ((syncSession(value, facts) ?? asyncSession(value, facts)) !== 'proven') return false;
  return sessionMadeBy(value, facts) !== null;
}

/** A registry that no file of the project ever empties. */
function scoped(node: PyNode, target: PyNode, context: RuleContext): void {
  const { facts } = context;
  const value = node.child('right');
  const call = readCall(value);
  if (!call || facts.qualifiedName(call.callee) !== 'sqlalchemy.orm.scoped_session') return;
  if (enclosing(node, 'function_definition') || isTestPath(context.path)) return;
  const { modules } = facts.modules;
  if (modules.some(({ tree }) => /zope\.sqlalchemy|\bmark_changed\b/.test(tree.text))) return;
  const name = target.text;
  const removed = modules.some(
    ({ tree }) =>
      new RegExp(`\\b${name}\\b[^\\n]{0,40}\\.(remove|close)\\b`).test(tree.text) ||
      /\bremove_session\b|\.remove\(\)/.test(tree.text),
  );
  if (removed) return;
  context.manual({
    at: target,
    message: `\`${name}\` keeps a session for each thread, and nothing removes them`,
    reason: `call ${name}.remove() at the end of each request or job`,
    possible: true,
  });
}
