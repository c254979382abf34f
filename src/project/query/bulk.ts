// Query.update() and Query.delete() as executed statements, with the row count where somebody reads it.
import { keyword, type MethodCall } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';
import {
  open,
  outerParentheses,
  removeInner,
  replaceTerminal,
  together,
  type Ending,
} from './rewrite.ts';
import type { QuerySite } from './site.ts';
import type { Statement } from './statement.ts';

/** What a bulk change may have in its chain. */
const ALLOWED: ReadonlySet<string> = new Set([
  'enable_eagerloads',
  'execution_options',
  'filter',
  'filter_by',
  'where',
]);

/** `.update({…})`. */
export function executeUpdate(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  if (site.use.kind !== 'terminal') return 'it is not executed here';
  const { call } = site.use;
  const refusal = bulkRefusal(statement, site);
  if (refusal !== null) return refusal;
  const values = call.positional[0] ?? keyword(call, 'values');
  if (!values || call.starred || call.doubleStarred) return 'its values are not known';
  if (keyword(call, 'update_args'))
    return '`update_args` has to be written as options of `update()`';
  if (
    call.positional.length > 2 ||
    call.keywords.some((each) => !/^(values|synchronize_session)$/.test(each.name))
  )
    return 'its arguments are not known';
  const synchronize = call.positional[1] ?? keyword(call, 'synchronize_session');
  const argument = call.positional[0] ?? call.keywords.find((each) => each.name === 'values')?.node;
  if (!argument || (synchronize && synchronize.start < argument.start))
    return 'write its values first';
  const last = call.list.named.at(-1) ?? argument;
  if (hasComment(call.list, argument.end, last.end)) return COMMENTED;
  return {
    ...together(
      open({ method: 'execute', builder: 'sqlalchemy.update' }, site, ctx),
      removeInner(outerParentheses(site.chain), site.chain, ctx),
      ctx.replace(call.method, 'values'),
      argument === values ? [] : [ctx.replace({ start: argument.start, end: values.start }, '')],
      last === argument ? [] : [ctx.replace({ start: argument.end, end: last.end }, '')],
      ctx.after(call.node, `${synchronizeOption(synchronize)})${rowcount(site.span)}`),
    ),
    doubts: listenerDoubts(ctx),
  };
}

/** `.delete()`. */
export function executeDelete(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  if (site.use.kind !== 'terminal') return 'it is not executed here';
  const { call } = site.use;
  const refusal = bulkRefusal(statement, site);
  if (refusal !== null) return refusal;
  const synchronize = call.positional[0] ?? keyword(call, 'synchronize_session');
  if (call.list.named.length > (synchronize ? 1 : 0)) return 'its arguments are not known';
  if (hasComment(call.list, call.list.start, call.list.end)) return COMMENTED;
  return {
    ...together(
      open({ method: 'execute', builder: 'sqlalchemy.delete' }, site, ctx),
      replaceTerminal(`${synchronizeOption(synchronize)})${rowcount(site.span)}`, call, site, ctx),
    ),
    doubts: listenerDoubts(ctx),
  };
}

const COMMENTED = 'comments stand among its arguments, which move to another call';

function hasComment(list: PyNode, start: number, end: number): boolean {
  return descendants(list, 'comment').some((each) => each.start >= start && each.end <= end);
}

function bulkRefusal(statement: Statement, site: QuerySite): string | null {
  if (site.chain.links.some((link) => link.method.text === 'params'))
    return 'update() and delete() have no `.params()`; give the values to `text(…).bindparams(…)`';
  const other = site.chain.links.find((link: MethodCall) => !ALLOWED.has(link.method.text));
  if (other) return `a bulk change cannot have \`.${other.method.text}()\``;
  const [entity] = statement.items;
  if (statement.shape !== 'entity' || entity?.kind !== 'entity' || entity.isAlias)
    return 'a bulk change needs a single mapped class';
  return null;
}

/** The option of a statement for what the session holds. */
export function synchronizeOption(synchronize: PyNode | null): string {
  return synchronize ? `.execution_options(synchronize_session=${synchronize.text})` : '';
}

/** The number of rows is asked for only where the call is more than a statement. */
export function rowcount(span: PyNode): string {
  let node = span;
  while (node.parent?.kind === 'parenthesized_expression') node = node.parent;
  return node.parent?.kind === 'expression_statement' ? '' : '.rowcount';
}

/** Why a bulk change may not do all that it did. */
export function listenerDoubts(ctx: RuleContext): readonly string[] {
  const [listener] = ctx.facts.queryBlockers().listeners.bulk;
  return listener === undefined
    ? []
    : [`a listener for bulk changes of Query (${listener}) would not be called`];
}
