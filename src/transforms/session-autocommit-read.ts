// Drops conditions on the attribute `autocommit` of sessions, which 2.0 does not have: no session commits by itself any more.
import { columnOf } from '../python/displays.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import { indentOf, ownsLines } from '../project/core/blocks.ts';
import { receiverEvidence, SESSIONS } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { Edit } from '../edits/edit.ts';

export default defineTransform({
  id: 'session-autocommit-read',
  summary: 'Commit without asking `Session.autocommit`',
  rationale: '2.0 has no autocommit mode and no such attribute: reading it raises AttributeError.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#session-autocommit-mode-removed-autobegin-support-added',
  fixes: 'safe',
  rows: ['session-autocommit'],
  triggers: ['.autocommit'],
  example: {
    before: 'session.flush()\nif not session.autocommit:\n    session.commit()\n',
    after: 'session.flush()\nsession.commit()\n',
  },
  visit: {
    attribute(node, context) {
      const receiver = node.child('object');
      if (!receiver || node.child('attribute')?.text !== 'autocommit') return;
      const evidence = receiverEvidence(receiver, SESSIONS, context);
      if (!evidence) return;
      const message = '`Session.autocommit`';
      const edits = unwrapped(node, context);
      if (!edits)
        return context.manual({
          at: node,
          message,
          reason:
            '2.0 has no autocommit mode and no such attribute: write what is done where it is False',
        });
      const reasons = [
        evidence === 'proven' ? '' : 'the receiver is not proven to be a session',
        ...sessionsWithAutocommit(context),
      ].filter((each) => each !== '');
      context.fix({
        at: node,
        message,
        safety: reasons.length === 0 ? 'safe' : 'unsafe',
        reason: reasons.join('; '),
        edits,
      });
    },
  },
});

/** The body of `if not session.autocommit:` in place of the statement; `null` for any other reading. */
function unwrapped(node: PyNode, context: RuleContext): readonly Edit[] | null {
  const not = node.parent;
  const statement = not?.parent;
  const body = statement?.child('consequence');
  const [first] = body?.named ?? [];
  if (not?.kind !== 'not_operator' || statement?.kind !== 'if_statement' || !body || !first)
    return null;
  const start = not.end + (/^:\s*\n\s*/.exec(statement.source.slice(not.end))?.[0].length ?? 0);
  const isAlone =
    start > not.end &&
    statement.named.every((each) => each === not || each === body || each.kind === 'comment');
  const hasLines = [statement, ...body.named].every(
    (each) => each.kind === 'comment' || ownsLines(each),
  );
  const strings = descendants(body, 'string').filter(({ text }) => text.includes('\n'));
  if (!isAlone || !hasLines || strings.length > 0) return null;
  const depth = columnOf(first) - columnOf(statement);
  const indent = indentOf(first);
  const edits = [context.replace({ start: statement.start, end: start }, '')];
  const text = statement.source.slice(start, body.end);
  for (const match of text.matchAll(/\n([^\S\n]*)(?=\S)/g)) {
    const line = start + match.index + 1;
    if ((match[1]?.length ?? 0) < indent.length) continue;
    edits.push(context.replace({ start: line, end: line + depth }, ''));
  }
  return edits;
}

/** Where sessions may be made that committed by themselves. */
function sessionsWithAutocommit({ facts }: RuleContext): readonly string[] {
  const found = facts.modules.modules.find(({ tree }) =>
    /\bautocommit["']?\s*[=:]\s*True\b/.test(tree.text),
  );
  return found
    ? [`sessions that commit by themselves may be made in ${found.path}; they have to change first`]
    : [];
}
