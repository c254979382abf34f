// Query.update() and Query.delete() as executed statements, with the row count where somebody reads it.
import type { Edit } from '../../edits/edit.ts';
import { keyword, type MethodCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';
import { listenerAround } from './listeners.ts';
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
  const refusal = bulkRefusal(statement, site, ctx);
  if (refusal !== null) return refusal;
  const values = call.positional[0] ?? keyword(call, 'values');
  if (!values || call.starred || call.doubleStarred) return 'its values are not known';
  if (
    call.positional.length > 3 ||
    call.keywords.some((each) => !/^(values|synchronize_session|update_args)$/.test(each.name))
  )
    return 'its arguments are not known';
  const options = readUpdateArgs(call.positional[2] ?? keyword(call, 'update_args'));
  if (typeof options === 'string') return options;
  const synchronize = call.positional[1] ?? keyword(call, 'synchronize_session');
  const argument = call.positional[0] ?? call.keywords.find((each) => each.name === 'values')?.node;
  if (!argument || (synchronize && synchronize.start < argument.start))
    return 'write its values first';
  const last = call.list.named.at(-1) ?? argument;
  if (hasComment(call.list, argument.end, last.end)) return COMMENTED;
  return together(
    open({ method: 'execute', builder: 'sqlalchemy.update' }, site, ctx),
    removeInner(outerParentheses(site.chain), site.chain, ctx),
    options.ordered ? inOrder(call, values, ctx) : ctx.replace(call.method, 'values'),
    argument === values ? [] : [ctx.replace({ start: argument.start, end: values.start }, '')],
    last === argument ? [] : [ctx.replace({ start: argument.end, end: last.end }, '')],
    ctx.after(call.node, `${options.link}${synchronizeOption(synchronize)})${rowcount(site.span)}`),
  );
}

/** `[(User.name, "x")]` as the arguments of `ordered_values()`. */
function inOrder(call: MethodCall, values: PyNode, ctx: RuleContext): readonly Edit[] {
  const method = ctx.replace(call.method, 'ordered_values');
  const [open, close] = [values.children[0], values.children.at(-1)];
  const isDisplay = (values.kind === 'list' || values.kind === 'tuple') && values.named.length > 0;
  return isDisplay && open && close
    ? [method, ctx.replace(open, ''), ctx.replace(close, '')]
    : [method, ctx.before(values, '*')];
}

interface UpdateArgs {
  readonly ordered: boolean;
  readonly link: string;
}

/** `{"mysql_limit": 1}` as `.with_dialect_options(mysql_limit=1)`; a text says why it cannot be. */
function readUpdateArgs(args: PyNode | null): UpdateArgs | string {
  if (!args || args.kind === 'none') return { ordered: false, link: '' };
  const refusal =
    'write its `update_args` as `.with_dialect_options(…)`, and `preserve_parameter_order` as `.ordered_values(…)`';
  if (args.kind !== 'dictionary' || descendants(args, 'comment').length > 0) return refusal;
  let ordered = false;
  const options: string[] = [];
  for (const pair of args.named) {
    const name = pair.kind === 'pair' ? stringValue(pair.child('key')) : null;
    const value = pair.child('value');
    if (name === null || !/^\w+$/.test(name) || !value) return refusal;
    if (name !== 'preserve_parameter_order') options.push(`${name}=${value.text}`);
    else if (value.kind === 'true' || value.kind === 'false') ordered = value.kind === 'true';
    else return refusal;
  }
  const link = options.length === 0 ? '' : `.with_dialect_options(${options.join(', ')})`;
  return { ordered, link };
}

/** `.delete()`. */
export function executeDelete(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  if (site.use.kind !== 'terminal') return 'it is not executed here';
  const { call } = site.use;
  const refusal = bulkRefusal(statement, site, ctx);
  if (refusal !== null) return refusal;
  const synchronize = call.positional[0] ?? keyword(call, 'synchronize_session');
  if (call.list.named.length > (synchronize ? 1 : 0)) return 'its arguments are not known';
  if (hasComment(call.list, call.list.start, call.list.end)) return COMMENTED;
  return together(
    open({ method: 'execute', builder: 'sqlalchemy.delete' }, site, ctx),
    replaceTerminal(`${synchronizeOption(synchronize)})${rowcount(site.span)}`, call, site, ctx),
  );
}

const COMMENTED = 'comments stand among its arguments, which move to another call';

function hasComment(list: PyNode, start: number, end: number): boolean {
  return descendants(list, 'comment').some((each) => each.start >= start && each.end <= end);
}

function bulkRefusal(statement: Statement, site: QuerySite, ctx: RuleContext): string | null {
  const listener = listenerRefusal(site.span, ctx);
  if (listener !== null) return listener;
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

/** Why a bulk change may not do all that it did: a listener for bulk changes of Query is not told of executed statements. */
export function listenerRefusal(node: PyNode, { facts, path }: RuleContext): string | null {
  const { bulk, localBulk } = facts.queryBlockers().listeners;
  const place = bulk[0] ?? listenerAround(node, path, localBulk)?.place;
  return place === undefined
    ? null
    : `a listener for bulk changes of Query (${place}) would not be called; listen to \`do_orm_execute\` and ask \`is_update\` or \`is_delete\` first`;
}
