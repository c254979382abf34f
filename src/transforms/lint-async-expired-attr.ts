// Reports reads of objects that a commit or rollback of their AsyncSession has expired.
import { expiredReads, type ExpiredRead } from '../project/asyncio/expired.ts';
import { indentOf } from '../project/core/blocks.ts';
import { isAlwaysRead } from '../project/loads/always.ts';
import { lineOf } from '../project/place.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { startsLine } from '../python/displays.ts';

export default defineTransform({
  id: 'lint-async-expired-attr',
  summary: 'Do not read objects after a commit or rollback that expired them',
  rationale:
    'A commit expires what the session holds unless it was made with `expire_on_commit=False`; a rollback always does. The next read has to load the object again, which async code cannot do by reading an attribute.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#preventing-implicit-io-when-using-asyncsession',
  fixes: 'unsafe',
  stillRuns: true,
  rows: ['lint-async-expired-attr'],
  triggers: ['commit', 'rollback', '.begin()', 'async def'],
  example: {
    before: 'user = await session.get(User, user_id)\nawait session.rollback()\nprint(user.name)\n',
    after: 'user = await session.get(User, user_id)\nawait session.rollback()\nprint(user.name)\n',
  },
  explanation: {
    failure:
      'After the commit every attribute, the primary key included, is loaded anew when it is read, and that read raises MissingGreenlet; where the session has been closed in the meantime, DetachedInstanceError. In a loop that commits, or calls a function that does, the first round works and the second one fails, even where the function refreshes the object that it was given: it is the others that are expired. So is what is read after the block of `make.begin()`. After a rollback, the place is often the log line of an exception handler, so that the error hides the one that matters. Both may happen in a function that is given the session: one that saves a note commits what its caller has loaded too, also when `gather` runs it, and one that rolls back where it failed and returns `None` or an error leaves its caller with nothing that can be read for the message. What such a function refreshes, deletes or loads anew after its commit stays readable.',
    traceback:
      "sqlalchemy.exc.MissingGreenlet: greenlet_spawn has not been called; can't call await_only() here. Was IO attempted in an unexpected place?\n\nsqlalchemy.orm.exc.DetachedInstanceError: Instance <User at 0x7f3c> is not bound to a Session; attribute refresh operation cannot proceed",
    remedy:
      'Make the sessions with `async_sessionmaker(engine, expire_on_commit=False)`, as the documentation recommends for asyncio. Else read what is needed before the commit, or `await session.refresh(user)` after it. After a rollback only reading before it helps, or keeping the plain values in variables.',
  },
  visit: {
    function_definition(node, context) {
      const { usesAsync } = context.facts.asyncFacts();
      if (!usesAsync || node.token('async') === null) return;
      for (const read of expiredReads(node, context.facts)) report(read, context);
    },
  },
});

function report(read: ExpiredRead, context: RuleContext): void {
  const { node, object, expiry, proven, loop } = read;
  const line = lineOf(context.facts.module, expiry.statement);
  const when = loop ? `in the round before (line ${line})` : `on line ${line}`;
  const message = `\`${node.text}\` is read after ${expiry.what} ${when} expired \`${object.text}\``;
  const { statement } = expiry;
  const place =
    expiry.kind === 'commit' &&
    !loop &&
    expiry.sure &&
    startsLine(statement) &&
    read.column &&
    isAlwaysRead(statement, node);
  const indent = indentOf(statement);
  const { source } = statement;
  const end = statement.end + source.slice(statement.end).search(/\r?\n|$/);
  if (proven && place)
    return context.fix({
      at: node,
      message,
      safety: 'unsafe',
      reason:
        'the refresh sends a SELECT; sessions made with expire_on_commit=False, or reading before the commit, need none',
      edits: [
        context.after(
          { start: end, end },
          `\n${indent}await ${expiry.session}.refresh(${object.text})`,
        ),
      ],
    });
  context.manual({
    at: node,
    message: proven ? message : `possibly, ${message}`,
    reason:
      expiry.kind === 'rollback'
        ? 'keep what is needed in a variable before the rollback'
        : 'make the sessions with expire_on_commit=False, read before the commit, or refresh the object',
    possible: !proven,
  });
}
