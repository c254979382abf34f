// Reports uses of sessions that 2.x treats differently and that no rewrite can decide. It rewrites only what tests say of their transaction.
import { keyword, readCall, readMethodCall, type Call } from '../python/calls.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import { engineName } from '../project/core/bound-metadata.ts';
import { CONNECTIONS, isInstance, receiverEvidence, SESSIONS } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const BEGIN = 'session-begin-after-use';
const JOIN = 'session-join-mode';
const SHARED = 'session-concurrent';
const BOUND = 'session-bound-metadata';
const AUTOFLUSH = 'session-autoflush-core';

const USES: ReadonlySet<string> = new Set([
  'execute',
  'get',
  'query',
  'refresh',
  'scalar',
  'scalars',
]);
const RESETS: ReadonlySet<string> = new Set(['close', 'commit', 'rollback']);
const FACTORIES = /^sqlalchemy\.orm\.(Session|create_session|sessionmaker)$/;

export default defineTransform({
  id: BEGIN,
  family: [
    {
      id: BEGIN,
      summary: '`Session.begin()` after the session was used',
      rows: ['session-begin-after-use'],
    },
    {
      id: JOIN,
      summary: 'Say how a session of a test joins the transaction of its connection',
      rows: ['session-join-mode'],
      example: {
        before:
          'session = Session(bind=connection)\nevent.listen(session, "after_transaction_end", restart)\n',
        after:
          'session = Session(bind=connection, join_transaction_mode="create_savepoint")\nevent.listen(session, "after_transaction_end", restart)\n',
      },
    },
    {
      id: SHARED,
      summary: 'A session that several threads use',
      rows: ['session-concurrent'],
      example: {
        before: 'job = pool.submit(work, session)\n',
        after: 'job = pool.submit(work, session)\n',
      },
    },
    {
      id: BOUND,
      summary: 'A session without an engine, where metadata was bound to one',
      rows: ['session-bound-metadata'],
      example: {
        before: 'metadata = MetaData(bind=engine)\nsession = Session()\n',
        after: 'metadata = MetaData()\nsession = Session(bind=engine)\n',
      },
    },
    {
      id: AUTOFLUSH,
      summary: 'Textual SQL that 2.1 flushes pending objects for',
      rows: ['session-autoflush-core', 'v21-autoflush'],
      example: {
        before: 'session.add(user)\nsession.execute(text("SELECT 1"))\n',
        after: 'session.add(user)\nsession.execute(text("SELECT 1"))\n',
        targetVersion: '2.1',
      },
    },
  ],
  summary: 'Uses of sessions that 2.x treats differently',
  rationale: 'What was meant decides what to write.',
  reference: 'https://docs.sqlalchemy.org/en/20/orm/session_transaction.html',
  fixes: 'unsafe',
  rows: [],
  triggers: ['.begin(', 'Session', 'sessionmaker', 'Thread', '.submit(', '.execute('],
  example: {
    before: 'session.scalars(select(User)).all()\nsession.begin()\n',
    after: 'session.scalars(select(User)).all()\nsession.begin()\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      if (!call) return;
      const name = context.facts.qualifiedName(call.callee);
      if (name !== null && FACTORIES.test(name)) {
        joinMode(call, context);
        boundMetadata(call, context);
      }
      sharedSession(call, name, context);
      const method = readMethodCall(node);
      if (method?.method.text === 'begin') beginAfterUse(node, method.receiver, context);
      if (method?.method.text === 'execute') autoflush(node, method.receiver, context);
    },
  },
});

/** The statements before a node in its block, the nearest first. */
function before(node: PyNode): readonly PyNode[] {
  let statement = node;
  while (
    statement.parent &&
    statement.parent.kind !== 'block' &&
    statement.parent.kind !== 'module'
  )
    statement = statement.parent;
  const siblings = statement.parent?.named ?? [];
  return siblings.slice(0, siblings.indexOf(statement)).toReversed();
}

function methodsOn(statement: PyNode, receiver: string): readonly string[] {
  if (statement.kind.endsWith('_definition')) return [];
  return descendants(statement, 'call')
    .map((node) => readMethodCall(node))
    .filter((call) => call !== null && call.receiver.text === receiver)
    .map((call) => call?.method.text ?? '');
}

function beginAfterUse(node: PyNode, receiver: PyNode, context: RuleContext): void {
  if (receiverEvidence(receiver, SESSIONS, context) !== 'proven') return;
  for (const statement of before(node)) {
    const methods = methodsOn(statement, receiver.text);
    if (methods.some((name) => RESETS.has(name) || name === 'begin')) return;
    if (!methods.some((name) => USES.has(name))) continue;
    return context.manual({
      at: node,
      message: '`Session.begin()` after the session was used',
      reason:
        'the session began a transaction by itself when it was used, so begin() raises: begin first, or commit before it',
      rule: BEGIN,
    });
  }
}

/** A test that restarts a SAVEPOINT by hand whenever the session ends one. */
function joinMode(call: Call, context: RuleContext): void {
  const bind = call.positional[0] ?? keyword(call, 'bind');
  if (!bind || keyword(call, 'join_transaction_mode') || call.doubleStarred) return;
  if (!context.source.includes('after_transaction_end')) return;
  if (!isInstance(bind, CONNECTIONS, context.facts) || context.settings.targetVersion === '1.4')
    return;
  const last = call.list.named.at(-1);
  if (!last) return;
  context.fix({
    at: call.node,
    message: 'a session that joins the transaction of its connection',
    safety: 'unsafe',
    reason: 'the listener that restarts the SAVEPOINT is no longer needed: remove it',
    edits: [context.after(last, ', join_transaction_mode="create_savepoint"')],
    rule: JOIN,
  });
}

const CONFIGURED = /\.configure\([^)]*bind/;

function boundMetadata(call: Call, context: RuleContext): void {
  if (
    call.positional.length > 0 ||
    call.doubleStarred ||
    keyword(call, 'bind') ||
    keyword(call, 'binds')
  )
    return;
  const { facts } = context;
  const binds = facts.metadataBinds();
  const bind = binds.find(({ module }) => module === facts.module) ?? binds[0];
  // Nobody can configure a factory that is called at once.
  const isKept = call.node.parent?.kind !== 'call';
  if (!bind || (isKept && facts.modules.modules.some(({ tree }) => CONFIGURED.test(tree.text))))
    return;
  const name = engineName(bind, call.node, facts.module, facts);
  const message = 'a session that takes its engine from bound metadata';
  if (name === null)
    return context.manual({
      at: call.node,
      message,
      reason: 'pass the engine as bind=',
      rule: BOUND,
    });
  const open = { start: call.list.start + 1, end: call.list.start + 1 };
  context.fix({
    at: call.node,
    message,
    safety: 'unsafe',
    reason: 'which engine its tables were bound to is not proven',
    edits: [context.replace(open, `bind=${name}${call.keywords.length > 0 ? ', ' : ''}`)],
    rule: BOUND,
  });
}

function sharedSession(call: Call, name: string | null, context: RuleContext): void {
  const isSubmit = readMethodCall(call.node)?.method.text === 'submit';
  if (name !== 'threading.Thread' && !isSubmit) return;
  const passed =
    name === 'threading.Thread' ? (keyword(call, 'args')?.named ?? []) : call.positional.slice(1);
  const session = passed.find(
    (node) =>
      isInstance(node, ['sqlalchemy.orm.Session'], context.facts) !== null &&
      !isScoped(node, context),
  );
  if (!session) return;
  context.manual({
    at: session,
    message: 'a session is handed to a thread',
    reason:
      '2.0 raises IllegalStateChangeError where two threads use one session: make a session in each thread',
    rule: SHARED,
  });
}

function isScoped(node: PyNode, context: RuleContext): boolean {
  return isInstance(node, ['sqlalchemy.orm.scoped_session'], context.facts) !== null;
}

function autoflush(node: PyNode, receiver: PyNode, context: RuleContext): void {
  if (context.settings.targetVersion !== '2.1') return;
  const statement = readCall(node)?.positional[0];
  const call = statement ? readCall(statement) : null;
  if (!call || context.facts.qualifiedName(call.callee) !== 'sqlalchemy.text') return;
  if (receiverEvidence(receiver, SESSIONS, context) !== 'proven') return;
  const nearest = before(node).find((each) => methodsOn(each, receiver.text).length > 0);
  const isPending =
    nearest &&
    methodsOn(nearest, receiver.text).some((name) => /^(add|add_all|delete)$/.test(name));
  if (isPending)
    context.manual({
      at: node,
      message: 'textual SQL after objects were added',
      reason:
        '2.1 flushes them before it: put it in `with session.no_autoflush:` if it must not see them',
      rule: AUTOFLUSH,
    });
}
