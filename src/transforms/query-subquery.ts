// Write subqueries as select() instead of a Query
import { chainVisitor } from '../project/query/rewrite.ts';
import { asExpression, isExpression } from '../project/query/expression.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-subquery',
  summary: 'Write subqueries as `select()` instead of a `Query`',
  rationale:
    'A subquery, CTE or scalar subquery is part of another statement and needs no session.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
  stillRuns: true,
  rows: [
    'query-subquery',
    'query-cte',
    'query-label',
    'query-as-subexpression',
    'query-introspection',
    'query-direct',
  ],
  triggers: ['.query(', 'Query('],
  example: {
    before: 'paid = session.query(Order.user_id).filter(Order.paid).subquery()\n',
    after: 'paid = select(Order.user_id).where(Order.paid).subquery()\n',
  },
  visit: { call: chainVisitor({ accepts: isExpression, finish: asExpression }) },
});
