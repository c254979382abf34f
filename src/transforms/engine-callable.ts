// Replaces transaction() and run_callable() of engines and connections by a block that calls the function.
import { readMethodCall, type MethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { indentEdits, indentOf, indentUnit, openEdit, ownsLines } from '../project/core/blocks.ts';
import { connectionName } from '../project/core/connection-name.ts';
import { CONNECTIONS, ENGINES, isInstance, receiverEvidence } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const METHODS: ReadonlySet<string> = new Set(['transaction', 'run_callable']);

export default defineTransform({
  id: 'engine-callable',
  summary: 'Call the function in a `with` block instead of `transaction()` and `run_callable()`',
  rationale: 'Both methods are gone: a block shows where the transaction begins and ends.',
  reference: 'https://docs.sqlalchemy.org/en/20/core/connections.html#using-transactions',
  fixes: 'safe',
  rows: ['engine-transaction', 'engine-run-callable'],
  triggers: ['.transaction(', '.run_callable('],
  example: {
    before: 'engine.transaction(transfer, 5)\n',
    after: 'with engine.begin() as conn:\n    transfer(conn, 5)\n',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node, METHODS);
      const [callable] = call?.positional ?? [];
      if (!call || !callable || callable.kind === 'list_splat') return;
      const engine = receiverEvidence(call.receiver, ENGINES, context);
      const evidence = engine ?? isInstance(call.receiver, CONNECTIONS, context.facts);
      if (!evidence) return;
      const reason = [
        evidence === 'proven' ? '' : 'the receiver is not proven to be an engine',
        engine && call.method.text === 'run_callable' && scopeOfCall(callable) === null
          ? '1.x committed each write of the function by itself, the block commits them together'
          : '',
      ]
        .filter((each) => each !== '')
        .join('; ');
      const safety = reason === '' ? 'safe' : 'unsafe';
      const message = `\`${engine ? 'Engine' : 'Connection'}.${call.method.text}()\``;
      const edits = engine
        ? blockEdits(call, callable, context)
        : onConnection(call, callable, context);
      if (!edits)
        return context.manual({
          at: node,
          message,
          reason: `write \`with ${call.receiver.text}.${opener(call, engine !== null)}:\` and call the function with the connection in it`,
        });
      context.fix({ at: node, message, safety, reason, edits });
    },
  },
});

function opener({ method, positional }: MethodCall, isEngine: boolean): string {
  if (!isEngine) return 'begin()';
  const [callable] = positional;
  const reads = method.text === 'run_callable' && callable && scopeOfCall(callable) === 'read';
  return `${reads ? 'connect' : 'begin'}() as conn`;
}

/** What a method of SQLAlchemy does on the connection that it gets, `null` for any other function. */
function scopeOfCall(callable: PyNode): 'read' | 'write' | null {
  const name = callable.kind === 'attribute' ? (callable.child('attribute')?.text ?? '') : '';
  if (/^(create|drop)(_all)?$/.test(name)) return 'write';
  return /\.dialect\.(has|get)_\w+$/.test(callable.text) ? 'read' : null;
}

function blockEdits(call: MethodCall, callable: PyNode, context: RuleContext) {
  const statement = statementOf(call.node);
  const name = statement && connectionName(statement, 0, context.facts);
  if (!statement || !name) return null;
  const header = `with ${call.receiver.text}.${opener(call, true).replace(/conn$/, name)}:`;
  return block(statement, header, callEdits(call, callable, name, context), context);
}

function onConnection(call: MethodCall, callable: PyNode, context: RuleContext) {
  const edits = callEdits(call, callable, call.receiver.text, context);
  if (call.method.text === 'run_callable') return edits;
  const statement = statementOf(call.node);
  return statement && block(statement, `with ${call.receiver.text}.begin():`, edits, context);
}

/** `x.transaction(f, a)` to `f(conn, a)`. */
function callEdits(call: MethodCall, callable: PyNode, name: string, context: RuleContext) {
  const isName = callable.kind === 'identifier' || callable.kind === 'attribute';
  const called = isName ? callable.text : `(${callable.text})`;
  return [context.replace({ start: call.node.start, end: callable.end }, `${called}(${name}`)];
}

function block(
  statement: PyNode,
  header: string,
  edits: readonly ReturnType<RuleContext['replace']>[],
  context: RuleContext,
) {
  const unit = indentUnit(statement);
  return [
    openEdit(statement, `${header}\n${indentOf(statement)}${unit}`, context),
    ...indentEdits(statement, unit, [statement], context),
    ...edits,
  ];
}

/** The statement that is the call, assigns it or returns it, on lines of its own. */
function statementOf(call: PyNode): PyNode | null {
  const { parent } = call;
  const statement = parent?.kind === 'assignment' ? parent.parent : parent;
  if (!statement || !ownsLines(statement)) return null;
  return statement.kind === 'expression_statement' || statement.kind === 'return_statement'
    ? statement
    : null;
}
