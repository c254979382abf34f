// Reports one AsyncSession that several tasks use at the same time.
import { ownSessionEdits } from '../project/asyncio/own-session.ts';
import { sequentialEdits } from '../project/asyncio/sequential.ts';
import { sharedSessions, type SharedSession } from '../project/asyncio/shared.ts';
import { TASK_TRIGGERS } from '../project/asyncio/tasks.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'lint-shared-async-session',
  summary: 'One AsyncSession is used by several tasks at the same time',
  rationale:
    'An AsyncSession is one transaction on one connection; it must not be used by two tasks at once.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#using-asyncsession-with-concurrent-tasks',
  fixes: 'unsafe',
  stillRuns: true,
  rows: ['lint-shared-async-session'],
  triggers: TASK_TRIGGERS,
  example: {
    before:
      'user, amount = await asyncio.gather(\n    session.get(User, user_id),\n    session.scalar(select(func.count(Order.id))),\n)\n',
    after:
      'user, amount = [\n    await session.get(User, user_id),\n    await session.scalar(select(func.count(Order.id))),\n]\n',
  },
  explanation: {
    failure:
      "The tasks send their statements over one connection. With asyncpg the second one fails; with aiosqlite, which puts statements in a queue, the code seems to work until two tasks flush, commit or roll back in each other's transaction. Which of this happens depends on timing, so it passes tests and fails under load.",
    traceback:
      "sqlalchemy.exc.InterfaceError: (sqlalchemy.dialects.postgresql.asyncpg.InterfaceError)\n<class 'asyncpg.exceptions._base.InterfaceError'>: cannot perform operation: another operation is in progress\n\nsqlalchemy.exc.InvalidRequestError: This session is provisioning a new connection; concurrent operations are not permitted\n\nsqlalchemy.exc.IllegalStateChangeError: Method 'close()' can't be called here; method '_connection_for_bind()' is already in progress\n\nsqlalchemy.exc.InvalidRequestError: Session is already flushing",
    remedy:
      'Give each task a session of its own, opened inside of the task with `async with async_session() as session:`, and pass it ids instead of objects. The fix writes that where the tasks do nothing but read plain values, the session holds no changes, and an `async_sessionmaker` is in reach; the pool must have a connection for each task. Elsewhere it awaits the calls one after the other: on one connection they never ran side by side anyway.',
  },
  visit: {
    function_definition(node, context) {
      if (!context.facts.asyncFacts().usesAsync) return;
      if (!TASK_TRIGGERS.some((each) => node.text.includes(each))) return;
      for (const shared of sharedSessions(node, context.facts)) report(shared, context);
    },
  },
});

function report(shared: SharedSession, context: RuleContext): void {
  const { group, session, tasks, proven } = shared;
  const many = tasks.some(({ loop }) => loop !== null);
  const users = many
    ? 'by every task of the loop'
    : tasks.length > 1
      ? `by ${tasks.length} tasks`
      : 'by a task and the code after it';
  const message = `\`${session.node.text}\` is used ${users} at the same time (${group.name}, ${session.how})`;
  const at = group.node;
  const evidence = context.facts.infer(session.node)?.trail ?? [];
  const own = proven ? ownSessionEdits(shared, context) : null;
  if (own)
    return context.fix({
      at,
      message,
      safety: 'unsafe',
      reason: `each task opens a session of \`${own.factory}\`: on a connection of its own, in a transaction that does not see what the other has not committed`,
      edits: own.edits,
      evidence,
    });
  const edits = tasks.length === group.spawned.length ? sequentialEdits(at, context) : null;
  if (proven && edits)
    return context.fix({
      at,
      message,
      safety: 'unsafe',
      reason:
        'the calls now run one after the other; to run them side by side, open a session inside of each task',
      edits,
      evidence,
    });
  context.manual({
    at,
    message: proven ? message : `possibly, ${message}`,
    reason: 'await them one after the other, or open a session inside of each task',
    evidence,
    possible: !proven,
  });
}
