// Ends SAVEPOINTs through the object that began them: commit() and rollback() of a session end the whole transaction in 2.0.
import type { Edit } from '../edits/edit.ts';
import { readMethodCall, type MethodCall } from '../python/calls.ts';
import { lineStart } from '../python/position.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import { indentOf, ownsLines } from '../project/core/blocks.ts';
import { receiverEvidence, SESSIONS } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

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
      const found = guardOf(node, call.receiver.text);
      const guard = found === 'unclear' ? null : found;
      const ends = found === 'unclear' ? [] : endsOf(node, call.receiver.text);
      const name = NAMES.find((each) => !context.facts.binding.isBound(each, node));
      if (ends.length === 0 || name === undefined || !ownsLines(node))
        return context.manual({
          at: node,
          message: '`Session.begin_nested()` whose end is not seen',
          reason: `${found === 'unclear' ? 'the handlers around it may end the outer transaction as well; ' : ''}write \`with session.begin_nested():\`, or keep what it returns and call commit() or rollback() of that`,
        });
      context.fix({
        at: node,
        message,
        safety: 'unsafe',
        reason: `that each commit() and rollback() after it meant the SAVEPOINT cannot be proven${guard ? '; the handler is not run any more when begin_nested() itself fails' : ''}`,
        edits: [
          ...(guard
            ? moveBefore(guard.statement, node, `${name} = ${node.text}`, context)
            : [context.before(node, `${name} = `)]),
          ...[...ends, ...(guard?.ends ?? [])].map((end) => context.replace(end, name)),
        ],
      });
    },
  },
});

/** The receivers of the calls that end the SAVEPOINT: in the first statement after it that ends anything. */
function endsOf(statement: PyNode, session: string): readonly PyNode[] {
  const siblings = statement.parent?.named ?? [];
  for (const each of siblings.slice(siblings.indexOf(statement) + 1)) {
    const calls = callsOn(session, each);
    if (calls.some(({ method }) => method.text.startsWith('begin'))) return [];
    const ends = calls.filter(({ method }) => ENDS.has(method.text));
    if (ends.length > 0)
      return each.kind.startsWith('for') || each.kind.startsWith('while')
        ? []
        : ends.map(({ receiver }) => receiver);
  }
  return [];
}

function callsOn(session: string, node: PyNode): readonly MethodCall[] {
  return descendants(node, 'call')
    .flatMap((each) => readMethodCall(each) ?? [])
    .filter(({ receiver }) => receiver.text === session);
}

/** A `try` whose handlers end the SAVEPOINT where something fails. */
interface Guard {
  readonly statement: PyNode;
  readonly ends: readonly PyNode[];
}

/**
 * The `try` around the beginning of a SAVEPOINT whose handlers end it. It is `unclear` what they end where something else may fail there: they
 * would then end the outer transaction.
 */
function guardOf(begin: PyNode, session: string): Guard | 'unclear' | null {
  let guard: Guard | null = null;
  for (let node: PyNode = begin; node.parent; node = node.parent) {
    const { parent } = node;
    if (parent.kind === 'function_definition' || parent.kind === 'class_definition') break;
    if (parent.kind !== 'try_statement' || node.field !== 'body') continue;
    const handlers = parent.named.filter((each) => each !== node && each.kind !== 'comment');
    const ends = handlers
      .flatMap((each) => callsOn(session, each))
      .filter(({ method }) => ENDS.has(method.text));
    if (ends.length === 0) continue;
    if (guard || !isWholeBody(begin, node, session) || !ownsLines(parent)) return 'unclear';
    guard = { statement: parent, ends: ends.map(({ receiver }) => receiver) };
  }
  return guard;
}

/** Whether a block begins the SAVEPOINT first of all, and does nothing that may fail after it has ended it. */
function isWholeBody(begin: PyNode, body: PyNode, session: string): boolean {
  const statements = body.named;
  const line = begin.source.slice(begin.end).split('\n', 1)[0] ?? '';
  if (statements[0]?.start !== begin.start || line.trim() !== '') return false;
  const last = statements.findLast((each) =>
    callsOn(session, each).some(({ method }) => ENDS.has(method.text)),
  );
  const rest = last ? statements.slice(statements.indexOf(last) + 1) : [];
  return rest.every(
    (each) =>
      each.kind === 'pass_statement' ||
      (each.kind === 'return_statement' &&
        each.named.every(({ kind }) => /^(?:identifier|none|true|false|integer)$/.test(kind))),
  );
}

/** Writes a statement before another one that holds it, and removes the line where it stood. */
function moveBefore(
  outer: PyNode,
  inner: PyNode,
  text: string,
  context: RuleContext,
): readonly Edit[] {
  const start = lineStart(inner.source, inner.start);
  const next = inner.source.indexOf('\n', inner.end) + 1;
  return [
    context.before(outer, `${text}\n${indentOf(outer)}`),
    context.replace({ start, end: next }, ''),
  ];
}
