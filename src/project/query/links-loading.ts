// options(), enable_eagerloads() and with_lockmode() as statements have them.
import { readCall, type MethodCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import { listArgument, rename, unwrapList } from './link-edits.ts';
import { readLoaderOption } from './loader-options.ts';
import { optionKind } from './option-lists.ts';
import { refuse, type Draft } from './statement.ts';

/** `.options(…)`: lists are opened, names of attributes written as attributes. */
export function options(link: MethodCall, draft: Draft): void {
  draft.loaderOptions = true;
  if (link.starred) draft.eager = true;
  for (const each of link.positional) {
    const list = each.kind === 'list' || each.kind === 'tuple' ? each : null;
    const items = list ? list.named : [each];
    if (list && list.named.length > 0) unwrapOne(list, link, draft);
    if (!list) openList(each, draft);
    for (const item of items) {
      const option = readLoaderOption(item, rootEntities(draft), draft.ctx);
      draft.eager ||= option.collection;
      draft.edits.push(...option.edits);
      draft.uses.push(...option.uses);
      draft.doubts.push(...option.doubts);
      draft.nameDoubts.push(...option.doubts);
      if (option.refusal !== null) refuse(draft, link, option.refusal);
    }
  }
}

/** A variable or function that gives a list: statements take its items only. */
function openList(node: PyNode, draft: Draft): void {
  if (node.kind === 'list_splat') return;
  const kind = optionKind(node, draft.ctx.facts);
  if (kind === 'list') draft.edits.push(draft.ctx.before(node, '*'));
  if (kind === 'list') draft.eager = true;
}

function unwrapOne(list: MethodCall['list'], link: MethodCall, draft: Draft): void {
  if (list.kind === 'tuple' && listArgument(link) === null) return unwrapList(list, draft);
  unwrapList(list, draft);
}

function rootEntities(draft: Draft): Parameters<typeof readLoaderOption>[1] {
  // Beside what is not known, a class that cannot be seen may as well be a column.
  const mixed = draft.items.some((item) => item.kind === 'unknown');
  const entities = draft.items
    .filter((item) => item.kind === 'entity')
    .filter(({ model }) => model !== null || !mixed);
  return entities.length > 0 || !draft.root ? entities : [draft.root];
}

/** `.enable_eagerloads(False)`: nothing switches eager loading off as a whole. */
export function enableEagerloads(link: MethodCall, draft: Draft): void {
  const { terminal } = draft.chain;
  // These never load anything eagerly.
  if (
    terminal &&
    /^(count|exists|subquery|cte|label|scalar_subquery|as_scalar)$/.test(terminal.method.text)
  ) {
    draft.edits.push(draft.ctx.replace({ start: link.receiver.end, end: link.node.end }, ''));
    return;
  }
  refuse(draft, link, 'add `.options(lazyload("*"))` and remove the options that load eagerly');
}

const LOCK_MODES: ReadonlyMap<string, string> = new Map([
  ['read', 'read=True'],
  ['update', ''],
  ['update_nowait', 'nowait=True'],
]);

/** `.with_lockmode("update")`. */
export function lockmode(link: MethodCall, draft: Draft): void {
  const mode = stringValue(link.positional[0] ?? null);
  const text = mode === null ? undefined : LOCK_MODES.get(mode);
  if (text === undefined || !readCall(link.node))
    return refuse(draft, link, 'write `.with_for_update(…)` with the mode that it means');
  rename(link, 'with_for_update', draft);
  draft.edits.push(draft.ctx.replace(link.list, `(${text})`));
}
