// Rewrites operators of columns that mean something else since 2.0: division of integers, and match() on PostgreSQL.
import { keyword, readCall, readMethodCall, unparenthesized, calledName } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { columnBehind } from '../project/core/column-behind.ts';
import type { Facts } from '../project/facts.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const DIVISION = 'core-int-division';
const MATCH = 'core-pg-match';
const INTEGERS = /\.(Big|Small)?Integer$|\.(BIGINT|INTEGER|SMALLINT)$/;
const TEXTS = /\.(String|Text|Unicode|UnicodeText|TEXT|VARCHAR|TSVECTOR)$/;
/** Functions of integers that give integers. */
const OF_INTEGERS: ReadonlySet<string> = new Set(['abs', 'coalesce', 'max', 'min', 'sum']);
/** Databases that divided truly before. */
const TRUE_DIVISION = /\b(mysql|mariadb|oracle)/;
const OTHER_MATCH = /\b(mysql|mariadb|oracle|mssql|sqlite)/;

export default defineTransform({
  id: DIVISION,
  family: [
    {
      id: DIVISION,
      summary: 'Divide integers with `//`',
      rows: ['int-division'],
    },
    {
      id: MATCH,
      summary: 'Keep `to_tsquery()` behind `match()` on PostgreSQL',
      rows: ['pg-match'],
      rationale:
        '`match()` renders `plainto_tsquery()` since 2.0, which knows no operators like `&` and `|`: it finds other rows, without an error.',
      reference:
        'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html#match-operator-on-postgresql-uses-plainto-tsquery-rather-than-to-tsquery',
      example: {
        before:
          'from sqlalchemy.dialects import postgresql\nstmt = select(User).where(User.name.match("cat & dog"))\n',
        after:
          'from sqlalchemy.dialects import postgresql\nstmt = select(User).where(User.name.bool_op("@@")(func.to_tsquery("cat & dog")))\n',
      },
    },
  ],
  summary: 'Divide integers with `//`',
  rationale:
    '`/` of two integer columns gave an integer on SQLite, PostgreSQL and SQL Server. Since 2.0 it divides truly, like Python.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html#python-division-operator-performs-true-division-for-all-backends-added-floor-division',
  fixes: 'unsafe',
  rows: [],
  triggers: [' / ', '.match('],
  stillRuns: true,
  example: {
    before: 'stmt = select(User.age / Book.price)\n',
    after: 'stmt = select(User.age // Book.price)\n',
  },
  visit: {
    binary_operator(node, context) {
      const slash = node.token('/');
      if (slash && context.settings.targetVersion !== '1.4') division(node, slash, context);
    },
    call(node, context) {
      if (calledName(node) === 'match' && context.settings.targetVersion !== '1.4')
        match(node, context);
    },
  },
});

function division(node: PyNode, slash: PyNode, context: RuleContext): void {
  const { facts } = context;
  const sides = [node.child('left'), node.child('right')];
  if (sides.some((side) => !side || integerOf(side, facts) === null)) return;
  if (!sides.some((side) => side && integerOf(side, facts) === 'column')) return;
  const message = '`/` of integer columns';
  if (mentions(TRUE_DIVISION, context))
    return context.manual({
      at: node,
      message,
      reason:
        'PostgreSQL, SQLite and SQL Server gave an integer, MySQL and Oracle a fraction: 2.0 gives a fraction everywhere, // an integer',
      rule: DIVISION,
    });
  context.fix({
    at: node,
    message,
    safety: 'unsafe',
    reason:
      'it gave an integer before 2.0, and gives a fraction now: // keeps the integer, / may be what was meant',
    edits: [context.replace(slash, '//')],
    rule: DIVISION,
  });
}

/** Whether an expression is an integer, and whether the database computes it. */
function integerOf(node: PyNode, facts: Facts): 'column' | 'literal' | null {
  const inner = unparenthesized(node);
  if (inner.kind === 'integer') return 'literal';
  if (inner.kind === 'attribute')
    return INTEGERS.test(columnBehind(inner, facts)?.type?.name ?? '') ? 'column' : null;
  if (inner.kind === 'binary_operator' && /^([-+*]|\/\/?)$/.test(operatorOf(inner)))
    return ofParts([inner.child('left'), inner.child('right')], facts);
  const call = readCall(inner);
  const owner = readMethodCall(inner)?.receiver;
  if (!call || !owner || facts.qualifiedName(owner) !== 'sqlalchemy.func') return null;
  const name = calledName(inner) ?? '';
  if (name === 'count') return 'column';
  return OF_INTEGERS.has(name) && ofParts(call.list.named, facts) ? 'column' : null;
}

function ofParts(parts: readonly (PyNode | null)[], facts: Facts): 'column' | 'literal' | null {
  const kinds = parts.map((part) => part && integerOf(part, facts));
  if (kinds.length === 0 || kinds.includes(null)) return null;
  return kinds.includes('column') ? 'column' : 'literal';
}

function operatorOf(node: PyNode): string {
  return node.children.find((child) => child.kind === 'token')?.text ?? '';
}

function match(node: PyNode, context: RuleContext): void {
  const { facts } = context;
  const call = readMethodCall(node);
  if (!call || !TEXTS.test(columnBehind(call.receiver, facts)?.type?.name ?? '')) return;
  if (!mentions(/\b(postgres|psycopg|asyncpg|pg8000)/, context)) return;
  const message = '`match()` of a column on PostgreSQL';
  const [query] = call.positional;
  const isPlain = call.list.named.length === 1 && query && query.kind !== 'list_splat';
  if (!isPlain || mentions(OTHER_MATCH, context)) {
    const config = keyword(call, 'postgresql_regconfig');
    return context.manual({
      at: node,
      message,
      reason: `it renders plainto_tsquery() since 2.0: write column.bool_op("@@")(func.to_tsquery(${config ? 'config, ' : ''}query)) where the query has operators and the database is PostgreSQL`,
      rule: MATCH,
    });
  }
  const func = context.use('sqlalchemy.func', node);
  context.fix({
    at: node,
    message,
    safety: 'unsafe',
    reason: 'where the query has no operators, plainto_tsquery() may be what was meant',
    edits: [
      context.replace(call.method, 'bool_op("@@")'),
      context.before(query, `${func.text}.to_tsquery(`),
      context.after(query, ')'),
    ],
    uses: [func],
    rule: MATCH,
  });
}

function mentions(pattern: RegExp, { facts }: RuleContext): boolean {
  return facts.modules.modules.some(({ tree }) => pattern.test(tree.text));
}
