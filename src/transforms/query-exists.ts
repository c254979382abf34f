// Replace Query.exists() with select(…).exists()
import { chainVisitor, terminals } from '../project/query/rewrite.ts';
import { asExpression } from '../project/query/expression.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-exists',
  summary: 'Replace `Query.exists()` with `select(…).exists()`',
  rationale: 'EXISTS is an expression over a statement and needs no session.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-exists'],
  triggers: ['.exists('],
  example: {
    before: 'recent = session.query(Order).filter(Order.user_id == User.id).exists()\n',
    after: 'recent = select(Order).where(Order.user_id == User.id).exists()\n',
  },
  visit: { call: chainVisitor({ accepts: terminals('exists'), finish: asExpression }) },
});
