// Rewrites what SQLAlchemy's asyncio extension does not take: create_all() of an async engine, set_isolation_level(), close_all(), events of async objects.
import {
  asyncEngine,
  asyncSession,
  functionOf,
  isAsync,
  statementIsAlone,
} from '../project/asyncio/sessions.ts';
import { indentOf, indentUnit } from '../project/core/blocks.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { keyword, readCall, readMethodCall, type MethodCall } from '../python/calls.ts';
import { enclosing, type PyNode } from '../python/tree.ts';

const CREATE = 'async-create-all';
const CLOSE = 'async-close-all';
const ISOLATION = 'async-isolation';
const EVENTS = 'async-events';

const ASYNCIO = 'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html';

export default defineTransform({
  id: CREATE,
  family: [
    {
      id: CREATE,
      summary: 'Create and drop tables of an async engine through `run_sync()`',
      rows: [CREATE],
      fixes: 'unsafe',
    },
    {
      id: CLOSE,
      summary: 'Close all async sessions with `close_all_sessions()`',
      rows: [CLOSE],
      rationale: '`AsyncSession.close_all()` is deprecated.',
      reference: `${ASYNCIO}#sqlalchemy.ext.asyncio.close_all_sessions`,
      example: {
        before: 'await AsyncSession.close_all()\n',
        after: 'await close_all_sessions()\n',
      },
      explanation: {
        failure: 'The method warns, and will be removed.',
        traceback:
          'SADeprecationWarning: The AsyncSession.close_all() method is deprecated and will be removed in a future release. Please refer to close_all_sessions().',
        remedy: 'Call the function of the module: `await close_all_sessions()`.',
      },
    },
    {
      id: ISOLATION,
      summary: 'Set the isolation level of an AsyncConnection by `execution_options()`',
      rows: [ISOLATION],
      rationale: 'AsyncConnection has no `set_isolation_level()`.',
      reference: `${ASYNCIO}#sqlalchemy.ext.asyncio.AsyncConnection.execution_options`,
      example: {
        before: 'await connection.set_isolation_level("SERIALIZABLE")\n',
        after: 'await connection.execution_options(isolation_level="SERIALIZABLE")\n',
      },
      explanation: {
        failure: 'The method does not exist on connections of 2.x.',
        traceback:
          "AttributeError: 'AsyncConnection' object has no attribute 'set_isolation_level'",
        remedy:
          'Await `connection.execution_options(isolation_level="SERIALIZABLE")` before the first statement.',
      },
    },
    {
      id: EVENTS,
      summary: 'Listen to the sync object behind an async engine or session',
      rows: [EVENTS],
      rationale: 'Events are handled without asyncio; async objects have none of their own.',
      reference: `${ASYNCIO}#using-events-with-the-asyncio-extension`,
      example: {
        before: '@event.listens_for(engine, "connect")\ndef on_connect(connection, record): ...\n',
        after:
          '@event.listens_for(engine.sync_engine, "connect")\ndef on_connect(connection, record): ...\n',
      },
      explanation: {
        failure: 'The listener cannot be registered: the program fails when it is imported.',
        traceback:
          'NotImplementedError: asynchronous events are not implemented at this time.  Apply synchronous listeners to the AsyncEngine.sync_engine or AsyncConnection.sync_connection attributes.',
        remedy:
          'Listen to `engine.sync_engine`, `session.sync_session`, or to the Session class that `sync_session_class` names. The listener runs in a greenlet: it executes statements on the plain connection that it is given, without `await`.',
      },
    },
  ],
  summary: 'Create and drop tables of an async engine through `run_sync()`',
  rationale: 'DDL of a MetaData runs on a plain connection, which `run_sync()` lends to it.',
  reference: `${ASYNCIO}#synopsis-core`,
  fixes: 'safe',
  rows: [CREATE, CLOSE, ISOLATION, EVENTS],
  triggers: [
    '.create_all(',
    '.drop_all(',
    '.close_all(',
    'set_isolation_level',
    'listens_for',
    'event.listen',
  ],
  example: {
    before: 'Base.metadata.create_all(engine)\n',
    after:
      'async with engine.begin() as connection:\n    await connection.run_sync(Base.metadata.create_all)\n',
  },
  explanation: {
    failure: 'An async engine cannot run DDL of a MetaData by itself.',
    traceback:
      "AttributeError: 'AsyncEngine' object has no attribute '_run_ddl_visitor'\n\nsqlalchemy.exc.MissingGreenlet: greenlet_spawn has not been called; can't call await_only() here.",
    remedy:
      '`async with engine.begin() as connection: await connection.run_sync(Base.metadata.create_all)`. Where there is no event loop yet, `asyncio.run()` such a function, or create the tables through Alembic.',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node);
      if (!call) return;
      switch (call.method.text) {
        case 'create_all':
        case 'drop_all':
          return createAll(call, context);
        case 'close_all':
          return closeAll(call, context);
        case 'set_isolation_level':
          return isolation(call, context);
        default:
          return events(node, context);
      }
    },
  },
});

function createAll(call: MethodCall, context: RuleContext): void {
  const { facts } = context;
  const engine = call.positional[0] ?? keyword(call, 'bind');
  if (!engine || asyncEngine(engine, facts) !== 'proven') return;
  if (isInstance(call.receiver, ['sqlalchemy.MetaData'], facts) === null) return;
  const message = `\`${call.method.text}()\` on an async engine`;
  const statement = enclosing(call.node, 'expression_statement', 'block');
  const alone =
    statement?.kind === 'expression_statement' && statementIsAlone(statement, call.node);
  if (!statement || !alone || call.list.named.length !== 1 || !isAsync(functionOf(call.node)))
    return context.manual({
      at: call.node,
      message,
      reason: `in an async function, write \`async with ${engine.text}.begin() as connection: await connection.run_sync(${call.callee.text})\``,
    });
  const indent = indentOf(statement);
  context.fix({
    at: call.node,
    message,
    safety: 'unsafe',
    reason: 'it failed before, and creates the tables now',
    edits: [
      context.replace(
        statement,
        `async with ${engine.text}.begin() as connection:\n${indent}${indentUnit(statement)}await connection.run_sync(${call.callee.text})`,
      ),
    ],
  });
}

function closeAll(call: MethodCall, context: RuleContext): void {
  const { facts } = context;
  const name = facts.qualifiedName(call.receiver);
  const isOurs =
    name === 'sqlalchemy.ext.asyncio.AsyncSession' ||
    asyncSession(call.receiver, facts) === 'proven';
  if (!isOurs || call.list.named.length > 0) return;
  const use = context.use('sqlalchemy.ext.asyncio.close_all_sessions', call.node);
  context.fix({
    at: call.node,
    message: '`AsyncSession.close_all()`',
    safety: 'safe',
    rule: CLOSE,
    edits: [context.replace(call.callee, use.text)],
    uses: [use],
  });
}

function isolation(call: MethodCall, context: RuleContext): void {
  const [level, ...others] = call.list.named;
  const evidence = isInstance(
    call.receiver,
    ['sqlalchemy.ext.asyncio.AsyncConnection'],
    context.facts,
  );
  if (evidence !== 'proven' || !level || others.length > 0 || level.kind === 'keyword_argument')
    return;
  const awaited = call.node.parent?.kind === 'await';
  if (!awaited)
    return context.manual({
      at: call.node,
      message: '`AsyncConnection.set_isolation_level()`',
      reason: `await ${call.receiver.text}.execution_options(isolation_level=${level.text})`,
      rule: ISOLATION,
    });
  context.fix({
    at: call.node,
    message: '`AsyncConnection.set_isolation_level()`',
    safety: 'safe',
    rule: ISOLATION,
    edits: [
      context.replace(call.method, 'execution_options'),
      context.before(level, 'isolation_level='),
    ],
  });
}

const LISTENING =
  /^sqlalchemy\.(event\.)?(listens_for|listen|remove|contains|event\.listens_for|event\.listen)$/;

function events(node: PyNode, context: RuleContext): void {
  const call = readCall(node);
  const { facts } = context;
  const name = call && facts.qualifiedName(call.callee);
  const [target] = call?.positional ?? [];
  if (!target || !name || !LISTENING.test(name)) return;
  const attribute =
    asyncEngine(target, facts) === 'proven'
      ? 'sync_engine'
      : asyncSession(target, facts) === 'proven'
        ? 'sync_session'
        : isInstance(target, ['sqlalchemy.ext.asyncio.AsyncConnection'], facts) === 'proven'
          ? 'sync_connection'
          : null;
  const message = `an event of \`${target.text}\`, which is async`;
  if (attribute !== null)
    return context.fix({
      at: target,
      message,
      safety: 'safe',
      rule: EVENTS,
      edits: [context.after(target, `.${attribute}`)],
    });
  const symbol = facts.qualifiedName(target);
  if (
    symbol === 'sqlalchemy.ext.asyncio.AsyncSession' ||
    symbol === 'sqlalchemy.ext.asyncio.AsyncEngine'
  )
    context.manual({
      at: target,
      message,
      reason: `listen to ${symbol.endsWith('Session') ? 'sqlalchemy.orm.Session' : 'sqlalchemy.Engine'}, or to the object behind an instance`,
      rule: EVENTS,
    });
}
