// `query.delete()` and `query.update()` on a query that is kept somewhere: its criteria become those of a delete() or update().
import { keyword } from '../../../python/calls.ts';
import type { RuleContext } from '../../rule.ts';
import { listenerDoubts, rowcount, synchronizeOption } from '../bulk.ts';
import type { Ending } from '../rewrite.ts';
import type { QuerySite } from '../site.ts';
import { spellClass } from '../spell.ts';
import type { Statement } from '../statement.ts';
import type { FlowState } from './state.ts';

/** Whether a method changes the rows of a query. */
export function isBulk(name: string): boolean {
  return name === 'delete' || name === 'update';
}

/** `.delete()`, `.update({…})`. */
export function flowBulk(
  statement: Statement,
  site: QuerySite,
  before: FlowState,
  ctx: RuleContext,
): Ending | string {
  const { use, chain, executor } = site;
  if (use.kind !== 'terminal' || !executor) return 'it is not executed here';
  const { call } = use;
  const name = call.method.text;
  const [entity] = statement.items;
  if (statement.shape !== 'entity' || entity?.kind !== 'entity' || entity.isAlias || !entity.model)
    return 'a bulk change needs a single mapped class';
  const other = chain.links.find((link) => !/^(filter|filter_by|where)$/.test(link.method.text));
  if (before.extended || other || statement.joined || statement.multiplied.size > 0)
    return `write \`session.execute(${name}(${entity.model.name}).where(…))\` with the criteria of the query`;
  if (!statement.criteria)
    return `whether the query has criteria is not known here; write \`session.execute(${name}(${entity.model.name}).where(…))\``;
  const named = spellClass(entity.model, call.node, ctx);
  if (!named) return `\`${entity.model.name}\` cannot be named here`;
  const values = name === 'update' ? (call.positional[0] ?? keyword(call, 'values')) : null;
  const synchronize =
    call.positional[name === 'update' ? 1 : 0] ?? keyword(call, 'synchronize_session');
  const given = [values, synchronize].filter((each) => each !== null);
  if (call.starred || call.doubleStarred || call.list.named.length !== given.length)
    return 'its arguments are not known';
  if (name === 'update' && !values) return 'its values are not known';
  if (call.list.children.some((each) => each.kind === 'comment'))
    return 'comments stand among its arguments, which move to another call';
  const builder = ctx.use(`sqlalchemy.${name}`, call.node);
  const rest = `${values ? `.values(${values.text})` : ''}${synchronizeOption(synchronize)})${rowcount(call.node)}`;
  return {
    edits: [
      ctx.before(
        { start: chain.head.start, end: chain.head.node.end },
        `${executor.text}.execute(${builder.text}(${named.text}).where(`,
      ),
      ctx.replace({ start: chain.built.end, end: call.node.end }, `.whereclause)${rest}`),
    ],
    uses: [builder, named, executor],
    doubts: listenerDoubts(ctx),
  };
}
