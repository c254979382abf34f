// Rewrites options of connections and statements that 2.x understands in another way: a connection keeps them, and none commits.
import type { Edit } from '../edits/edit.ts';
import { readMethodCall, type MethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { CONNECTIONS, ENGINES, isInstance } from '../project/core/receivers.ts';
import { autocommitOption, withoutAutocommit } from '../project/core/autocommit-option.ts';
import { callsOn, isOwnConnection, transactionOf } from '../project/core/transaction.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const OPTIONS = 'conn-exec-options';
const AUTOCOMMIT = 'conn-autocommit-option';

const EXECUTES: ReadonlySet<string> = new Set(['execute', 'scalar', 'scalars']);
const CONTROLS = /^(begin|commit|rollback|execution_options)/;
/** Options of a connection, which no statement takes. */
const OF_CONNECTIONS =
  /^(isolation_level|autocommit|no_parameters|preserve_rowcount|schema_translate_map)$/;

export default defineTransform({
  id: OPTIONS,
  family: [
    {
      id: OPTIONS,
      summary: 'Give options of one execution to `execute()`',
      rows: ['conn-exec-options'],
    },
    {
      id: AUTOCOMMIT,
      summary: 'Drop the option `autocommit` where a transaction is committed',
      rows: ['autocommit-option'],
      example: {
        before:
          'with engine.begin() as conn:\n    conn.execute(text("CALL archive()").execution_options(autocommit=True))\n',
        after: 'with engine.begin() as conn:\n    conn.execute(text("CALL archive()"))\n',
      },
    },
  ],
  summary: 'Give options of one execution to `execute()`',
  rationale:
    '`Connection.execution_options()` gave a copy. Since 2.0 it changes the connection itself: what it executes later has the options too.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/connections.html#sqlalchemy.engine.Connection.execution_options',
  fixes: 'safe',
  rows: [],
  triggers: ['execution_options('],
  example: {
    before:
      'with engine.connect() as conn:\n    rows = conn.execution_options(stream_results=True).execute(select(users.c.id)).all()\n    count = conn.scalar(select(func.count(users.c.id)))\n',
    after:
      'with engine.connect() as conn:\n    rows = conn.execute(select(users.c.id), execution_options={"stream_results": True}).all()\n    count = conn.scalar(select(func.count(users.c.id)))\n',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node);
      if (call?.method.text !== 'execution_options') return;
      if (autocommitOption(call)?.value.kind === 'true') return autocommit(call, context);
      if (isInstance(call.receiver, CONNECTIONS, context.facts) === 'proven')
        keptOptions(call, context);
    },
  },
});

/** `conn.execution_options(…)` beside other uses of the connection, which has the options as well in 2.0. */
function keptOptions(call: MethodCall, context: RuleContext): void {
  const { node, receiver } = call;
  const { facts, settings } = context;
  if (receiver.kind !== 'identifier' || !isOwnConnection(receiver, facts)) return;
  const assignment = node.parent?.kind === 'assignment' ? node.parent : null;
  const target = assignment?.child('left')?.text;
  const outer = readMethodCall(node.parent?.parent ?? null);
  const executes = outer?.receiver === node && EXECUTES.has(outer.method.text);
  const isOther = target !== undefined && target !== receiver.text;
  if (!isOther && !(executes && isUsedElse(call, context))) return;
  const message = 'options of a connection are kept apart from it';
  const edits =
    executes && settings.targetVersion !== '1.4' ? optionsOfCall(call, outer, context) : null;
  if (!edits)
    return context.manual({
      at: node,
      message,
      reason:
        'in 2.0 they hold for the connection itself: pass execution_options= to execute(), or open another connection',
      rule: OPTIONS,
    });
  const runsOn1 = settings.runsOn === '1.3' || settings.runsOn === '1.4';
  context.fix({
    at: node,
    message,
    safety: runsOn1 ? 'safe' : 'unsafe',
    reason: runsOn1 ? '' : 'code that runs on 2.0 already keeps them for what it executes later',
    edits,
    rule: OPTIONS,
  });
}

/** Whether something else uses the connection. */
function isUsedElse({ node, receiver }: MethodCall, { facts }: RuleContext): boolean {
  const binding = facts.definition(receiver);
  const owner = node.parent?.parent ?? node;
  return (
    binding !== null &&
    (callsOn(receiver, facts).some((other) => other.node !== node) ||
      facts.binding.references(binding.scope, receiver.text).some((read) => read.start > owner.end))
  );
}

function optionsOfCall(
  { node, receiver, keywords, list }: MethodCall,
  outer: MethodCall,
  context: RuleContext,
): readonly Edit[] | null {
  const last = outer.list.named.at(-1);
  const isPlain =
    last !== undefined &&
    keywords.length === list.named.length &&
    !keywords.some(({ name }) => OF_CONNECTIONS.test(name)) &&
    outer.keywords.length === 0 &&
    !outer.starred &&
    !outer.doubleStarred &&
    !list.children.some((child) => child.kind === 'comment');
  if (!isPlain) return null;
  const options = keywords.map(({ name, value }) => `"${name}": ${value.text}`).join(', ');
  return [
    context.replace({ start: receiver.end, end: node.end }, ''),
    context.after(last, `, execution_options={${options}}`),
  ];
}

/** The option is gone. In a transaction that is committed it asks for nothing. */
function autocommit(call: MethodCall, context: RuleContext): void {
  const { node } = call;
  const { facts } = context;
  const option = autocommitOption(call);
  if (!option) return;
  const message = 'the option `autocommit`';
  const outer = readMethodCall(node.parent?.kind === 'argument_list' ? node.parent.parent : null);
  const isBegun =
    outer?.positional[0] === node &&
    isInstance(outer.receiver, CONNECTIONS, facts) === 'proven' &&
    transactionOf(outer.receiver, facts) === 'begun';
  if (isOfConnection(call, context))
    return context.fix({
      at: option.node,
      message: `${message} of a connection`,
      safety: 'unsafe',
      reason:
        'every statement is committed then, one by one: 1.x committed none in a transaction that was begun',
      edits: [context.replace(option.node, 'isolation_level="AUTOCOMMIT"')],
      rule: AUTOCOMMIT,
    });
  if (!isBegun)
    return context.manual({
      at: option.node,
      message,
      reason:
        '2.0 ignores it: execute in engine.begin(), commit after it, or open the connection with isolation_level="AUTOCOMMIT"',
      rule: AUTOCOMMIT,
    });
  context.fix({
    at: option.node,
    message: `${message} in a transaction that is begun`,
    safety: 'safe',
    edits: withoutAutocommit(call, option, context),
    rule: AUTOCOMMIT,
  });
}

/** `engine.connect().execution_options(autocommit=True)`, of a connection that begins no transaction. */
function isOfConnection({ node, receiver }: MethodCall, { facts }: RuleContext): boolean {
  const made = readMethodCall(receiver);
  const target =
    node.parent?.kind === 'assignment' ? node.parent.child('left') : withTarget(node.parent);
  if (made?.method.text !== 'connect' || target?.kind !== 'identifier') return false;
  const isOurs = isInstance(made.receiver, ENGINES, facts) === 'proven';
  return isOurs && callsOn(target, facts).every(({ method }) => !CONTROLS.test(method.text));
}

function withTarget(node: PyNode | null): PyNode | null {
  const target = node?.kind === 'as_pattern' ? node.children.at(-1) : null;
  return target?.named[0] ?? null;
}
