// Replace Query.delete() with an executed delete()
import { chainVisitor, terminals } from '../project/query/rewrite.ts';
import { executeDelete } from '../project/query/bulk.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-delete',
  summary: 'Replace `Query.delete()` with an executed `delete()`',
  rationale: 'A bulk delete is a statement of its own.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/queryguide/dml.html#orm-enabled-update-and-delete-statements',
  fixes: 'safe',
  stillRuns: true,
  rows: ['query-delete'],
  triggers: ['.delete('],
  example: {
    before: 'session.query(User).filter(User.closed).delete()\n',
    after: 'session.execute(delete(User).where(User.closed))\n',
  },
  visit: { call: chainVisitor({ accepts: terminals('delete'), finish: executeDelete }) },
});
