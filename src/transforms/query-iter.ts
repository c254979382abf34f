// Execute a select() where a Query is iterated
import { chainVisitor } from '../project/query/rewrite.ts';
import { executeIteration } from '../project/query/endings.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-iter',
  summary: 'Execute a `select()` where a `Query` is iterated',
  rationale: 'A Query executes when it is iterated; a statement is executed by the session.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-iter'],
  triggers: ['.query(', 'Query('],
  example: {
    before: 'for user in session.query(User):\n    print(user.name)\n',
    after: 'for user in session.scalars(select(User)):\n    print(user.name)\n',
  },
  visit: {
    call: chainVisitor({
      accepts: ({ use }) => use.kind === 'iteration',
      finish: executeIteration,
    }),
  },
});
