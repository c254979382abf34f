// Replace Query.one_or_none() with .one_or_none() of the executed select()
import { chainVisitor, terminals } from '../project/query/rewrite.ts';
import { executeChain } from '../project/query/endings.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-one-or-none',
  summary: 'Replace `Query.one_or_none()` with `.one_or_none()` of the executed `select()`',
  rationale: 'The result of a statement checks that there is at most one row, as Query did.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-one-or-none'],
  triggers: ['.one_or_none'],
  example: {
    before: 'user = session.query(User).filter_by(name=name).one_or_none()\n',
    after: 'user = session.scalars(select(User).filter_by(name=name)).one_or_none()\n',
  },
  visit: { call: chainVisitor({ accepts: terminals('one_or_none'), finish: executeChain }) },
});
