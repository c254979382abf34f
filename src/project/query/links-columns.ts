// with_entities(), add_columns(), add_column() and add_entity(): the methods that change what a query selects.
import type { MethodCall } from '../../python/calls.ts';
import { itemOf } from './items.ts';
import { rename } from './link-edits.ts';
import { entityBehind, refuse, type Draft } from './statement.ts';

/** `.with_entities(…)`. */
export function withEntities(link: MethodCall, draft: Draft): void {
  rename(link, 'with_only_columns', draft);
  const joined = [...draft.from];
  draft.items = link.list.named.map((each) => itemOf(each, draft.ctx.facts));
  // What was selected before stays in FROM as far as criteria name it, and repeats what is selected now.
  for (const key of joined) draft.multiplied.add(key);
  for (const item of draft.items) {
    const entity = entityBehind(item);
    if (entity) draft.from.add(entity.key);
  }
  if (!draft.joined && !draft.reframed) {
    const entity = draft.items.map(entityBehind).find((each) => each !== null) ?? null;
    if (entity) draft.joinpoint = entity;
  }
}

/** `.add_columns(…)`, `.add_column(…)`, `.add_entity(…)`. */
export function addEntities(link: MethodCall, draft: Draft): void {
  if (link.keywords.length > 0)
    return refuse(draft, link, 'add `aliased(…)` itself as a column instead of `alias=`');
  if (link.method.text !== 'add_columns') rename(link, 'add_columns', draft);
  const items = link.list.named.map((each) => itemOf(each, draft.ctx.facts));
  draft.items = [...draft.items, ...items];
  for (const item of items) {
    const entity = entityBehind(item);
    if (!entity || draft.from.has(entity.key)) continue;
    draft.from.add(entity.key);
    draft.multiplied.add(entity.key);
  }
}
