// Asks an Inspector what Engine, Table and the dialect told in 1.x. It reads no database.
import { keyword, readCall, readMethodCall, type MethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { CONNECTIONS, ENGINES, isInstance, receiverEvidence } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { Evidence } from '../project/values.ts';

const METHODS: ReadonlyMap<string, string> = new Map([
  ['has_table', 'has_table'],
  ['table_names', 'get_table_names'],
]);

export default defineTransform({
  id: 'engine-reflection',
  summary: 'Ask `inspect(engine)` for tables',
  rationale: 'Engine.table_names(), Engine.has_table() and Table.exists() are gone.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/reflection.html#fine-grained-reflection-with-inspector',
  fixes: 'safe',
  rows: ['imp-inspector', 'engine-table-names', 'engine-has-table', 'table-exists'],
  triggers: ['Inspector', '.table_names(', '.has_table(', '.exists('],
  example: {
    before: 'names = engine.table_names()\n',
    after: 'names = inspect(engine).get_table_names()\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      if (!call) return;
      const name = context.facts.qualifiedName(call.callee);
      if (name === 'sqlalchemy.Inspector' || name === 'sqlalchemy.Inspector.from_engine')
        return ofInspector(call.callee, context);
      const method = readMethodCall(node);
      if (!method) return;
      if (METHODS.has(method.method.text)) ofEngine(method, context);
      else if (method.method.text === 'exists') ofTable(method, context);
    },
  },
});

function ofInspector(callee: PyNode, context: RuleContext): void {
  const inspect = context.use('sqlalchemy.inspect', callee);
  context.fix({
    at: callee,
    message: '`Inspector` made from an engine',
    safety: 'safe',
    edits: [context.replace(callee, inspect.text)],
    uses: [inspect],
  });
}

function ofEngine(call: MethodCall, context: RuleContext): void {
  const { method, receiver, node } = call;
  const dialect = ofDialect(call, context);
  const evidence = dialect ?? receiverEvidence(receiver, ENGINES, context);
  if (!evidence) return;
  const message = `\`${dialect ? 'Dialect' : 'Engine'}.${method.text}()\``;
  const connection = keyword(call, 'connection');
  if (connection && connection.kind !== 'none')
    return context.manual({
      at: node,
      message,
      reason: `call inspect(connection).${METHODS.get(method.text) ?? ''}() on that connection`,
    });
  const inspect = context.use('sqlalchemy.inspect', node);
  const [first, second] = call.positional;
  const name = METHODS.get(method.text) ?? method.text;
  const edits = dialect
    ? [
        context.replace(
          { start: node.start, end: second?.start ?? call.list.end },
          `${inspect.text}(${first?.text ?? ''}).${name}(`,
        ),
      ]
    : [
        context.before(receiver, `${inspect.text}(`),
        context.after(receiver, ')'),
        context.replace(method, name),
      ];
  context.fix({
    at: node,
    message,
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : 'the receiver is probably, but not provably, an Engine',
    edits,
    uses: [inspect],
  });
}

/** `engine.dialect.has_table(engine, name)`: since 1.4 it takes connections only. */
function ofDialect(
  { receiver, method, positional }: MethodCall,
  context: RuleContext,
): Evidence | null {
  const owner = receiver.kind === 'attribute' ? receiver.child('object') : null;
  const [bind, name] = positional;
  if (!owner || receiver.child('attribute')?.text !== 'dialect') return null;
  if (method.text !== 'has_table' || !bind || !name) return null;
  if (
    receiverEvidence(owner, ENGINES, context) === null &&
    !isInstance(owner, CONNECTIONS, context.facts)
  )
    return null;
  return receiverEvidence(bind, ENGINES, context) ?? isInstance(bind, CONNECTIONS, context.facts);
}

function ofTable(call: MethodCall, context: RuleContext): void {
  const { receiver, node, positional, keywords } = call;
  const evidence = isInstance(receiver, ['sqlalchemy.Table'], context.facts);
  if (!evidence) return;
  const message = '`Table.exists()`';
  const bind = positional[0] ?? keyword(call, 'bind');
  if (!bind || positional.length + keywords.length > 1)
    return context.manual({
      at: node,
      message,
      reason:
        'its engine came from bound metadata; write inspect(engine).has_table(table.name, schema=table.schema)',
    });
  const inspect = context.use('sqlalchemy.inspect', node);
  const table = receiver.text;
  context.fix({
    at: node,
    message,
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : 'it is probably, but not provably, a table',
    edits: [
      context.replace(
        node,
        `${inspect.text}(${bind.text}).has_table(${table}.name, schema=${table}.schema)`,
      ),
    ],
    uses: [inspect],
  });
}
