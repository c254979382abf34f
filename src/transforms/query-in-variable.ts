// Reports queries that are kept as a Query: in variables, arguments and return values. It rewrites none of them.
import { whyKept } from '../project/query/kept.ts';
import { describe } from '../project/query/rewrite.ts';
import { readSite, type QuerySite } from '../project/query/site.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-in-variable',
  summary: 'Report a `Query` that is stored, passed on or returned',
  rationale:
    'Whoever receives a Query may execute it, extend it or iterate it again: all of its uses have to change together.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'none',
  stillRuns: true,
  rows: [
    'query-deferred',
    'query-union',
    'query-from-self',
    'query-select-entity-from',
    'query-with-polymorphic',
    'query-join-aliased',
    'query-enable-eagerloads',
    'query-instances',
    'query-merge-result',
    'query-no-equivalent',
    'query-str',
  ],
  triggers: ['.query(', 'Query('],
  example: {
    before: 'query = session.query(User)\nif name:\n    query = query.filter(User.name == name)\n',
    after: 'query = session.query(User)\nif name:\n    query = query.filter(User.name == name)\n',
  },
  visit: {
    call(node, ctx) {
      const site = readSite(node, ctx);
      const reason = site && (site.blocked ?? whyKept(site));
      if (!site || reason === null || !isUnclaimed(site)) return;
      ctx.manual({ at: site.span, message: describe(site), reason, evidence: site.session.trail });
    },
  },
});

const UNCLAIMED: ReadonlySet<string> = new Set(['instances', 'merge_result']);

function isUnclaimed({ use }: QuerySite): boolean {
  if (use.kind === 'terminal') return UNCLAIMED.has(use.call.method.text);
  if (use.kind === 'property')
    return !/^(column_descriptions|selectable|statement|whereclause)$/.test(use.name);
  return use.kind === 'kept';
}
