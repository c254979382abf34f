// Proposes the rewrite of the group that a query belongs to, or says what keeps it together. One proposal stands for all its heads.
import type { PyNode } from '../../../python/tree.ts';
import type { RuleContext } from '../../rule.ts';
import { placeOf } from '../../place.ts';
import { describe } from '../rewrite.ts';
import type { QuerySite } from '../site.ts';
import type { JudgedGroup, QueryGroup } from './group.ts';
import { rewriteGroup } from './rewrite.ts';
import { traceGroup } from './trace.ts';

/** Proposes the rewrite of a query that is kept, with everything that it is connected with. */
export function proposeGroup(site: QuerySite, ctx: RuleContext): void {
  const { head } = site.chain;
  const { group, rewrite } = ctx.facts.queryGroup(head.node, () => judgeGroup(head.node, ctx));
  const leader = group.heads[0];
  const at = site.span;
  const message = describe(site);
  const evidence = site.session.trail;
  if (!rewrite) return ctx.manual({ at, message, reason: obstacleText(group), evidence });
  const [why] = rewrite.refusals;
  if (why !== undefined) return ctx.manual({ at, message, reason: why, evidence });
  // The first head speaks for all.
  if (leader?.node !== head.node) return;
  const { edits, uses, doubts } = rewrite;
  ctx.fix({
    at,
    message,
    safety: doubts.length === 0 ? 'safe' : 'unsafe',
    ...(doubts.length === 0 ? {} : { reason: doubts.join('; ') }),
    edits,
    uses,
    evidence,
    sites: group.heads.length,
  });
}

function judgeGroup(head: PyNode, ctx: RuleContext): JudgedGroup {
  const group = traceGroup(head, ctx);
  return { group, rewrite: group.obstacle ? null : rewriteGroup(group, ctx) };
}

function obstacleText({ obstacle }: QueryGroup): string {
  if (!obstacle) return '';
  const { module, node, why } = obstacle;
  const place = placeOf(module, node);
  const where = why.includes(`(${place})`) ? why : `${why} (${place})`;
  return `${where}, so it stays a Query; build a \`select()\` instead and execute it where the rows are needed`;
}
