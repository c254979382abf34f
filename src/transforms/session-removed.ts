// Rewrites calls and attributes of sessions that 2.x refuses: bind arguments by name, positional options, close_all(), transaction, flush([…]).
import {
  itemRemovals,
  keyword,
  readCall,
  readMethodCall,
  type Call,
  type MethodCall,
} from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { isInstance, receiverEvidence, SESSIONS } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { Evidence } from '../project/values.ts';

const BIND = 'session-execute-bind';
const POSITIONAL = 'session-positional';
const CLOSE_ALL = 'session-close-all';
const TRANSACTION = 'session-transaction';
const FLUSH = 'session-flush-objects';
const QUERY = 'session-execute-query';

const EXECUTING: ReadonlySet<string> = new Set(['connection', 'execute', 'scalar', 'scalars']);
const BIND_NAMES: ReadonlySet<string> = new Set(['bind', 'clause', 'mapper']);
/** The second argument by position; what follows differs from version to version. */
const FACTORIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['sqlalchemy.orm.Session', ['bind', 'autoflush']],
  ['sqlalchemy.orm.sessionmaker', ['bind', 'class_', 'autoflush']],
]);
const REFERENCE = 'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html';

export default defineTransform({
  id: BIND,
  family: [
    {
      id: BIND,
      summary: 'Pass `mapper`, `bind` and `clause` of `Session.execute()` as `bind_arguments`',
      rows: ['session-execute-bind-kw'],
    },
    {
      id: POSITIONAL,
      summary: 'Name the options of `Session()` and `sessionmaker()`',
      rows: ['session-positional'],
      example: {
        before: 'maker = sessionmaker(engine, Session)\n',
        after: 'maker = sessionmaker(engine, class_=Session)\n',
      },
    },
    {
      id: CLOSE_ALL,
      summary: 'Replace `Session.close_all()` with `close_all_sessions()`',
      rows: ['session-close-all'],
      example: { before: 'session.close_all()\n', after: 'close_all_sessions()\n' },
    },
    {
      id: TRANSACTION,
      summary: 'Replace `Session.transaction`',
      rows: ['session-transaction-attr'],
      example: {
        before: 'is_open = session.transaction is not None\n',
        after: 'is_open = session.get_transaction() is not None\n',
      },
    },
    {
      id: FLUSH,
      summary: 'Flush everything: `Session.flush()` takes no objects in 2.1',
      rows: ['session-flush-objects'],
      example: {
        before: 'session.flush([user])\n',
        after: 'session.flush([user])\n',
        targetVersion: '2.1',
      },
    },
    {
      id: QUERY,
      summary: 'Execute the statement of a Query, not the Query',
      rows: ['session-execute-query'],
      example: {
        before: 'query = session.query(User)\nhelp(query)\nrows = session.execute(query).all()\n',
        after:
          'query = session.query(User)\nhelp(query)\nrows = session.execute(query.statement).all()\n',
      },
    },
  ],
  summary: 'Rewrite calls of sessions that 2.x refuses',
  rationale: '2.0 raises TypeError or AttributeError for them.',
  reference: REFERENCE,
  fixes: 'safe',
  rows: [],
  triggers: [
    '.execute(',
    '.scalar',
    '.connection(',
    'Session',
    'sessionmaker',
    '.close_all',
    '.transaction',
    '.flush(',
  ],
  example: {
    before: 'rows = session.execute(statement, mapper=User).all()\n',
    after: 'rows = session.execute(statement, bind_arguments={"mapper": User}).all()\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      if (!call) return;
      const options = FACTORIES.get(context.facts.qualifiedName(call.callee) ?? '');
      if (options) return nameOptions(call, options, context);
      const method = readMethodCall(node);
      const name = method?.method.text ?? '';
      if (!method) return;
      if (name === 'close_all') return closeAll(method, context);
      if (!EXECUTING.has(name) && name !== 'flush') return;
      const evidence = receiverEvidence(method.receiver, SESSIONS, context);
      if (!evidence) return;
      if (name === 'flush') return flushObjects(method, evidence, context);
      bindArguments(method, evidence, context);
      executeQuery(method, context);
    },
    attribute(node, context) {
      const receiver = node.child('object');
      if (receiver && node.child('attribute')?.text === 'transaction')
        readTransaction(node, receiver, context);
    },
  },
});

function bindArguments(call: MethodCall, evidence: Evidence, context: RuleContext): void {
  const named = call.keywords.filter(({ name }) => BIND_NAMES.has(name));
  const [first, ...others] = named;
  if (!first || keyword(call, 'bind_arguments') || call.doubleStarred) return;
  const items = named.map(({ name, value }) => `"${name}": ${value.text}`).join(', ');
  context.fix({
    at: call.node,
    message: `\`Session.${call.method.text}(${first.name}=…)\``,
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : 'the receiver is not proven to be a session',
    edits: [
      context.replace(first.node, `bind_arguments={${items}}`),
      ...itemRemovals(
        call.list,
        others.map(({ node }) => node),
      ).map((span) => context.replace(span, '')),
    ],
    rule: BIND,
  });
}

function nameOptions(call: Call, options: readonly string[], context: RuleContext): void {
  if (call.positional.length < 2 || call.starred) return;
  const message = `\`${call.callee.text}()\` with options by position`;
  if (call.positional.length > options.length)
    return context.manual({
      at: call.node,
      message,
      reason: 'name the options: their order differs from version to version',
      rule: POSITIONAL,
    });
  context.fix({
    at: call.node,
    message,
    safety: 'safe',
    edits: call.positional
      .slice(1)
      .map((node, index) => context.before(node, `${options[index + 1] ?? ''}=`)),
    rule: POSITIONAL,
  });
}

function closeAll({ node, receiver }: MethodCall, context: RuleContext): void {
  const isClass = /^sqlalchemy\.orm\.(Session|sessionmaker|scoped_session)$/.test(
    context.facts.qualifiedName(receiver) ?? '',
  );
  const evidence = isClass
    ? 'proven'
    : isInstance(receiver, [...SESSIONS, 'sqlalchemy.orm.sessionmaker'], context.facts);
  if (!evidence || isAsync(receiver, context)) return;
  const use = context.use('sqlalchemy.orm.close_all_sessions', node);
  context.fix({
    at: node,
    message: '`Session.close_all()`',
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : 'the receiver is not proven to be a session',
    edits: [context.replace(node, `${use.text}()`)],
    uses: [use],
    rule: CLOSE_ALL,
  });
}

function isAsync(receiver: PyNode, context: RuleContext): boolean {
  return isInstance(receiver, ['sqlalchemy.ext.asyncio.AsyncSession'], context.facts) !== null;
}

/** In 2.1 flush() takes no objects; before, a partial flush is only discouraged. */
function flushObjects(call: MethodCall, evidence: Evidence, context: RuleContext): void {
  const [first] = call.list.named;
  if (context.settings.targetVersion !== '2.1' || !first) return;
  context.fix({
    at: call.node,
    message: '`Session.flush()` of some objects',
    safety: 'unsafe',
    reason:
      evidence === 'proven'
        ? 'everything that is pending is flushed'
        : 'everything that is pending is flushed, and the receiver is not proven to be a session',
    edits: [context.replace({ start: call.list.start + 1, end: call.list.end - 1 }, '')],
    rule: FLUSH,
  });
}

function executeQuery({ positional: [query] }: MethodCall, context: RuleContext): void {
  if (!query || isInstance(query, ['sqlalchemy.orm.Query'], context.facts) !== 'proven') return;
  context.fix({
    at: query,
    message: 'a Query is executed',
    safety: 'safe',
    edits: [context.after(query, '.statement')],
    rule: QUERY,
  });
}

function readTransaction(node: PyNode, receiver: PyNode, context: RuleContext): void {
  const evidence = isInstance(receiver, ['sqlalchemy.orm.Session'], context.facts);
  if (!evidence || node.field === 'left' || node.field === 'function') return;
  const { parent } = node;
  if (parent?.kind === 'attribute' && parent.child('attribute')?.text === 'nested')
    return context.fix({
      at: parent,
      message: '`Session.transaction`',
      safety: evidence === 'proven' ? 'safe' : 'unsafe',
      ...(evidence === 'proven' ? {} : { reason: 'the receiver is not proven to be a session' }),
      edits: [
        context.replace({ start: receiver.end, end: parent.end }, '.in_nested_transaction()'),
      ],
      rule: TRANSACTION,
    });
  const isEntered = holderOf(node)?.kind === 'with_item';
  context.fix({
    at: node,
    message: '`Session.transaction`',
    safety: 'unsafe',
    reason: isEntered
      ? 'a transaction that is open already makes begin() raise'
      : 'there is no transaction before the session is first used, and within a SAVEPOINT it is the outer one',
    edits: [
      context.replace(
        { start: receiver.end, end: node.end },
        isEntered ? '.begin()' : '.get_transaction()',
      ),
    ],
    rule: TRANSACTION,
  });
}

/** What holds the value, through the parentheses and the `as` of a `with`. */
function holderOf(node: PyNode): PyNode | null {
  const { parent } = node;
  return parent?.kind === 'parenthesized_expression' || parent?.kind === 'as_pattern'
    ? holderOf(parent)
    : parent;
}
