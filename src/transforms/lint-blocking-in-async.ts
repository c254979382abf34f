// Reports blocking sessions and connections that `async def` functions use themselves.
import { isTestPath } from '../project/test-paths.ts';
import { functionOf, isAsync } from '../project/asyncio/sessions.ts';
import { isInstance } from '../project/core/receivers.ts';
import { runsInGreenlet } from '../project/loads/guards.ts';
import { defineTransform } from '../project/rule.ts';
import { readMethodCall } from '../python/calls.ts';
import { descendants, enclosing } from '../python/tree.ts';

const WAITING: ReadonlySet<string> = new Set(
  'begin_nested commit connect execute exec_driver_sql flush get get_one merge query refresh rollback scalar scalars'.split(
    ' ',
  ),
);

export default defineTransform({
  id: 'lint-blocking-in-async',
  summary: 'A blocking Session or Engine stops the event loop',
  rationale: 'While a blocking call waits for the database, no other task of the event loop runs.',
  reference: 'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html',
  fixes: 'none',
  stillRuns: true,
  rows: ['lint-blocking-in-async'],
  triggers: ['async def'],
  example: {
    before:
      '@app.get("/users")\nasync def users(session: Session = Depends(get_session)):\n    return session.scalars(select(User)).all()\n',
    after:
      '@app.get("/users")\nasync def users(session: Session = Depends(get_session)):\n    return session.scalars(select(User)).all()\n',
  },
  explanation: {
    failure:
      'Nothing fails; every request that arrives during the query waits, and one slow query stops the whole process. Where all connections of the pool are in use, the program can deadlock: the task that would return one cannot run.',
    traceback:
      'sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
    remedy:
      'Write `def` instead of `async def` for the route, which FastAPI and Starlette run in a thread; or move the work to a function for `run_in_threadpool()` or `asyncio.to_thread()`; or use an AsyncSession.',
  },
  visit: {
    function_definition(definition, context) {
      const { facts } = context;
      if (!isAsync(definition) || isTestPath(context.path)) return;
      const body = definition.child('body');
      for (const node of body ? descendants(body, 'call') : []) {
        const call = readMethodCall(node);
        if (!call || !WAITING.has(call.method.text) || functionOf(node) !== definition) continue;
        if (
          node.parent?.kind === 'await' ||
          runsInGreenlet(node) ||
          enclosing(node, 'lambda', 'function_definition')?.kind === 'lambda'
        )
          continue;
        const classes = [
          'sqlalchemy.orm.Session',
          'sqlalchemy.Connection',
          'sqlalchemy.Engine',
        ] as const;
        if (isInstance(call.receiver, classes, facts) !== 'proven') continue;
        // The first one tells; the others follow from it.
        return context.manual({
          at: node,
          message: `\`${call.callee.text}()\` blocks the event loop`,
          reason: 'use an AsyncSession, or run the function in a thread',
          evidence: facts.infer(call.receiver)?.trail ?? [],
        });
      }
    },
  },
});
