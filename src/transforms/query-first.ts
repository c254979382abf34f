// Replace Query.first() with the first result of a limited select()
import { chainVisitor, terminals } from '../project/query/rewrite.ts';
import { executeFirst } from '../project/query/endings.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-first',
  summary: 'Replace `Query.first()` with the first result of a limited `select()`',
  rationale:
    'first() of a result reads one row but does not limit the statement, as Query.first() did.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-first'],
  triggers: ['.first'],
  example: {
    before: 'user = session.query(User).order_by(User.name).first()\n',
    after: 'user = session.scalars(select(User).order_by(User.name).limit(1)).first()\n',
  },
  visit: { call: chainVisitor({ accepts: terminals('first'), finish: executeFirst }) },
});
