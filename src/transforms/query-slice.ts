// Replace an index or slice of a Query
import { chainVisitor } from '../project/query/rewrite.ts';
import { executeSlice } from '../project/query/slice.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-slice',
  summary: 'Replace an index or slice of a `Query`',
  rationale: 'A statement has slice(), limit() and offset() instead of brackets.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-getitem-int', 'query-slice'],
  triggers: ['.query(', 'Query('],
  example: {
    before: 'newest = session.query(User).order_by(User.id)[:10]\n',
    after: 'newest = session.scalars(select(User).order_by(User.id).limit(10)).all()\n',
  },
  visit: {
    call: chainVisitor({ accepts: ({ use }) => use.kind === 'subscript', finish: executeSlice }),
  },
});
