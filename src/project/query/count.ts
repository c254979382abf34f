// Query.count() as a statement: over the entity itself where that gives the same number, else over the query as a subquery.
import type { RuleContext } from '../rule.ts';
import { open, replaceTerminal, together, type Ending } from './rewrite.ts';
import type { QuerySite } from './site.ts';
import type { Statement } from './statement.ts';

/** `.count()`. */
export function executeCount(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  if (site.use.kind !== 'terminal') return 'it is not executed here';
  const { call } = site.use;
  const { head } = site.chain;
  const func = ctx.use('sqlalchemy.func', head.node);
  const select = ctx.use('sqlalchemy.select', head.node);
  const uses = { edits: [], uses: [func, select] };
  if (!isSimple(statement))
    return together(
      open(
        { method: 'scalar', lead: `${select.text}(${func.text}.count()).select_from(` },
        site,
        ctx,
      ),
      replaceTerminal('.subquery()))', call, site, ctx),
      uses,
    );
  return together(
    open({ method: 'scalar', middle: `(${func.text}.count()).select_from` }, site, ctx),
    replaceTerminal(')', call, site, ctx),
    uses,
  );
}

/** Whether the rows of FROM and WHERE are exactly the rows of the query. */
function isSimple(statement: Statement): boolean {
  return (
    statement.shape === 'entity' &&
    !statement.distinct &&
    !statement.limited &&
    !statement.grouped &&
    !statement.fromStatement &&
    !statement.reframed &&
    !statement.yieldPer &&
    !statement.locked &&
    !statement.loaderOptions &&
    statement.ordering.length === 0 &&
    statement.items[0]?.node === statement.chain.head.selected[0] &&
    statement.chain.head.selected.length === 1
  );
}
