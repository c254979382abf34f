// Reports uses of engines and connections that 2.x treats differently and that no rewrite can decide. It rewrites only Engine.create() and drop().
import { keyword, readCall, readMethodCall, type Call, type MethodCall } from '../python/calls.ts';
import { enclosing, type PyNode } from '../python/tree.ts';
import {
  CONNECTIONS,
  ENGINES,
  isInstance,
  receiverEvidence,
  SESSIONS,
} from '../project/core/receivers.ts';
import { statementKind } from '../project/core/statement-kind.ts';
import { readSqlText } from '../project/core/sql-text.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { LibraryClass } from '../sqlalchemy/returns.ts';

const CREATE = 'engine-create-drop';
const TUPLES = 'conn-execute-tuples';
const EMPTY = 'conn-execute-empty';
const IN_TRANSACTION = 'conn-in-transaction';
const FILE_POOL = 'engine-sqlite-pool';

const CREATABLE: readonly LibraryClass[] = [
  'sqlalchemy.Index',
  'sqlalchemy.Sequence',
  'sqlalchemy.Table',
];
/** What a file that is open, or a connection that a fork inherits, gets in the way of. */
const OPEN_FILE =
  /\bos\.(fork|remove|rename|replace|unlink)\(|\bshutil\.(copy\w*|move|rmtree)\(|\bmultiprocessing\b|\.unlink\(/;

export default defineTransform({
  id: IN_TRANSACTION,
  family: [
    {
      id: IN_TRANSACTION,
      summary: '`Connection.in_transaction()` is true after any statement',
      rows: ['conn-in-transaction'],
      fixes: 'none',
    },
    {
      id: CREATE,
      summary: 'Create and drop tables by their own methods',
      rows: ['engine-create-drop'],
      rationale: 'Engine.create() and Engine.drop() are gone.',
      example: { before: 'engine.create(users)\n', after: 'users.create(engine)\n' },
    },
    {
      id: TUPLES,
      summary: 'Tuples as parameters of a statement',
      rows: ['conn-execute-tuples'],
      rationale: 'Statements take dictionaries; only SQL of the driver takes tuples.',
      fixes: 'none',
      example: {
        before: 'connection.execute(users.insert(), [(1, "Ann"), (2, "Bob")])\n',
        after: 'connection.execute(users.insert(), [(1, "Ann"), (2, "Bob")])\n',
      },
    },
    {
      id: EMPTY,
      summary: 'A list of parameters that may be empty',
      rows: ['execute-empty-list'],
      rationale:
        'An empty list executes the statement once, without parameters: an INSERT writes a row of defaults. 2.1 warns.',
      fixes: 'none',
      example: {
        before:
          'names = ["Ann"]\nrows = [{"name": name} for name in names]\nconnection.execute(users.insert(), rows)\n',
        after:
          'names = ["Ann"]\nrows = [{"name": name} for name in names]\nconnection.execute(users.insert(), rows)\n',
      },
    },
    {
      id: FILE_POOL,
      summary: 'Files of SQLite stay open in the pool',
      rows: ['sqlite-file-pool'],
      rationale: '2.x keeps the connections to files of SQLite in a QueuePool; 1.x closed them.',
      reference:
        'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html#the-sqlite-dialect-uses-queuepool-for-file-based-databases',
      fixes: 'none',
      example: {
        before: 'engine = create_engine("sqlite:///app.db")\nos.remove("app.db")\n',
        after: 'engine = create_engine("sqlite:///app.db")\nos.remove("app.db")\n',
      },
    },
  ],
  summary: 'Uses of engines and connections that 2.x treats differently',
  rationale: 'A connection begins a transaction with its first statement, not with begin() alone.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/connections.html#sqlalchemy.engine.Connection.in_transaction',
  fixes: 'safe',
  rows: [],
  triggers: ['.in_transaction(', 'engine.create(', 'engine.drop(', '.execute(', 'sqlite'],
  example: {
    before: 'if not connection.in_transaction():\n    connection.begin()\n',
    after: 'if not connection.in_transaction():\n    connection.begin()\n',
  },
  visit: {
    call(node, context) {
      const method = readMethodCall(node);
      switch (method?.method.text) {
        case 'in_transaction':
          return inTransaction(method, context);
        case 'create':
        case 'drop':
          return createOrDrop(method, context);
        case 'execute':
          return parameters(method, context);
        default:
      }
      const call = readCall(node);
      if (call && call.callee.text.endsWith('create_engine')) filePool(call, context);
    },
  },
});

function inTransaction({ node, receiver }: MethodCall, context: RuleContext): void {
  if (context.settings.targetVersion === '1.4') return;
  if (isInstance(receiver, CONNECTIONS, context.facts) !== 'proven') return;
  if (isInstance(receiver, ['sqlalchemy.future.Connection'], context.facts)) return;
  context.manual({
    at: node,
    message: '`Connection.in_transaction()`',
    reason:
      'it is true after any statement, not only after begin(): if it asks whether this code began the transaction, remember that in a variable',
    rule: IN_TRANSACTION,
  });
}

function createOrDrop(call: MethodCall, context: RuleContext): void {
  const [table] = call.positional;
  if (!table || call.list.named.length !== 1) return;
  if (receiverEvidence(call.receiver, ENGINES, context) !== 'proven') return;
  const message = `\`Engine.${call.method.text}()\``;
  if (isInstance(table, CREATABLE, context.facts) !== 'proven')
    return context.manual({
      at: call.node,
      message,
      reason: `call the method of what it is given: table.${call.method.text}(engine), metadata.${call.method.text}_all(engine)`,
      rule: CREATE,
    });
  context.fix({
    at: call.node,
    message,
    safety: 'safe',
    edits: [context.replace(call.node, `${table.text}.${call.method.text}(${call.receiver.text})`)],
    rule: CREATE,
  });
}

function parameters(call: MethodCall, context: RuleContext): void {
  const [statement, ...given] = call.positional;
  const [first] = given;
  if (!statement || !first || call.starred) return;
  const isTuples = given.every((each) => each.kind === 'tuple' || isListOfTuples(each));
  if (!isTuples && !mayBeEmpty(first, context)) return;
  if (
    isInstance(call.receiver, CONNECTIONS, context.facts) !== 'proven' &&
    receiverEvidence(call.receiver, [...SESSIONS, ...ENGINES], context) !== 'proven'
  )
    return;
  if (isTuples) tuples(call, statement, first, context);
  else empty(call, first, context);
}

function isListOfTuples(node: PyNode): boolean {
  return (
    node.kind === 'list' &&
    node.named.length > 0 &&
    node.named.every(({ kind }) => kind === 'tuple')
  );
}

function tuples(call: MethodCall, statement: PyNode, first: PyNode, context: RuleContext): void {
  // SQL as a string is for the driver, which takes tuples: another rule keeps them.
  if (readSqlText(statement, context.facts) || statementKind(statement, context.facts) !== 'write')
    return;
  context.manual({
    at: first,
    message: 'tuples as parameters of a statement',
    reason: `pass a dictionary for each row, by the names of its columns: ${call.receiver.text}.execute(…, [{"name": value}])`,
    rule: TUPLES,
  });
}

/** An empty list, or a list that is made in a loop and of which nobody asks whether it is empty. */
function mayBeEmpty(node: PyNode, { facts }: RuleContext): boolean {
  if (node.kind === 'list') return node.named.length === 0;
  if (node.kind === 'list_comprehension') return true;
  if (node.kind !== 'identifier') return false;
  const reaching = facts.binding.reaching(node);
  const isMade = reaching.every(
    ({ kind, value, path }) =>
      kind === 'assignment' &&
      path.length === 0 &&
      (value?.kind === 'list_comprehension' ||
        (value?.kind === 'list' && value.named.length === 0)),
  );
  const [binding] = reaching;
  if (!isMade || !binding) return false;
  const owner = enclosing(node, 'function_definition', 'module') ?? node;
  return !new RegExp(`\\b(if|elif|while|not|and|or|assert|len)\\b[^\\n]*\\b${node.text}\\b`).test(
    node.source.slice(owner.start, node.start),
  );
}

function empty(call: MethodCall, first: PyNode, context: RuleContext): void {
  const [statement] = call.positional;
  if (!statement || statementKind(statement, context.facts) !== 'write') return;
  const isEmpty = first.kind === 'list';
  context.manual({
    at: first,
    message: isEmpty ? 'an empty list of parameters' : 'a list of parameters that may be empty',
    reason: isEmpty
      ? 'it executes the statement once, without parameters: leave it out where that is meant'
      : `an empty list executes the statement once, without parameters: ask \`if ${first.kind === 'identifier' ? first.text : 'rows'}:\` first`,
    possible: !isEmpty,
    rule: EMPTY,
  });
}

function filePool(call: Call, context: RuleContext): void {
  if (context.settings.targetVersion === '1.4' || keyword(call, 'poolclass')) return;
  const [url] = call.positional;
  if (!url || call.doubleStarred || !OPEN_FILE.test(context.source)) return;
  if (/\.dispose\(/.test(context.source)) return;
  const prefix = readSqlText(url, context.facts)?.prefix ?? '';
  if (!/^sqlite(\+pysqlite)?:\/\/\/(?!:memory:)/.test(prefix)) return;
  const text = readSqlText(url, context.facts);
  if (text?.value !== null && /:\/\/\/(:memory:)?(\?|$)/.test(text?.value ?? '')) return;
  if (context.facts.qualifiedName(call.callee) !== 'sqlalchemy.create_engine') return;
  context.manual({
    at: call.node,
    message: 'the pool keeps the file of SQLite open',
    reason:
      'this file removes, moves or forks: dispose of the engine before, or pass poolclass=NullPool to close each connection as 1.x did',
    possible: true,
    rule: FILE_POOL,
  });
}
