// Replace Query.one() with .one() of the executed select()
import { chainVisitor, terminals } from '../project/query/rewrite.ts';
import { executeChain } from '../project/query/endings.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-one',
  summary: 'Replace `Query.one()` with `.one()` of the executed `select()`',
  rationale: 'The result of a statement checks that there is exactly one row, as Query did.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-one'],
  triggers: ['.one'],
  example: {
    before: 'user = session.query(User).filter(User.id == 5).one()\n',
    after: 'user = session.scalars(select(User).where(User.id == 5)).one()\n',
  },
  visit: { call: chainVisitor({ accepts: terminals('one'), finish: executeChain }) },
});
