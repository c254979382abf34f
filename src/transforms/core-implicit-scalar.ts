// Calls scalar_subquery() on statements that stand where SQL wants one value: in comparisons, arithmetic, values and arguments of SQL functions.
import { keyword, readCall, readMethodCall, unparenthesized } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { appendMethod } from '../project/core/append-method.ts';
import { isColumn, isExpression } from '../project/core/expressions.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { DERIVED_TABLES, SELECTS, TABLES } from '../sqlalchemy/classes.ts';
import type { LibraryClass } from '../sqlalchemy/returns.ts';

const WITH_VALUES: readonly LibraryClass[] = ['sqlalchemy.Insert', 'sqlalchemy.Update'];
const NO_VALUES: readonly LibraryClass[] = [
  ...DERIVED_TABLES,
  ...SELECTS,
  ...TABLES,
  'sqlalchemy.Exists',
];
/** Operators between two values. */
const OPERATORS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '+', '-', '*']);
/** Methods of columns that take values. */
const METHODS: ReadonlySet<string> = new Set([
  'between',
  'ilike',
  'is_distinct_from',
  'is_not_distinct_from',
  'isnot_distinct_from',
  'like',
]);

export default defineTransform({
  id: 'core-implicit-scalar',
  summary: 'Call `scalar_subquery()` on a statement that stands for one value',
  rationale:
    'SQLAlchemy still takes the statement for its value, and warns each time that it does.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/selectable.html#sqlalchemy.sql.expression.Select.scalar_subquery',
  fixes: 'safe',
  rows: ['implicit-scalar-subquery'],
  triggers: ['select(', '.select(', 'union', 'except_', 'intersect'],
  stillRuns: true,
  example: {
    before: 'stmt = select(users).where(users.c.id == select(func.max(orders.c.user_id)))\n',
    after:
      'stmt = select(users).where(users.c.id == select(func.max(orders.c.user_id)).scalar_subquery())\n',
  },
  visit: {
    comparison_operator: ofOperator,
    binary_operator: ofOperator,
    call(node, context) {
      const method = readMethodCall(node);
      if (method?.method.text === 'values') ofValues(node, method.receiver, context);
      else if (method && METHODS.has(method.method.text)) {
        if (isValue(method.receiver, context))
          for (const each of method.positional) propose(each, context);
      } else ofFunction(node, context);
    },
  },
});

/** `users.c.id == select(…)`, from both sides. */
function ofOperator(node: PyNode, context: RuleContext): void {
  const [left, right, more] = node.named;
  const operator = node.children.find((child) => child.kind === 'token')?.text ?? '';
  if (!left || !right || more || !OPERATORS.has(operator)) return;
  for (const [value, other] of [
    [left, right],
    [right, left],
  ] as const)
    if (mayBeSelect(value, context) && isValue(other, context)) propose(value, context);
}

/** Whether an expression is one SQL value: no table, no statement. */
function isValue(node: PyNode, context: RuleContext): boolean {
  const { facts } = context;
  const inner = unparenthesized(node);
  if (inner.kind === 'attribute') return isColumn(inner, facts);
  if (inner.kind === 'binary_operator')
    return [inner.child('left'), inner.child('right')].some(
      (each) => each && isValue(each, context),
    );
  if (inner.kind === 'comparison_operator' || facts.mappedClass(inner)) return false;
  return isExpression(inner, facts) && isInstance(inner, NO_VALUES, facts) === null;
}

/** `update(users).values(name=select(…))`, `values({users.c.name: select(…)})`. */
function ofValues(node: PyNode, receiver: PyNode, context: RuleContext): void {
  const call = readCall(node);
  const [dictionary] = call?.positional ?? [];
  const pairs = dictionary?.kind === 'dictionary' ? dictionary.named : [];
  const values = [
    ...(call?.keywords ?? []).map(({ value }) => value),
    ...pairs.flatMap((pair) => (pair.kind === 'pair' ? (pair.child('value') ?? []) : [])),
  ].filter((value) => mayBeSelect(value, context));
  if (values.length > 0 && isInstance(receiver, WITH_VALUES, context.facts))
    for (const value of values) propose(value, context);
}

/** `func.coalesce(select(…), 0)`, `cast(select(…), Integer)`, `case(…, else_=select(…))`. */
function ofFunction(node: PyNode, context: RuleContext): void {
  const call = readCall(node);
  if (!call) return;
  const { facts } = context;
  const name = facts.qualifiedName(call.callee);
  const owner = readMethodCall(node)?.receiver;
  const isFunction = owner && facts.qualifiedName(owner) === 'sqlalchemy.func';
  if (isFunction || name === 'sqlalchemy.cast')
    for (const each of call.positional) if (mayBeSelect(each, context)) propose(each, context);
  const otherwise = name === 'sqlalchemy.case' ? keyword(call, 'else_') : null;
  if (otherwise) propose(otherwise, context);
}

/** Cheap: most operands are no names and no calls. */
function mayBeSelect(node: PyNode, { facts }: RuleContext): boolean {
  const inner = unparenthesized(node);
  return (
    /^(attribute|call|identifier)$/.test(inner.kind) && isInstance(inner, SELECTS, facts) !== null
  );
}

function propose(node: PyNode, context: RuleContext): void {
  const inner = unparenthesized(node);
  const evidence = isInstance(inner, SELECTS, context.facts);
  if (!evidence) return;
  context.fix({
    at: node,
    message: 'a statement stands for its value',
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : 'that it is a SELECT statement is not proven',
    edits: [appendMethod(inner, '.scalar_subquery()', context)],
  });
}
