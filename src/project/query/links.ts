// The methods of Query that build it, and how each is written on a statement.
import type { MethodCall } from '../../python/calls.ts';
import { addEntities, withEntities } from './links-columns.ts';
import { criteria, filterBy, grouping, having, ordering } from './links-criteria.ts';
import { withParent } from './links-parent.ts';
import { join, resetJoinpoint, selectFrom } from './links-joins.ts';
import { enableEagerloads, lockmode, options } from './links-loading.ts';
import { fromSelf, selectEntityFrom, withPolymorphic } from './links-reselect.ts';
import { union } from './links-union.ts';
import { COMPOUNDS } from './chain.ts';
import { LABEL_STYLE, dropLink, executionOption } from './link-edits.ts';
import { refuse, type Draft } from './statement.ts';

/** Reads one link: what it means, and its edits. */
export type LinkHandler = (link: MethodCall, draft: Draft) => void;

const same: LinkHandler = () => {};

function flag(set: (draft: Draft) => void, then: LinkHandler = same): LinkHandler {
  return (link, draft) => {
    set(draft);
    then(link, draft);
  };
}

function option(name: string): LinkHandler {
  return (link, draft) => executionOption(link, name, draft);
}

function labels(link: MethodCall, draft: Draft): void {
  const style = draft.ctx.use(LABEL_STYLE, link.node);
  draft.uses.push(style);
  draft.edits.push(
    draft.ctx.replace(
      { start: link.method.start, end: link.node.end },
      `set_label_style(${style.text})`,
    ),
  );
}

const limited = flag((draft) => {
  draft.limited = true;
});
const locked = flag((draft) => {
  draft.locked = true;
});

/** How each method of Query is read. */
export const LINKS: ReadonlyMap<string, LinkHandler> = new Map<string, LinkHandler>([
  ['filter', criteria],
  ['where', criteria],
  ['filter_by', filterBy],
  ['having', having],
  ['order_by', ordering],
  ['group_by', grouping],
  [
    'distinct',
    flag((draft) => {
      draft.distinct = true;
    }),
  ],
  ['limit', limited],
  ['offset', limited],
  ['slice', limited],
  ['prefix_with', same],
  ['suffix_with', same],
  ['with_hint', same],
  ['with_statement_hint', same],
  ['correlate', same],
  ['add_cte', same],
  ['params', params],
  ['set_label_style', same],
  ['execution_options', executionOptions],
  ['join', join],
  ['outerjoin', join],
  ['select_from', selectFrom],
  ['reset_joinpoint', resetJoinpoint],
  ['with_entities', withEntities],
  ['add_columns', addEntities],
  ['add_column', addEntities],
  ['add_entity', addEntities],
  ['options', options],
  ['enable_eagerloads', enableEagerloads],
  ['populate_existing', option('populate_existing')],
  ['autoflush', option('autoflush')],
  [
    'yield_per',
    flag((draft) => {
      draft.yieldPer = true;
    }, option('yield_per')),
  ],
  ['with_for_update', locked],
  [
    'with_lockmode',
    flag((draft) => {
      draft.locked = true;
    }, lockmode),
  ],
  ['with_labels', labels],
  ['apply_labels', labels],
  ['with_parent', withParent],
  [
    'from_statement',
    flag((draft) => {
      draft.fromStatement = true;
      draft.multiplied.add('from_statement');
    }),
  ],
  ['enable_assertions', (link, draft) => dropLink(link, draft)],
  ...[...COMPOUNDS].map((name): [string, LinkHandler] => [name, union]),
  ['from_self', fromSelf],
  ['select_entity_from', selectEntityFrom],
  ['with_polymorphic', withPolymorphic],
  [
    'with_session',
    (link, draft) => refuse(draft, link, 'execute the statement with that session instead'),
  ],
  [
    'with_transformation',
    (link, draft) =>
      refuse(draft, link, 'call the function with the statement instead, once it accepts one'),
  ],
]);

function executionOptions(link: MethodCall, draft: Draft): void {
  const own = link.keywords.find((each) => /^(compiled_cache|isolation_level)$/.test(each.name));
  if (own)
    refuse(
      draft,
      link,
      `a statement takes no \`${own.name}\`; give it to the connection: \`session.connection(execution_options={…})\``,
    );
  if (link.doubleStarred || link.keywords.some((each) => each.name === 'yield_per')) {
    if (link.doubleStarred)
      refuse(draft, link, 'whether `yield_per` is among its options is not known');
    draft.yieldPer = true;
  }
}

/** A statement gives parameters only to what it already consists of, so they come last. */
function params(link: MethodCall, draft: Draft): void {
  const { links } = draft.chain;
  const last = links.findLast(mayHaveParameters);
  if (!last || links.indexOf(last) < links.indexOf(link)) return;
  if (link.callee.children.some((child) => child.kind === 'comment'))
    return refuse(draft, link, 'write it after everything that has parameters');
  dropLink(link, draft);
  draft.edits.push(draft.ctx.after(last.node, `.params${link.list.text}`));
}

function mayHaveParameters({ method, list }: MethodCall): boolean {
  if (method.text === 'params') return false;
  return !list.named.every(({ text }) => WITHOUT_PARAMETERS.test(text));
}

/** Numbers, and columns by their names: `User.id`, `User.id.desc()`. */
const WITHOUT_PARAMETERS = /^(\d+|[A-Z]\w*(\.\w+)+(\.(asc|desc)\(\))?)$/;
