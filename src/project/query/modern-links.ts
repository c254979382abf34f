// Rewrites, inside a query that stays a Query, the arguments that 2.0 removed: string joins, chains of joins, names in loader options.
import type { Finding } from '../../edits/edit.ts';
import type { RuleContext } from '../rule.ts';
import { readSite, type QuerySite } from './site.ts';
import { readStatement, type Statement } from './statement.ts';
import type { PyNode } from '../../python/tree.ts';
import { LINKS } from './links.ts';

/** The links whose old arguments a Query of 2.0 does not take any more, by the rule that says so. */
const REMOVED: ReadonlyMap<string, string> = new Map([
  ['join', 'query-join-string'],
  ['outerjoin', 'query-join-string'],
  ['options', 'loader-string'],
]);

/** Proposes the edits of one link family for a query that is not rewritten as a whole. */
export function modernizeLinks(node: PyNode, rule: Finding['rule'], ctx: RuleContext): void {
  const site = readSite(node, ctx);
  if (!site || !site.chain.links.some((link) => REMOVED.get(link.method.text) === rule)) return;
  if (isMoved(site, ctx)) return;
  const { edits, uses, nameDoubts } = editsOf(site, rule, ctx);
  if (edits.length === 0) return;
  const doubts = [...new Set([...site.doubts, ...nameDoubts])];
  ctx.fix({
    at: site.chain.built,
    message: MESSAGES.get(rule) ?? '',
    safety: doubts.length === 0 ? 'safe' : 'unsafe',
    ...(doubts.length === 0 ? {} : { reason: doubts.join('; ') }),
    edits,
    uses,
    evidence: site.session.trail,
  });
}

/** Whether the names in the options of a query are seen to: by its own rewrite, or by `modernizeLinks`. */
export function isModernized(site: QuerySite, ctx: RuleContext): boolean {
  return isMoved(site, ctx) || editsOf(site, 'loader-string', ctx).edits.length > 0;
}

/** Whether the query becomes a statement in this run, with all that it is given. */
function isMoved(site: QuerySite, ctx: RuleContext): boolean {
  const isKept = site.use.kind === 'kept' || site.blocked !== null;
  if (isKept) return false;
  const { refusals, doubts } = readStatement(site.chain, ctx);
  return refusals.length === 0 && (doubts.length === 0 || ctx.settings.unsafeFixes);
}

function editsOf(
  site: QuerySite,
  rule: string,
  ctx: RuleContext,
): Pick<Statement, 'edits' | 'uses' | 'nameDoubts'> {
  const others = [...LINKS.keys()].filter(
    (name) => name !== 'select_from' && REMOVED.get(name) !== rule,
  );
  return readStatement(site.chain, ctx, new Set(others));
}

const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['query-join-string', 'joining by name, or along several relationships at once, was removed'],
  ['loader-string', 'names of attributes in loader options were removed'],
]);
