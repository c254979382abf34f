// Replace queries that are kept in variables, passed and returned, with statements that are executed where their rows are needed
import { proposeGroup } from '../project/query/flow/propose.ts';
import { whyKept } from '../project/query/kept.ts';
import { describe } from '../project/query/rewrite.ts';
import { readSite, type QuerySite } from '../project/query/site.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'query-in-variable',
  summary: 'Replace a `Query` that is stored, passed on or returned with a `select()`',
  rationale:
    'Whoever receives a Query may execute it, extend it or iterate it again: all of its uses change together, or none does.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'safe',
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
  triggers: ['.query', 'Query('],
  example: {
    before:
      'query = session.query(User)\nif name:\n    query = query.filter(User.name == name)\nusers = query.all()\n',
    after:
      'query = select(User)\nif name:\n    query = query.where(User.name == name)\nusers = session.scalars(query).all()\n',
  },
  visit: { call: visitHead, attribute: visitHead },
});

function visitHead(node: PyNode, ctx: RuleContext): void {
  const site = readSite(node, ctx);
  if (!site || !isUnclaimed(site)) return;
  const reason = site.blocked ?? (site.use.kind === 'kept' ? null : whyKept(site));
  if (reason === null) return proposeGroup(site, ctx);
  ctx.manual({ at: site.span, message: describe(site), reason, evidence: site.session.trail });
}

const UNCLAIMED: ReadonlySet<string> = new Set(['instances', 'merge_result']);

function isUnclaimed({ use, chain }: QuerySite): boolean {
  if (chain.head.kind === 'property') return use.kind === 'kept';
  if (use.kind === 'terminal') return UNCLAIMED.has(use.call.method.text);
  if (use.kind === 'property')
    return !/^(column_descriptions|selectable|statement|whereclause)$/.test(use.name);
  return use.kind === 'kept';
}
