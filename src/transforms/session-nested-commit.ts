// Ends SAVEPOINTs through the object that began them: commit() and rollback() of a session end the whole transaction in 2.0.
import { readMethodCall } from '../python/calls.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import { ownsLines } from '../project/core/blocks.ts';
import { receiverEvidence, SESSIONS } from '../project/core/receivers.ts';
import { defineTransform } from '../project/rule.ts';

const ENDS: ReadonlySet<string> = new Set(['commit', 'rollback']);
const NAMES: readonly string[] = ['nested', 'savepoint', 'nested_transaction'];

export default defineTransform({
  id: 'session-nested-commit',
  summary: 'End a SAVEPOINT through the object that `begin_nested()` gives',
  rationale:
    'In 1.x commit() and rollback() ended the innermost transaction; in 2.0 they end the outermost, silently: outer changes are committed or lost.',
  reference: 'https://docs.sqlalchemy.org/en/20/orm/session_transaction.html#using-savepoint',
  fixes: 'unsafe',
  rows: ['session-nested-commit'],
  triggers: ['.begin_nested('],
  example: {
    before: 'session.begin_nested()\nsession.add(User(name=name))\nsession.commit()\n',
    after: 'nested = session.begin_nested()\nsession.add(User(name=name))\nnested.commit()\n',
  },
  visit: {
    expression_statement(node, context) {
      const call = readMethodCall(node.named[0] ?? null);
      if (call?.method.text !== 'begin_nested' || node.named.length !== 1) return;
      const evidence = receiverEvidence(call.receiver, SESSIONS, context);
      if (!evidence || /\bfuture\s*=\s*True\b/.test(context.source)) return;
      const message = '`Session.begin_nested()` that commit() or rollback() of the session ends';
      const ends = endsOf(node, call.receiver.text);
      const name = NAMES.find((each) => !context.facts.binding.isBound(each, node));
      if (ends.length === 0 || name === undefined || !ownsLines(node))
        return context.manual({
          at: node,
          message: '`Session.begin_nested()` whose end is not seen',
          reason:
            'write `with session.begin_nested():`, or keep what it returns and call commit() or rollback() of that',
        });
      context.fix({
        at: node,
        message,
        safety: 'unsafe',
        reason: 'that each commit() and rollback() after it meant the SAVEPOINT cannot be proven',
        edits: [
          context.before(node, `${name} = `),
          ...ends.map((end) => context.replace(end, name)),
        ],
      });
    },
  },
});

/** The receivers of the calls that end the SAVEPOINT: in the first statement after it that ends anything. */
function endsOf(statement: PyNode, session: string): readonly PyNode[] {
  const siblings = statement.parent?.named ?? [];
  for (const each of siblings.slice(siblings.indexOf(statement) + 1)) {
    const calls = descendants(each, 'call')
      .map((node) => readMethodCall(node))
      .filter((call) => call !== null)
      .filter(({ receiver }) => receiver.text === session);
    if (calls.some(({ method }) => method.text.startsWith('begin'))) return [];
    const ends = calls.filter(({ method }) => ENDS.has(method.text));
    if (ends.length > 0)
      return each.kind.startsWith('for') || each.kind.startsWith('while')
        ? []
        : ends.map(({ receiver }) => receiver);
  }
  return [];
}
