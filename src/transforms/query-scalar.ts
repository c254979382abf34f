// Replace Query.scalar()
import { chainVisitor, terminals } from '../project/query/rewrite.ts';
import { executeScalar } from '../project/query/endings.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-scalar',
  summary: 'Replace `Query.scalar()`',
  rationale:
    'Session.scalar() takes the first of many rows in silence, where Query.scalar() raised; only aggregates, which give one row, can use it.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-scalar', 'query-scalar-aggregate', 'query-exists-scalar'],
  triggers: ['.scalar'],
  example: {
    before: 'highest = session.query(func.max(Book.price)).scalar()\n',
    after: 'highest = session.scalar(select(func.max(Book.price)))\n',
  },
  visit: { call: chainVisitor({ accepts: terminals('scalar'), finish: executeScalar }) },
});
