// Replace Query.values() and Query.value()
import { chainVisitor, terminals } from '../project/query/rewrite.ts';
import { executeValues } from '../project/query/endings.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-values',
  summary: 'Replace `Query.values()` and `Query.value()`',
  rationale: 'Both select other columns than the query was made of: with_only_columns() says so.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-values'],
  triggers: ['.value(', '.values('],
  example: {
    before: 'name = session.query(User).filter(User.id == 5).value(User.name)\n',
    after: 'name = session.scalar(select(User).where(User.id == 5).with_only_columns(User.name))\n',
  },
  visit: { call: chainVisitor({ accepts: terminals('value', 'values'), finish: executeValues }) },
});
