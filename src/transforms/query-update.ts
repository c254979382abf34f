// Replace Query.update() with an executed update()
import { chainVisitor, terminals } from '../project/query/rewrite.ts';
import { executeUpdate } from '../project/query/bulk.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-update',
  summary: 'Replace `Query.update()` with an executed `update()`',
  rationale: 'A bulk update is a statement of its own.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/queryguide/dml.html#orm-enabled-update-and-delete-statements',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-update', 'query-update-sync', 'query-update-args', 'query-bulk-events'],
  triggers: ['.update('],
  example: {
    before: 'session.query(User).filter(User.active).update({"seen": True})\n',
    after: 'session.execute(update(User).where(User.active).values({"seen": True}))\n',
  },
  visit: { call: chainVisitor({ accepts: terminals('update'), finish: executeUpdate }) },
});
