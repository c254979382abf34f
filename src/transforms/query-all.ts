// Replace Query.all() with Session.scalars() or Session.execute() of a select()
import { chainVisitor, terminals } from '../project/query/rewrite.ts';
import { executeChain } from '../project/query/endings.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-all',
  summary: 'Replace `Query.all()` with `Session.scalars()` or `Session.execute()` of a `select()`',
  rationale:
    'A select() says what is loaded; the session executes it. Entities come through scalars(), rows through execute().',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
  stillRuns: true,
  rows: [
    'query-all-entity',
    'query-all-entity-join',
    'query-all-eager',
    'query-all-columns',
    'query-all-mixed',
    'query-table',
    'query-filter',
    'query-order-group-having',
    'query-limit-offset',
    'query-join-target',
    'query-join-columns-only',
    'query-select-from',
    'query-with-entities',
    'query-add-columns',
    'query-options',
    'query-populate-existing',
    'query-autoflush',
    'query-yield-per',
    'query-execution-options',
    'query-lockmode',
    'query-params',
    'query-from-statement',
    'query-with-parent',
    'query-with-labels',
    'query-filter-by',
    'query-filter-by-join',
    'query-reset-joinpoint',
    'query-join-string',
    'query-join-chain',
    'query-join-tuple',
    'query-distinct-order-by',
    'query-len',
    'query-row-keys',
    'query-bundle-single',
    'query-str-entity',
  ],
  triggers: ['.query(', 'Query('],
  example: {
    before: 'users = session.query(User).filter(User.active).all()\n',
    after: 'users = session.scalars(select(User).where(User.active)).all()\n',
  },
  visit: { call: chainVisitor({ accepts: terminals('all'), finish: executeChain }) },
});
