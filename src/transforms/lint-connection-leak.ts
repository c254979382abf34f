// Reports connections that nobody closes for sure, and opens them in a `with` block where their scope is one.
import { sessionUse } from '../project/asyncio/blocks.ts';
import { reportUnclosed } from '../project/asyncio/closing.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform } from '../project/rule.ts';
import { readMethodCall } from '../python/calls.ts';
import { enclosing, type PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'lint-connection-leak',
  summary: 'Close every connection, by a `with` block',
  rationale:
    'A connection of 2.x is in a transaction from its first statement until it is closed, committed or rolled back: one that stays open holds locks.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/connections.html#connect-and-begin-once-from-the-engine',
  fixes: 'unsafe',
  stillRuns: true,
  rows: ['conn-not-closed'],
  triggers: ['.connect('],
  example: {
    before: 'conn = engine.connect()\nnames = conn.scalars(select(users.c.name)).all()\n',
    after: 'with engine.connect() as conn:\n    names = conn.scalars(select(users.c.name)).all()\n',
  },
  explanation: {
    failure:
      'The connection returns to the pool only when the garbage collector finds it. Until then it is in a transaction: the database shows it as idle in transaction, its locks stay, and under load the pool runs empty. What was not committed is rolled back then, without a word.',
    traceback:
      'sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00 (Background on this error at: https://sqlalche.me/e/20/3o7r)',
    remedy:
      '`with engine.connect() as conn:` to read, `with engine.begin() as conn:` to write. The block of connect() does not commit. Fetch what is read later: the result is closed with its connection.',
  },
  visit: {
    assignment(node, context) {
      const target = node.child('left');
      const given = node.child('right');
      const value = given?.kind === 'await' ? given.named[0] : given;
      if (target?.kind !== 'identifier' || value?.kind !== 'call') return;
      const isAsync = value !== given;
      const call = readMethodCall(value);
      if (call?.method.text !== 'connect' || call.list.named.length > 0) return;
      const engine = isAsync ? 'sqlalchemy.ext.asyncio.AsyncEngine' : 'sqlalchemy.Engine';
      if (isInstance(call.receiver, [engine], context.facts) !== 'proven') return;
      reportUnclosed({ node, target, value }, context, {
        reason: 'open it with `with`, or close it in a `finally` block',
        doubt: 'a result that is read after the block is closed then: fetch its rows in it',
        isAsync,
        outlives: (uses) =>
          uses.some((use) => sessionUse(use) === 'passed' || leavesResult(use, uses)),
      });
    },
  },
});

/** `return conn.execute(…)`, or `result = conn.execute(…)` that is read after the last use of the connection. */
function leavesResult(use: PyNode, uses: readonly PyNode[]): boolean {
  const call = readMethodCall(use.parent?.parent ?? null);
  if (
    call?.receiver !== use ||
    !/^(exec_driver_sql|execute|scalars|stream|stream_scalars)$/.test(call.method.text)
  )
    return false;
  const node = call.node.parent?.kind === 'await' ? call.node.parent : call.node;
  const { parent } = node;
  if (parent?.kind === 'return_statement' || parent?.kind === 'yield') return true;
  if (parent?.kind !== 'assignment') return false;
  const name = parent.child('left');
  const end = Math.max(...uses.map((each) => each.end));
  const owner = enclosing(use, 'function_definition');
  return (
    name?.kind !== 'identifier' ||
    owner === null ||
    new RegExp(`\\b${name.text}\\b`).test(use.source.slice(end, owner.end))
  );
}
