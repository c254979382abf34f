// from_self(), select_entity_from() and with_polymorphic(): what they change is written where the query starts, as far as nothing after them would have to name it.
import type { MethodCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Entity } from './entity.ts';
import { dropLink } from './link-edits.ts';
import { split } from './links-split.ts';
import { mentionsIn } from './mentions.ts';
import { refuse, type Draft } from './statement.ts';

const CRITERIA: ReadonlySet<string> = new Set(['filter', 'filter_by', 'where']);
/** Links that name nothing but what their arguments do. */
const PLAIN: ReadonlySet<string> = new Set([
  ...CRITERIA,
  'distinct',
  'limit',
  'offset',
  'order_by',
  'slice',
]);

/** `.from_self()`: a subquery of the query itself, which is left out where it gives the same rows without. */
export function fromSelf(link: MethodCall, draft: Draft): void {
  const { links, terminal } = draft.chain;
  const before = links.slice(0, links.indexOf(link));
  // Criteria on one class alone mean the same within and around a subquery.
  const isFiltered =
    selectedEntity(draft) !== null &&
    before.every(({ method }) => CRITERIA.has(method.text)) &&
    draft.multiplied.size === 0;
  const ends = draft.limited
    ? /^(all|count|one|one_or_none)$/
    : /^(all|count|first|one|one_or_none)$/;
  const isLast = links.at(-1) === link && ends.test(terminal?.method.text ?? '');
  const isPlain = link.list.named.length === 0;
  if (isPlain && (isLast || isFiltered || split(link, draft))) return dropLink(link, draft);
  const entity = selectedEntity(draft);
  const name = entity?.text ?? 'Entity';
  refuse(
    draft,
    link,
    `select from an alias of the subquery instead: \`sub = aliased(${name}, stmt.subquery())\`, and name \`sub\` for \`${name}\` in what follows`,
  );
}

/** `.select_entity_from(subquery)`: `select(aliased(Entity, subquery))`. */
export function selectEntityFrom(link: MethodCall, draft: Draft): void {
  const entity = selectedEntity(draft);
  const [selectable] = link.positional;
  const isKnown = selectable && isFromClause(selectable, draft);
  if (!entity || !isKnown || link.list.named.length > 1 || !isUnnamed(entity, link, draft))
    return refuse(
      draft,
      link,
      `select from \`aliased(${entity?.text ?? 'Entity'}, ${selectable?.text ?? 'selectable'})\` instead, and name the alias in what follows`,
    );
  wrap('aliased', entity, selectable, link, draft);
  draft.multiplied.add(selectable.text);
}

/** `.with_polymorphic([Engineer, Manager])`: `select(with_polymorphic(Person, [Engineer, Manager]))`, whose tables have their own names. */
export function withPolymorphic(link: MethodCall, draft: Draft): void {
  const entity = selectedEntity(draft);
  const [classes] = link.positional;
  const isWritten =
    classes &&
    (stringValue(classes) === '*' ||
      (/^(list|tuple)$/.test(classes.kind) &&
        classes.named.every((each) => draft.ctx.facts.mappedClass(each) !== null)));
  const isPlain = draft.chain.links.every((each) => each === link || PLAIN.has(each.method.text));
  if (!entity?.model || !isWritten || link.list.named.length > 1 || !isPlain)
    return refuse(
      draft,
      link,
      `select \`wp = with_polymorphic(${entity?.text ?? 'Entity'}, …)\` instead, and name \`wp\` in what follows`,
    );
  wrap('with_polymorphic', entity, classes, link, draft);
  const { id } = entity.model;
  for (const each of draft.ctx.facts.models.classes.values())
    if (each.mro.includes(id)) draft.from.add(each.id);
}

/** Puts `name(entity, argument)` for the entity that the query starts with. */
function wrap(
  name: string,
  entity: Entity,
  argument: PyNode,
  link: MethodCall,
  draft: Draft,
): void {
  const { ctx } = draft;
  const use = ctx.use(`sqlalchemy.orm.${name}`, entity.node);
  draft.uses.push(use);
  draft.edits.push(
    ctx.before(entity.node, `${use.text}(`),
    ctx.after(entity.node, `, ${argument.text})`),
  );
  dropLink(link, draft);
}

/** The class that is all that the query selects, where the query starts in this expression. */
function selectedEntity({ chain, items }: Draft): Entity | null {
  const [only] = items;
  const isStart = chain.head.kind === 'call' && chain.head.selected.length === 1;
  return isStart && only?.kind === 'entity' && !only.isAlias && only.node === chain.head.selected[0]
    ? only
    : null;
}

/** A subquery, CTE or alias in a variable. */
function isFromClause(node: PyNode, { ctx }: Draft): boolean {
  const value = /^(identifier|attribute)$/.test(node.kind) ? ctx.facts.infer(node)?.value : null;
  return value?.kind === 'instance' && /^sqlalchemy\.(Alias|CTE|Subquery)$/.test(value.of);
}

/** Whether no other link names the entity, or anything that may be of it. */
function isUnnamed(entity: Entity, link: MethodCall, { chain, ctx }: Draft): boolean {
  return chain.links.every((each) => {
    if (each === link) return true;
    if (!PLAIN.has(each.method.text)) return false;
    const { keys, opaque } = mentionsIn(each.list.named, ctx.facts);
    const isNamed = each.list.named.some((node) =>
      descendants(node, 'identifier').some(({ text }) => text === entity.text),
    );
    return !keys.has(entity.key) && !isNamed && (opaque === null || each.method.text !== 'filter');
  });
}
