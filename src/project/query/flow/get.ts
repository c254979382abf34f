// `query.get(key)` on a query that is kept somewhere, as Session.get() of its class.
import { keyword } from '../../../python/calls.ts';
import type { PyNode } from '../../../python/tree.ts';
import type { NameUse, RuleContext } from '../../rule.ts';
import type { Entity } from '../entity.ts';
import type { Ending } from '../rewrite.ts';
import type { QuerySite } from '../site.ts';
import { spellClass } from '../spell.ts';
import { spellSession } from './session.ts';
import type { FlowState } from './state.ts';

/** `.get(key)`: nothing but the class may have been said of the query. */
export function flowGet(site: QuerySite, before: FlowState, ctx: RuleContext): Ending | string {
  if (site.use.kind !== 'terminal' || !site.executor) return 'it is not executed here';
  const { call } = site.use;
  const [entity] = before.items;
  const key = call.positional[0] ?? keyword(call, 'ident');
  if (before.items.length !== 1 || entity?.kind !== 'entity' || entity.isAlias)
    return '`get()` needs a mapped class; write `session.get(Model, key)`';
  if (before.criteria || before.extended || site.chain.links.length > 0)
    return 'what was said of the query before `get()` has to be given to `session.get()` itself';
  if (!key || call.list.named.length !== 1 || call.starred || call.doubleStarred)
    return 'what it looks up is not known';
  const named = spelled(entity, before, call.node, ctx);
  if (!named) return `write \`session.get(${entity.model?.name ?? 'Model'}, …)\``;
  return {
    edits: [
      ctx.replace(
        { start: site.chain.head.start, end: key.start },
        `${site.executor.text}.get(${named.text}, `,
      ),
      ctx.replace({ start: key.end, end: call.node.end }, ')'),
    ],
    uses: [site.executor, named],
  };
}

/** The class, or the expression that gives it where it is one of several: `self.model`. */
function spelled(
  { model, isOpen = false }: Entity,
  before: FlowState,
  at: PyNode,
  ctx: RuleContext,
): NameUse | null {
  const named = model && !isOpen ? spellClass(model, at, ctx) : null;
  if (named) return named;
  const written = spellSession(before.model, at, ctx);
  return typeof written === 'string' ? null : written;
}
