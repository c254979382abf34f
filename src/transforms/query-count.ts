// Replace Query.count() with a select() of func.count()
import { chainVisitor, terminals } from '../project/query/rewrite.ts';
import { executeCount } from '../project/query/count.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-count',
  summary: 'Replace `Query.count()` with a `select()` of `func.count()`',
  rationale: 'The statement counts the rows that the query would give, joins and limits included.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-count', 'query-count-simple'],
  triggers: ['.count'],
  example: {
    before: 'total = session.query(User).filter(User.active).count()\n',
    after: 'total = session.scalar(select(func.count()).select_from(User).where(User.active))\n',
  },
  visit: { call: chainVisitor({ accepts: terminals('count'), finish: executeCount }) },
});
