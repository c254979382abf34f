// Reports reads of columns that the database computes at an UPDATE, after the flush that sent it.
import { commitsOrFlushes } from '../project/asyncio/flushes.ts';
import { functionOf, isAsync, asyncSession } from '../project/asyncio/sessions.ts';
import { dominates } from '../project/asyncio/commits.ts';
import { expiresOnCommit } from '../project/asyncio/expire-on-commit.ts';
import { indentOf } from '../project/core/blocks.ts';
import type { Facts } from '../project/facts.ts';
import type { ColumnAttribute } from '../project/models.ts';
import { runsInGreenlet } from '../project/loads/guards.ts';
import { isAlwaysRead } from '../project/loads/always.ts';
import { originsOf } from '../project/loads/origin.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { startsLine } from '../python/displays.ts';
import { readMethodCall } from '../python/calls.ts';
import { descendants, type PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'lint-server-default-async',
  summary: 'Refresh what the database computes at an UPDATE before reading it',
  rationale:
    'The value of `onupdate=func.now()` is not fetched with the UPDATE: reading it would send a SELECT, which async code cannot.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#preventing-implicit-io-when-using-asyncsession',
  fixes: 'unsafe',
  stillRuns: true,
  rows: ['lint-server-default-async'],
  triggers: ['.flush()', '.commit()'],
  example: {
    before:
      'user = await session.get(User, user_id)\nuser.name = name\nawait session.flush()\nprint(user.changed)\n',
    after:
      'user = await session.get(User, user_id)\nuser.name = name\nawait session.flush()\nawait session.refresh(user)\nprint(user.changed)\n',
  },
  explanation: {
    failure:
      'After an INSERT, 2.0 fetches what the server computed through RETURNING. After an UPDATE it does not: columns with an SQL expression as `onupdate`, or with `server_onupdate`, are expired, `expire_on_commit=False` notwithstanding.',
    traceback:
      "sqlalchemy.exc.MissingGreenlet: greenlet_spawn has not been called; can't call await_only() here. Was IO attempted in an unexpected place?",
    remedy:
      '`await session.refresh(user)` after the flush; or `__mapper_args__ = {"eager_defaults": True}`, with which the UPDATE fetches them; or a Python function as `onupdate`, whose value is known.',
  },
  visit: {
    attribute(node, context) {
      const { facts } = context;
      if (!facts.asyncFacts().updatedNames.has(node.child('attribute')?.text ?? '')) return;
      const object = node.child('object');
      const definition = functionOf(node);
      if (object?.kind !== 'identifier' || !definition || !isAsync(definition)) return;
      if (node.field === 'left' && (node.parent?.kind ?? '').endsWith('assignment')) return;
      const column = computedColumn(node, object, facts);
      const flush = column && flushBefore(node, object, definition, facts);
      if (!flush || !isFirst(node, flush.statement)) return;
      report(node, object, flush, context);
    },
  },
});

/** The column that an attribute reads, if the server computes it at an UPDATE. */
function computedColumn(node: PyNode, object: PyNode, facts: Facts): ColumnAttribute | null {
  const value = facts.infer(object)?.value;
  const model = value?.kind === 'instance' ? facts.models.classes.get(value.of) : undefined;
  const column = model?.attributes.get(node.child('attribute')?.text ?? '');
  if (column?.kind !== 'column') return null;
  const text = (path: string, start: number, end: number): string =>
    facts.modules.byPath(path)?.tree.text.slice(start, end) ?? '';
  const eager = model ? text(model.location.path, model.location.start, model.location.end) : '';
  if (/eager_defaults["']?\s*[:=]\s*True/.test(eager)) return null;
  const { path, start, end } = column.location;
  return /onupdate\s*=\s*(\w+\.)*(func\.|text\(|FetchedValue)/.test(text(path, start, end))
    ? column
    : null;
}

interface Flush {
  readonly statement: PyNode;
  readonly session: string;
  readonly proven: boolean;
}

/** The flush between a change of the object and the read, with no refresh in between. */
function flushBefore(node: PyNode, object: PyNode, definition: PyNode, facts: Facts): Flush | null {
  if (runsInGreenlet(node)) return null;
  const sets = descendants(definition, 'attribute').filter(
    (each) =>
      each.field === 'left' &&
      (each.parent?.kind ?? '').endsWith('assignment') &&
      each.child('object')?.text === object.text &&
      each.child('attribute')?.text !== node.child('attribute')?.text,
  );
  const isNew = originsOf(object, facts).some(({ kind }) => kind === 'new');
  for (const { statement, receiver, name } of commitsOrFlushes(definition, facts).toReversed()) {
    if (!dominates(statement, node) || !sets.some((each) => each.end <= statement.start)) continue;
    if (name === 'commit' && expiresOnCommit(receiver, facts) !== false) return null;
    if (isNew || refreshed(object, statement, node, definition)) return null;
    const known = originsOf(object, facts).some(
      (origin) => origin.session?.text === receiver.text && asyncSession(receiver, facts) !== null,
    );
    return { statement, session: receiver.text, proven: known };
  }
  return null;
}

function refreshed(object: PyNode, statement: PyNode, node: PyNode, definition: PyNode): boolean {
  return descendants(definition, 'call').some((each) => {
    const call = readMethodCall(each);
    return (
      call !== null &&
      each.start >= statement.end &&
      each.end <= node.start &&
      (call.method.text === 'refresh' || new RegExp(`\\b${object.text}\\b`).test(call.list.text))
    );
  });
}

/** Whether nothing since the flush reads the same: only the first read fails. */
function isFirst(node: PyNode, statement: PyNode): boolean {
  return !node.source.slice(statement.end, node.start).includes(node.text);
}

function report(node: PyNode, object: PyNode, flush: Flush, context: RuleContext): void {
  const { statement, session, proven } = flush;
  const message = `\`${node.text}\` is computed by the database, and not known after the UPDATE`;
  const end = statement.end + statement.source.slice(statement.end).search(/\r?\n|$/);
  if (!proven || !startsLine(statement) || !isAlwaysRead(statement, node))
    return context.manual({
      at: node,
      message: proven ? message : `possibly, ${message}`,
      reason: `await ${session}.refresh(${object.text}) before it, or map it with eager_defaults`,
      possible: !proven,
    });
  context.fix({
    at: node,
    message,
    safety: 'unsafe',
    reason:
      'the refresh sends a SELECT; `eager_defaults` in the mapping would fetch it with the UPDATE',
    edits: [
      context.after(
        { start: end, end },
        `\n${indentOf(statement)}await ${session}.refresh(${object.text})`,
      ),
    ],
  });
}
