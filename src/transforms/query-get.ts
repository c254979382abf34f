// Replace Query.get() with Session.get()
import { chainVisitor, terminals } from '../project/query/rewrite.ts';
import { GET_LINKS, executeGet } from '../project/query/get.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-get',
  summary: 'Replace `Query.get()` with `Session.get()`',
  rationale: 'Lookup by primary key belongs to the Session, which owns the identity map.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#orm-query-get-method-moves-to-session',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-get', 'query-get-options'],
  triggers: ['.get('],
  example: {
    before: 'user = session.query(User).get(user_id)\n',
    after: 'user = session.get(User, user_id)\n',
  },
  visit: {
    call: chainVisitor({ accepts: terminals('get'), apart: GET_LINKS, finish: executeGet }),
  },
});
