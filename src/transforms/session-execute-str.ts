// Wraps SQL strings that a Session executes in text().
import { readMethodCall } from '../python/calls.ts';
import { wrapEdits } from '../project/core/driver-sql.ts';
import { receiverEvidence, SESSIONS } from '../project/core/receivers.ts';
import { readSqlText } from '../project/core/sql-text.ts';
import { defineTransform } from '../project/rule.ts';

const METHODS: ReadonlySet<string> = new Set([
  'execute',
  'scalar',
  'scalars',
  'stream',
  'stream_scalars',
]);

export default defineTransform({
  id: 'session-execute-str',
  summary: 'Wrap SQL strings passed to a Session in `text()`',
  rationale: '2.0 raises ArgumentError for a plain string.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#execute-method-more-strict-execution-options-are-more-prominent',
  fixes: 'safe',
  rows: ['session-execute-str'],
  triggers: ['.execute(', '.scalar(', '.scalars(', '.stream('],
  example: {
    before: 'session.execute("SELECT name FROM users")\n',
    after: 'session.execute(text("SELECT name FROM users"))\n',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node);
      const statement = call?.positional[0];
      if (!call || !statement || !METHODS.has(call.method.text)) return;
      const text = readSqlText(statement, context.facts);
      if (!text) return;
      const evidence = receiverEvidence(call.receiver, SESSIONS, context);
      if (!evidence) return;
      const wrapper = context.use('sqlalchemy.text', statement);
      const warning = text.isFormatted
        ? '; values formatted into SQL allow injection: pass them as parameters'
        : '';
      context.fix({
        at: statement,
        message: `SQL string in \`Session.${call.method.text}()\`${warning}`,
        safety: evidence === 'proven' ? 'safe' : 'unsafe',
        reason:
          evidence === 'proven' ? '' : 'the receiver is probably, but not provably, a Session',
        edits: wrapEdits(statement, wrapper, context),
        uses: [wrapper],
        evidence: context.facts.infer(call.receiver)?.trail ?? [],
      });
    },
  },
});
