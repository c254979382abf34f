// Writes string joins out as relationships in queries that stay queries. Queries that become statements do so themselves.
import { modernizeLinks } from '../project/query/modern-links.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'query-join-string',
  summary: 'Replace string and chained targets of `Query.join()`',
  rationale: 'Joins follow attributes, which the program checks, not names in strings.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#orm-query-joining-loading-on-relationships-uses-attributes-not-strings',
  fixes: 'safe',
  rows: ['query-join-string', 'query-join-chain', 'query-join-tuple'],
  triggers: ['join('],
  example: {
    before: 'export(session.query(User).join("orders"))\n',
    after: 'export(session.query(User).join(User.orders))\n',
  },
  visit: { attribute: modernize, call: modernize },
});

function modernize(node: PyNode, ctx: RuleContext): void {
  modernizeLinks(node, 'query-join-string', ctx);
}
