// `query.delete()` and `query.update()` on a query that is kept somewhere: its criteria become those of a delete() or update().
import { keyword, type MethodCall } from '../../../python/calls.ts';
import { descendants, type PyNode } from '../../../python/tree.ts';
import type { RuleContext } from '../../rule.ts';
import { listenerRefusal, rowcount, synchronizeOption } from '../bulk.ts';
import { replaceTerminal, type Ending } from '../rewrite.ts';
import type { QuerySite } from '../site.ts';
import { spellClass } from '../spell.ts';
import type { Statement } from '../statement.ts';
import type { Solved } from './solve.ts';
import type { FlowState } from './state.ts';

/** Whether a method changes the rows of a query. */
export function isBulk(name: string): boolean {
  return name === 'delete' || name === 'update';
}

/** The one change that all queries of a group are made for: they can be that statement from the start. `null` where they are also read. */
export function bulkOf(solved: readonly Solved[]): 'delete' | 'update' | null {
  const names = new Set<string>();
  for (const { source, statement, before } of solved) {
    const { terminal, property } = source.links;
    if (source.destination?.kind === 'use' || property) return null;
    if (terminal) names.add(terminal.method.text);
    const [entity] = statement.items;
    const isPlain = statement.items.length === 1 && entity?.kind === 'entity' && !entity.isAlias;
    const isExtended =
      before?.extended ||
      source.links.links.some((link) => !CRITERIA.test(link.method.text)) ||
      source.destination?.kind === 'text';
    if (!isPlain || isExtended) return null;
  }
  const [only, ...others] = names;
  return others.length === 0 && (only === 'delete' || only === 'update') ? only : null;
}

const CRITERIA = /^(filter|filter_by|where)$/;

interface Arguments {
  readonly values: PyNode | null;
  readonly synchronize: PyNode | null;
}

function argumentsOf(call: MethodCall): Arguments | string {
  const isUpdate = call.method.text === 'update';
  const values = isUpdate ? (call.positional[0] ?? keyword(call, 'values')) : null;
  const synchronize = call.positional[isUpdate ? 1 : 0] ?? keyword(call, 'synchronize_session');
  const given = [values, synchronize].filter((each) => each !== null);
  if (call.starred || call.doubleStarred || call.list.named.length !== given.length)
    return 'its arguments are not known';
  if (isUpdate && !values) return 'its values are not known';
  if (values && synchronize && synchronize.start < values.start) return 'write its values first';
  return descendants(call.list, 'comment').length > 0
    ? 'comments stand among its arguments, which move to another call'
    : { values, synchronize };
}

/** Executes a query that is a delete() or update() from the start. */
export function runBulk(site: QuerySite, ctx: RuleContext): Ending | string {
  const { use, chain, executor } = site;
  if (use.kind !== 'terminal' || !executor) return 'it is not executed here';
  const listener = listenerRefusal(use.call.node, ctx);
  if (listener !== null) return listener;
  const given = argumentsOf(use.call);
  if (typeof given === 'string') return given;
  const values = given.values ? `.values(${given.values.text})` : '';
  const rest = `${synchronizeOption(given.synchronize)})${rowcount(use.call.node)}`;
  return {
    edits: [
      ctx.before(
        { start: chain.head.start, end: chain.head.node.end },
        `${executor.text}.execute(`,
      ),
      ...replaceTerminal(`${values}${rest}`, use.call, site, ctx),
    ],
    uses: [executor],
  };
}

/** `.delete()` and `.update({…})` of a query that is also read: its criteria are those of the statement. */
export function flowBulk(
  statement: Statement,
  site: QuerySite,
  before: FlowState,
  ctx: RuleContext,
): Ending | string {
  const { use, chain, executor } = site;
  if (use.kind !== 'terminal' || !executor) return 'it is not executed here';
  const { call } = use;
  const listener = listenerRefusal(call.node, ctx);
  if (listener !== null) return listener;
  const name = call.method.text;
  const [entity] = statement.items;
  if (statement.shape !== 'entity' || entity?.kind !== 'entity' || entity.isAlias || !entity.model)
    return 'a bulk change needs a single mapped class';
  const other = chain.links.find((link) => !CRITERIA.test(link.method.text));
  const written = `write \`session.execute(${name}(${entity.model.name}).where(…))\``;
  if (before.extended || other || statement.joined || statement.multiplied.size > 0)
    return `${written} with the criteria of the query`;
  if (!statement.criteria) return `whether the query has criteria is not known here; ${written}`;
  const named = spellClass(entity.model, call.node, ctx);
  if (!named) return `\`${entity.model.name}\` cannot be named here`;
  const given = argumentsOf(call);
  if (typeof given === 'string') return given;
  const builder = ctx.use(`sqlalchemy.${name}`, call.node);
  const values = given.values ? `.values(${given.values.text})` : '';
  const rest = `${values}${synchronizeOption(given.synchronize)})${rowcount(call.node)}`;
  return {
    edits: [
      ctx.before(
        { start: chain.head.start, end: chain.head.node.end },
        `${executor.text}.execute(${builder.text}(${named.text}).where(`,
      ),
      ...replaceTerminal(`.whereclause)${rest}`, call, site, ctx),
    ],
    uses: [builder, named, executor],
  };
}
