// Rewrites strings and False where statements and queries want SQL expressions: text("…") around textual SQL, None to take an ordering away.
import { calledName, readCall, readMethodCall, type MethodCall } from '../python/calls.ts';
import { readString } from '../python/strings.ts';
import type { PyNode } from '../python/tree.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { SELECTS } from '../sqlalchemy/classes.ts';
import type { LibraryClass } from '../sqlalchemy/returns.ts';

const TEXT = 'core-textual-sql';
const FALSE = 'core-order-by-false';
const STATEMENTS: readonly LibraryClass[] = [
  ...SELECTS,
  'sqlalchemy.Delete',
  'sqlalchemy.Update',
  'sqlalchemy.orm.Query',
];
const CRITERIA: ReadonlySet<string> = new Set(['filter', 'having', 'where']);
const NAMES: ReadonlySet<string> = new Set(['group_by', 'order_by']);
const JUNCTIONS = /^sqlalchemy\.(and_|or_|not_)$/;

export default defineTransform({
  id: TEXT,
  family: [
    { id: TEXT, summary: 'Wrap textual SQL in `text()`', rows: ['textual-sql-arg'] },
    {
      id: FALSE,
      summary: 'Take an ordering away with `order_by(None)`',
      rows: ['order-by-false'],
      rationale:
        'A Query takes `False` for `None` here. A statement does not: it would order by the constant.',
      example: {
        before: 'def unordered(query: sa.orm.Query):\n    return query.order_by(False)\n',
        after: 'def unordered(query: sa.orm.Query):\n    return query.order_by(None)\n',
      },
    },
  ],
  summary: 'Wrap textual SQL in `text()`',
  rationale:
    'Strings are no SQL: since 1.0 they warned, and every version that is in use raises an error. Names of columns and labels in order_by() stay strings.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/sqlelement.html#sqlalchemy.sql.expression.text',
  fixes: 'safe',
  rows: [],
  triggers: [
    '.filter(',
    '.having(',
    '.where(',
    '.order_by(',
    '.group_by(',
    'and_(',
    'or_(',
    'not_(',
  ],
  example: {
    before: 'stmt = select(User).where("age > 18").order_by("name DESC")\n',
    after: 'stmt = select(User).where(text("age > 18")).order_by(text("name DESC"))\n',
  },
  visit: {
    call(node, context) {
      const name = calledName(node) ?? '';
      if (CRITERIA.has(name) || NAMES.has(name)) {
        const call = readMethodCall(node);
        if (call) ofMethod(call, context);
      } else if (/^(and_|or_|not_)$/.test(name)) ofJunction(node, context);
    },
  },
});

function ofMethod(call: MethodCall, context: RuleContext): void {
  const { method, positional, list } = call;
  const isOfNames = NAMES.has(method.text);
  const [only] = positional;
  if (isOfNames && list.named.length === 1 && only?.kind === 'false')
    return takeAway(call, only, context);
  const strings = positional.filter((each) => isTextual(each, isOfNames));
  const evidence = strings.length > 0 && isInstance(call.receiver, STATEMENTS, context.facts);
  if (evidence) for (const each of strings) wrap(each, method.text, evidence === 'proven', context);
}

/** Whether an expression is a string of SQL, surely no name of a column. */
function isTextual(node: PyNode, mayBeName: boolean): boolean {
  const literal = readString(node);
  if (literal) {
    const fixed = literal.isFormatted
      ? literal.value.replaceAll(/\{[^{}]*\}/g, 'x')
      : literal.value;
    return !literal.isBytes && (!mayBeName || !/^\w*$/.test(fixed.trim()));
  }
  const template =
    node.kind === 'binary_operator' && node.token('%')
      ? node.child('left')
      : calledName(node) === 'format'
        ? (readMethodCall(node)?.receiver ?? null)
        : null;
  const text = template ? readString(template)?.value : undefined;
  return text !== undefined && (!mayBeName || /\s/.test(text.trim()));
}

function ofJunction(node: PyNode, context: RuleContext): void {
  const call = readCall(node);
  const strings = call?.positional.filter((each) => isTextual(each, false)) ?? [];
  if (!call || strings.length === 0) return;
  if (!JUNCTIONS.test(context.facts.qualifiedName(call.callee) ?? '')) return;
  for (const each of strings) wrap(each, call.callee.text, true, context);
}

function wrap(node: PyNode, method: string, isProven: boolean, context: RuleContext): void {
  const text = context.use('sqlalchemy.text', node);
  context.fix({
    at: node,
    message: `a string of SQL in \`${method}()\``,
    safety: isProven ? 'safe' : 'unsafe',
    reason: isProven ? '' : 'that it is a statement or query is not proven',
    edits: [context.before(node, `${text.text}(`), context.after(node, ')')],
    uses: [text],
    rule: TEXT,
  });
}

function takeAway({ receiver, method }: MethodCall, value: PyNode, context: RuleContext): void {
  const evidence = isInstance(receiver, ['sqlalchemy.orm.Query'], context.facts);
  if (!evidence) return;
  context.fix({
    at: value,
    message: `\`${method.text}(False)\` of a query`,
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : 'that it is a query is not proven',
    edits: [context.replace(value, 'None')],
    rule: FALSE,
  });
}
