// Keeps keys() of results that return no rows, and reports rows that templates may read as mappings.
import { readCall, readMethodCall, type Call } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { isCoreRow } from '../project/core/core-rows.ts';
import { isInstance } from '../project/core/receivers.ts';
import { readSqlText } from '../project/core/sql-text.ts';
import { statementKind } from '../project/core/statement-kind.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const KEYS = 'row-keys-dml';
const TEMPLATE = 'row-template';

const RENDERERS =
  /^(flask(\.templating)?|quart(\.templating)?|flask_mako|bottle|django\.shortcuts|pyramid\.renderers)\.(async_)?(render|render_template|render_template_string|render_to_response|template)$/;
const METHODS: ReadonlySet<string> = new Set([
  'TemplateResponse',
  'render',
  'render_async',
  'render_template',
]);
const BARE: ReadonlySet<string> = new Set(['argument_list', 'assignment', 'return_statement']);

export default defineTransform({
  id: KEYS,
  family: [
    {
      id: KEYS,
      summary: 'Ask whether a result returns rows before `keys()`',
      rows: ['result-keys-dml'],
    },
    {
      id: TEMPLATE,
      summary: 'Rows that a template may read as mappings',
      rows: ['row-template-access'],
      rationale:
        'Rows are named tuples in templates too: Jinja reads `row["x"]` as an attribute, but `row.items()` is gone.',
      fixes: 'none',
      example: {
        before:
          'from flask import render_template\n\nusers = connection.execute(text("SELECT * FROM users")).fetchall()\npage = render_template("users.html", users=users)\n',
        after:
          'from flask import render_template\n\nusers = connection.execute(text("SELECT * FROM users")).fetchall()\npage = render_template("users.html", users=users)\n',
      },
    },
  ],
  summary: 'Ask whether a result returns rows before `keys()`',
  rationale: 'A result without rows is closed: 2.x raises ResourceClosedError where 1.x gave [].',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/connections.html#sqlalchemy.engine.CursorResult.returns_rows',
  fixes: 'safe',
  rows: [],
  triggers: ['.keys()', 'render', 'TemplateResponse', 'template('],
  example: {
    before: 'result = connection.execute(users.insert())\nnames = result.keys()\n',
    after:
      'result = connection.execute(users.insert())\nnames = result.keys() if result.returns_rows else []\n',
  },
  visit: {
    call(node, context) {
      const method = readMethodCall(node);
      if (method?.method.text === 'keys' && method.list.named.length === 0)
        return keysOf(node, method.receiver, context);
      const call = readCall(node);
      if (call && isRenderer(call, context)) rowsIn(call, context);
    },
  },
});

function keysOf(node: PyNode, receiver: PyNode, context: RuleContext): void {
  const { facts } = context;
  const made =
    receiver.kind === 'identifier' ? (facts.definition(receiver)?.value ?? null) : receiver;
  const execution = readMethodCall(made);
  const [statement] = execution?.positional ?? [];
  if (execution?.method.text !== 'execute' || !statement || isGuarded(node)) return;
  const source = statement.kind === 'identifier' ? facts.definition(statement)?.value : null;
  if (/returning/i.test((source ?? statement).text + statement.text)) return;
  const kind = statementKind(statement, facts);
  if (kind === 'read' || isInstance(receiver, ['sqlalchemy.Result'], facts) !== 'proven') return;
  const message = '`keys()` of a result that returns no rows';
  if (kind !== 'write') {
    if (!readSqlText(readCall(statement)?.positional[0] ?? statement, facts)) return;
    return context.manual({
      at: node,
      message: '`keys()` of a result that may return no rows',
      reason: 'it raises for a statement without rows: ask result.returns_rows first',
      possible: true,
      rule: KEYS,
    });
  }
  if (receiver.kind !== 'identifier')
    return context.manual({
      at: node,
      message,
      reason: 'it raises: leave it out, or keep the result and ask result.returns_rows first',
      rule: KEYS,
    });
  const isBare = BARE.has(node.parent?.kind ?? '');
  context.fix({
    at: node,
    message,
    safety: 'safe',
    edits: [
      ...(isBare ? [] : [context.before(node, '(')]),
      context.after(node, ` if ${receiver.text}.returns_rows else []${isBare ? '' : ')'}`),
    ],
    rule: KEYS,
  });
}

/** Whether the code around asks for rows already. */
function isGuarded(node: PyNode): boolean {
  for (let each = node.parent; each && each.kind !== 'function_definition'; each = each.parent)
    if (
      /^(if_statement|conditional_expression|boolean_operator)$/.test(each.kind) &&
      /\.returns_rows\b/.test(each.text)
    )
      return true;
  return false;
}

function isRenderer(call: Call, { facts }: RuleContext): boolean {
  if (call.list.named.length === 0) return false;
  const name = (call.callee.child('attribute') ?? call.callee).text;
  if (!/render|template/i.test(name)) return false;
  const qualified = facts.qualifiedName(call.callee);
  if (qualified !== null) return RENDERERS.test(qualified);
  return call.callee.kind === 'attribute' && METHODS.has(name);
}

/** The values that a template gets: keyword arguments, and the items of dictionaries. */
function rowsIn(call: Call, context: RuleContext): void {
  const values = call.list.named.flatMap((argument) => {
    const value = argument.child('value') ?? argument;
    return value.kind === 'dictionary'
      ? value.named.flatMap((pair) => pair.child('value') ?? [])
      : [value];
  });
  for (const value of values)
    if (holdsRows(value, context) && isCoreRow(value, context.facts))
      context.manual({
        at: value,
        message: 'a template gets rows',
        reason:
          'attributes of rows stay as they are, and so does `row["x"]` in Jinja; for `row.items()`, `row.keys()`, `x in row`, or `row["x"]` elsewhere pass result.mappings()',
        possible: true,
        rule: TEMPLATE,
      });
}

function holdsRows(node: PyNode, { facts }: RuleContext): boolean {
  const inferred = facts.infer(node);
  if (inferred?.evidence !== 'proven' || inferred.value.kind !== 'instance') return false;
  const { of, element } = inferred.value;
  const isRow = (name: string): boolean => name === 'sqlalchemy.Row';
  return (
    isRow(of) ||
    isInstance(node, ['sqlalchemy.Result'], facts) === 'proven' ||
    (of === 'builtins.list' && element?.kind === 'instance' && isRow(element.of))
  );
}
