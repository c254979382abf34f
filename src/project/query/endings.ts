// How the terminals that return results end a chain. Counting, get(), slices and bulk changes have their own files.
import type { RuleContext } from '../rule.ts';
import { lastLimit } from './chain.ts';
import { bound } from './bound.ts';
import { itemOf } from './items.ts';
import {
  afterStatement,
  executing,
  open,
  openStatement,
  replaceTerminal,
  together,
  uniqueCall,
  type Ending,
} from './rewrite.ts';
import { rowDoubts, rowRefusal } from './rows.ts';
import type { QuerySite } from './site.ts';
import type { Statement } from './statement.ts';
import { consumerOf } from './use.ts';

/** `.all()`, `.one()`, `.one_or_none()`: the result has methods of the same names. */
export function executeChain(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  const refusal = rowRefusal(statement, site, ctx);
  if (refusal !== null) return refusal;
  const opened = openStatement(executing(statement), statement, site, ctx);
  if (typeof opened === 'string') return opened;
  const ending = {
    ...together(
      opened.opening,
      afterStatement(`${opened.close}${uniqueCall(statement)}`, site, ctx),
    ),
    doubts: rowDoubts(statement, site, ctx),
  };
  return bound(ending, site, ctx);
}

/** `.first()`: limits the statement, unless its text is given. One row is never repeated. */
export function executeFirst(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  const refusal = rowRefusal(statement, site, ctx);
  if (refusal !== null) return refusal;
  const opened = openStatement(executing(statement), statement, site, ctx);
  if (typeof opened === 'string') return opened;
  const given = statement.fromStatement ? null : lastLimit(site.chain);
  const limit = statement.fromStatement || given ? '' : '.limit(1)';
  const ending = {
    ...together(
      opened.opening,
      given ? ctx.replace(given, '1') : [],
      afterStatement(`${limit}${opened.close}`, site, ctx),
    ),
    doubts: rowDoubts({ ...statement, unique: false }, site, ctx),
  };
  return bound(ending, site, ctx);
}

/** A query that is iterated. `dict(…)` would ask a result for its keys, and must be given a list. */
export function executeIteration(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  const refusal = rowRefusal(statement, site, ctx);
  if (refusal !== null) return refusal;
  const opened = openStatement(executing(statement), statement, site, ctx);
  if (typeof opened === 'string') return opened;
  const list = site.use.kind === 'iteration' && site.use.mapping ? '.all()' : '';
  return {
    ...together(
      opened.opening,
      afterStatement(`${opened.close}${uniqueCall(statement)}${list}`, site, ctx),
    ),
    doubts: rowDoubts(statement, site, ctx),
  };
}

/** `.scalar()`: only what surely gives one row may use Session.scalar(), which never complains about more. */
export function executeScalar(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  const { use } = site;
  if (use.kind !== 'terminal' && use.kind !== 'bound') return 'it is not executed here';
  if (executing(statement) === 'scalars' && statement.shape !== 'entity')
    return '`scalar()` gave the first column of the bundle; select that column instead';
  if (use.kind === 'terminal' && givesOneRow(statement))
    return together(
      open({ method: 'scalar' }, site, ctx),
      replaceTerminal(')', use.call, site, ctx),
    );
  const name = use.kind === 'bound' ? use.node.child('attribute') : use.call.method;
  const ending = together(
    open({ method: 'execute' }, site, ctx),
    afterStatement(`)${uniqueCall(statement)}`, site, ctx),
    name ? ctx.replace(name, 'scalar_one_or_none') : [],
  );
  return bound(ending, site, ctx);
}

function givesOneRow({ items, grouped, from, multiplied, fromStatement }: Statement): boolean {
  const columns = items.filter((item) => item.kind === 'columns');
  if (columns.length !== items.length || grouped || fromStatement) return false;
  if (!columns.every((item) => item.aggregate || item.single)) return false;
  return columns.some((item) => item.aggregate) || (from.size === 0 && multiplied.size === 0);
}

/** `.values(a, b)`, `.value(a)`: another select list on the same statement. */
export function executeValues(_: Statement, site: QuerySite, ctx: RuleContext): Ending | string {
  if (site.use.kind !== 'terminal') return 'it is not executed here';
  const { call } = site.use;
  const items = call.list.named.map((each) => itemOf(each, ctx.facts));
  const unknown = items.find((item) => item.kind === 'unknown');
  if (unknown) return unknown.why;
  if (items.length === 0) return 'it names no columns, and gives nothing';
  const single = call.method.text === 'value';
  const use = consumerOf(call.node, ctx.facts.binding);
  const isIterated = use.kind === 'iteration' && !use.mapping;
  return {
    ...together(
      open({ method: single ? 'scalar' : 'execute' }, site, ctx),
      ctx.replace(call.method, 'with_only_columns'),
      ctx.after(call.node, ')'),
    ),
    doubts:
      single || isIterated
        ? []
        : ['`values()` gave a generator of rows, `execute()` gives a Result'],
  };
}
