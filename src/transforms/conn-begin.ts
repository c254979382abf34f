// Makes transactions of connections begin where 2.x lets them: not after the connection has begun one by itself, not twice, not on branches.
import { readMethodCall, type MethodCall } from '../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { indentOf, openEdit, ownsLines } from '../project/core/blocks.ts';
import { CONNECTIONS, isInstance } from '../project/core/receivers.ts';
import { beginsFirst, isOwnConnection, transactionOf } from '../project/core/transaction.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const AFTER = 'conn-begin-after-execute';
const TWICE = 'conn-begin-nested-call';
const ROOT = 'conn-begin-nested-root';
const BRANCH = 'conn-branch';

const ENDS: ReadonlySet<string> = new Set(['close', 'commit', 'rollback']);
const EXECUTES: ReadonlySet<string> = new Set(['exec_driver_sql', 'execute', 'scalar', 'scalars']);

export default defineTransform({
  id: AFTER,
  family: [
    {
      id: AFTER,
      summary: 'End the transaction that a connection began by itself before `begin()`',
      rows: ['conn-begin-after-execute'],
    },
    {
      id: TWICE,
      summary: '`Connection.begin()` in a transaction that is open',
      rows: ['conn-begin-nested-call'],
      example: {
        before:
          'with engine.begin() as conn:\n    with conn.begin():\n        conn.execute(users.insert())\n',
        after:
          'with engine.begin() as conn:\n    with conn.begin():\n        conn.execute(users.insert())\n',
      },
    },
    {
      id: ROOT,
      summary: '`Connection.begin_nested()` without a transaction',
      rows: ['conn-begin-nested-root'],
      example: {
        before: 'conn = engine.connect()\nsavepoint = conn.begin_nested()\n',
        after: 'conn = engine.connect()\nsavepoint = conn.begin()\n',
      },
    },
    {
      id: BRANCH,
      summary: '`Connection.connect()`',
      rows: ['conn-branch'],
      example: {
        before: 'with engine.connect() as conn:\n    branch = conn.connect()\n',
        after: 'with engine.connect() as conn:\n    branch = conn\n',
      },
    },
  ],
  summary: 'Begin transactions of connections where 2.x lets them begin',
  rationale:
    'A connection begins a transaction by itself when it executes: begin() raises after that.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#library-level-but-not-driver-level-autocommit-removed-from-both-core-and-orm',
  fixes: 'safe',
  rows: [],
  triggers: ['.begin', '.connect('],
  example: {
    before:
      'with engine.connect() as conn:\n    count = conn.scalar(select(func.count(users.c.id)))\n    with conn.begin():\n        conn.execute(users.insert())\n',
    after:
      'with engine.connect() as conn:\n    count = conn.scalar(select(func.count(users.c.id)))\n    conn.commit()\n    with conn.begin():\n        conn.execute(users.insert())\n',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node);
      if (!call) return;
      const { receiver, method } = call;
      if (isInstance(receiver, CONNECTIONS, context.facts) !== 'proven') return;
      if (method.text === 'begin') begin(call, context);
      else if (method.text === 'begin_nested') beginNested(call, context);
      else if (method.text === 'connect') branch(call, context);
    },
  },
});

function begin({ node, receiver }: MethodCall, context: RuleContext): void {
  const message = '`Connection.begin()`';
  if (transactionOf(receiver, context.facts) === 'begun' && isWithinOther(node, receiver))
    return context.manual({
      at: node,
      message: `${message} in a transaction that is open`,
      reason: 'it raises in 2.0: drop it, or use begin_nested() for a SAVEPOINT',
      rule: TWICE,
    });
  const statement = statementOf(node);
  if (
    !statement ||
    !isOwnConnection(receiver, context.facts) ||
    !isUsedBefore(statement, receiver.text)
  )
    return;
  const why = 'the connection has begun a transaction by itself: begin() raises';
  if (!ownsLines(statement) || context.settings.targetVersion === '1.4')
    return context.manual({
      at: node,
      message: `${message} after the connection was used`,
      reason: `${why}; begin first`,
      rule: AFTER,
    });
  context.fix({
    at: node,
    message: `${message} after the connection was used`,
    safety: 'safe',
    edits: [openEdit(statement, `${receiver.text}.commit()\n${indentOf(statement)}`, context)],
    rule: AFTER,
  });
}

/** Whether the call stands in a `with` block that began a transaction on the same connection. */
function isWithinOther(node: PyNode, receiver: PyNode): boolean {
  const own =
    enclosing(node, 'with_item', 'block')?.kind === 'with_item'
      ? enclosing(node, 'with_statement')
      : null;
  for (
    let each = enclosing(own ?? node, 'with_statement');
    each;
    each = enclosing(each, 'with_statement')
  ) {
    const clause = each.children.find((child) => child.kind === 'with_clause')?.text ?? '';
    if (clause.includes(`${receiver.text}.begin(`)) return true;
    if (new RegExp(`\\.begin\\(\\)\\s+as\\s+${receiver.text}\\b`).test(clause)) return true;
  }
  return false;
}

function statementOf(node: PyNode): PyNode | null {
  for (let each: PyNode | null = node; each; each = each.parent)
    if (each.parent?.kind === 'block' || each.parent?.kind === 'module') return each;
  return null;
}

/** Whether an earlier statement of the block executes on the connection, and nothing since ended its transaction. */
function isUsedBefore(statement: PyNode, name: string): boolean {
  const siblings = statement.parent?.named ?? [];
  for (const each of siblings.slice(0, siblings.indexOf(statement)).toReversed()) {
    if (each.kind.endsWith('_definition')) continue;
    const calls = descendants(each, 'call')
      .map((call) => readMethodCall(call))
      .filter((call) => call !== null);
    const own = calls.filter(({ receiver }) => receiver.text === name);
    if (own.some(({ method }) => ENDS.has(method.text) || method.text.startsWith('begin')))
      return false;
    if (own.some(({ method }) => EXECUTES.has(method.text))) return true;
    if (calls.some(({ positional }) => positional.some((argument) => argument.text === name)))
      return true;
  }
  return false;
}

function beginNested(call: MethodCall, context: RuleContext): void {
  const { node, receiver, method } = call;
  const { facts, settings } = context;
  if (!isOwnConnection(receiver, facts) || transactionOf(receiver, facts) === 'begun') return;
  const message = '`Connection.begin_nested()` without a transaction';
  const meaning =
    'in 1.x it began a transaction that its commit() committed; in 2.0 it is a SAVEPOINT in one that is rolled back';
  if (!beginsFirst(call, facts))
    return context.manual({
      at: node,
      message,
      reason: `${meaning}: call begin() instead, or before it`,
      rule: ROOT,
    });
  const runsOn1 = settings.runsOn === '1.3' || settings.runsOn === '1.4';
  context.fix({
    at: node,
    message,
    safety: runsOn1 ? 'safe' : 'unsafe',
    reason: runsOn1 ? '' : `${meaning}, which code that runs on 2.0 already would now commit`,
    edits: [context.replace(method, 'begin')],
    rule: ROOT,
  });
}

function branch({ node, receiver, list }: MethodCall, context: RuleContext): void {
  if (list.named.length > 0) return;
  const assignment = node.parent?.kind === 'assignment' ? node.parent : null;
  const target = assignment?.child('left');
  const isClosed =
    target?.kind !== 'identifier' || context.source.includes(`${target.text}.close()`);
  if (isClosed)
    return context.manual({
      at: node,
      message: '`Connection.connect()`',
      reason: `use \`${receiver.text}\` itself, and do not close it here`,
      rule: BRANCH,
    });
  context.fix({
    at: node,
    message: '`Connection.connect()`',
    safety: 'safe',
    edits: [context.replace(node, receiver.text)],
    rule: BRANCH,
  });
}
