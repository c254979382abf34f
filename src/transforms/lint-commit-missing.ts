// Reports blocks of sessions and async connections that write and never commit.
import { isTestPath } from '../project/test-paths.ts';
import { isInstance } from '../project/core/receivers.ts';
import { statementKind } from '../project/core/statement-kind.ts';
import { sessionUse, usesOf } from '../project/asyncio/blocks.ts';
import {
  asyncSession,
  functionOf,
  sessionMadeBy,
  syncSession,
} from '../project/asyncio/sessions.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { readCall, readMethodCall } from '../python/calls.ts';
import { contains, type PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'lint-commit-missing',
  summary: 'Commit what a block writes',
  rationale:
    'The end of a `with` block closes the session or connection, and what was not committed is rolled back without a word.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/session_basics.html#framing-out-a-begin-commit-rollback-block',
  fixes: 'none',
  stillRuns: true,
  rows: ['lint-commit-missing'],
  triggers: ['with '],
  example: {
    before: 'with Session(engine) as session:\n    session.add(User(name="Ann"))\n',
    after: 'with Session(engine) as session:\n    session.add(User(name="Ann"))\n',
  },
  explanation: {
    failure:
      'Nothing fails: the INSERT is sent or not even that, and is rolled back. Reads of the same session see the data, so that a test within the block passes. The log of an engine with `echo=True` shows it.',
    traceback:
      'INFO sqlalchemy.engine.Engine INSERT INTO users (name) VALUES (?)\nINFO sqlalchemy.engine.Engine ROLLBACK',
    remedy:
      '`session.commit()` as the last statement of the block, or a block that commits: `with Session.begin() as session:`, `async with engine.begin() as connection:`.',
  },
  visit: {
    with_statement(node, context) {
      const clause = node.children.find((child) => child.kind === 'with_clause');
      const items = clause?.named ?? [];
      const [item] = items;
      const pattern = item?.kind === 'with_item' ? item.child('value') : null;
      if (items.length !== 1 || pattern?.kind !== 'as_pattern') return;
      const opened = pattern.named[0];
      const name = pattern.named.at(-1)?.named[0] ?? pattern.named.at(-1);
      if (!opened || name?.kind !== 'identifier') return;
      judge(node, opened, name, context);
    },
  },
});

function judge(node: PyNode, opened: PyNode, name: PyNode, context: RuleContext): void {
  const { facts } = context;
  if (/\.begin\(|autocommit|AUTOCOMMIT/i.test(opened.text) || isTestPath(context.path)) return;
  const call = readCall(opened);
  if (!call) return;
  const place = facts.binding.lookup(name.text, name);
  const binding = place?.bindings.find((each) => each.node === name);
  if (!binding) return;
  const uses = usesOf(binding, facts).filter((use) => contains(node, use));
  if (uses.some((use) => functionOf(use) !== functionOf(node))) return;
  const first = uses[0];
  if (!uses.some((use) => mayWrite(use)) || uses.some((use) => isControl(use))) return;
  if (!first || !isTransactional(first, context) || !commitsNothing(opened, context)) return;
  // Whoever is given it may commit.
  if (!uses.every((use) => sessionUse(use) === 'used')) return;
  const write = uses.find((use) => isWrite(use, context));
  if (!write) return;
  const isAwaited =
    (asyncSession(first, facts) ??
      isInstance(first, ['sqlalchemy.ext.asyncio.AsyncConnection'], facts)) !== null;
  context.manual({
    at: write,
    message: `\`${name.text}\` writes, and the block ends without a commit`,
    reason: `what it writes is rolled back: end the block with ${isAwaited ? 'await ' : ''}${name.text}.commit(), or open it with begin()`,
  });
}

/** A session, or a connection of an async engine; plain connections have a rule of their own. */
function isTransactional(node: PyNode, { facts }: RuleContext): boolean {
  const evidence =
    syncSession(node, facts) ??
    asyncSession(node, facts) ??
    isInstance(node, ['sqlalchemy.ext.asyncio.AsyncConnection'], facts);
  return evidence === 'proven';
}

/** Whether entering is known not to commit: a session class, a factory, or `engine.connect()`, no function of the project. */
function commitsNothing(opened: PyNode, { facts }: RuleContext): boolean {
  const method = readMethodCall(opened);
  if (method?.method.text === 'connect')
    return isInstance(method.receiver, ['sqlalchemy.ext.asyncio.AsyncEngine'], facts) === 'proven';
  return sessionMadeBy(opened, facts) === 'library';
}

function methodOn(use: PyNode) {
  const call =
    use.parent?.kind === 'attribute' && use.field === 'object'
      ? readMethodCall(use.parent.parent)
      : null;
  return call?.receiver === use ? call : null;
}

const WRITES = /^(add|add_all|delete|bulk_save_objects|bulk_insert_mappings|bulk_update_mappings)$/;

function mayWrite(use: PyNode): boolean {
  const name = methodOn(use)?.method.text ?? '';
  return name === 'execute' || WRITES.test(name);
}

function isWrite(use: PyNode, { facts }: RuleContext): boolean {
  const call = methodOn(use);
  if (!call) return false;
  if (WRITES.test(call.method.text)) return true;
  const [statement] = call.positional;
  return (
    call.method.text === 'execute' &&
    statement !== undefined &&
    statementKind(statement, facts) === 'write'
  );
}

function isControl(use: PyNode): boolean {
  const call = methodOn(use);
  return (
    call !== null &&
    /^(commit|rollback|begin|begin_nested|expunge|expunge_all|run_sync|connection|get_transaction)$/.test(
      call.method.text,
    )
  );
}
