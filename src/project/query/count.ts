// Query.count() as a statement: over the entity itself where that gives the same number, else over the query as a subquery.
import type { Edit } from '../../edits/edit.ts';
import { readCall, type MethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';
import { compoundLead } from './links-union.ts';
import { bound } from './bound.ts';
import { afterStatement, open, replaceTerminal, together, type Ending } from './rewrite.ts';
import type { QuerySite } from './site.ts';
import type { Statement } from './statement.ts';
import type { QueryUse } from './use.ts';

/** `.count()`. */
export function executeCount(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  const { use } = site;
  if (use.kind !== 'terminal' && use.kind !== 'bound') return 'it is not executed here';
  const { head } = site.chain;
  const func = ctx.use('sqlalchemy.func', head.node);
  const select = ctx.use('sqlalchemy.select', head.node);
  const uses = { edits: [], uses: [func, select] };
  if (hasCriteria(statement, ctx))
    return 'what `with_loader_criteria()` adds does not reach a subquery; write it with `.where()`';
  const made = compoundLead(statement, ctx);
  if (!isSimple(statement))
    return bound(
      together(
        open(
          {
            method: 'scalar',
            split: statement.split,
            lead: `${select.text}(${func.text}.count()).select_from(${made.lead}`,
          },
          site,
          ctx,
        ),
        closeCount('.subquery()))', use, site, ctx),
        { edits: [], uses: [func, select, ...made.uses] },
      ),
      site,
      ctx,
      '',
    );
  return bound(
    together(
      open({ method: 'scalar', middle: `(${func.text}.count()).select_from` }, site, ctx),
      closeCount(')', use, site, ctx),
      orderings(statement).map(({ receiver, node }) =>
        ctx.replace({ start: receiver.end, end: node.end }, ''),
      ),
      uses,
    ),
    site,
    ctx,
    '',
  );
}

function orderings({ chain }: Statement): readonly MethodCall[] {
  return chain.links.filter(({ method }) => method.text === 'order_by');
}

/** Whether an ORDER BY, of which no number depends, can go without a word: it names columns and nothing else. */
function isPlainOrdering({ receiver, node, positional, keywords }: MethodCall): boolean {
  const text = node.source.slice(receiver.end, node.end);
  return keywords.length === 0 && !text.includes('#') && positional.every(isPlainColumn);
}

function isPlainColumn(node: PyNode): boolean {
  if (node.kind === 'none') return true;
  if (node.kind === 'attribute') {
    const object = node.child('object');
    return object?.kind === 'identifier' || (object !== null && isPlainColumn(object));
  }
  const call = readCall(node);
  const name = (call?.callee.child('attribute') ?? call?.callee)?.text ?? '';
  if (!call || !/^(?:asc|desc|nulls_?first|nulls_?last)$/.test(name)) return false;
  const object = call.callee.child('object');
  return [...(object ? [object] : []), ...call.positional].every(isPlainColumn);
}

/** Takes `.count()` away, or `.count` that somebody else calls, and closes the statement. */
function closeCount(
  text: string,
  use: Extract<QueryUse, { readonly kind: 'terminal' | 'bound' }>,
  site: QuerySite,
  ctx: RuleContext,
): readonly Edit[] {
  if (use.kind === 'terminal') return replaceTerminal(text, use.call, site, ctx);
  const end = use.node.child('object')?.end ?? use.node.end;
  return [afterStatement(text, site, ctx), ctx.replace({ start: end, end: use.node.end }, '')];
}

/** Whether its options may add criteria. */
function hasCriteria({ loaderOptions, chain }: Statement, ctx: RuleContext): boolean {
  const text =
    chain.head.kind === 'flow'
      ? ctx.source
      : chain.links.map((link) => (link.method.text === 'options' ? link.list.text : '')).join('');
  return loaderOptions && text.includes('with_loader_criteria');
}

/** Whether the rows of FROM and WHERE are exactly the rows of the query. */
function isSimple(statement: Statement): boolean {
  return (
    statement.shape === 'entity' &&
    statement.compound === null &&
    statement.split === null &&
    !statement.distinct &&
    !statement.limited &&
    !statement.grouped &&
    !statement.fromStatement &&
    !statement.reframed &&
    !statement.yieldPer &&
    !statement.locked &&
    !statement.loaderOptions &&
    (statement.ordering.length === 0 || orderings(statement).every(isPlainOrdering)) &&
    statement.items[0]?.node === statement.chain.head.selected[0] &&
    statement.chain.head.selected.length === 1
  );
}
