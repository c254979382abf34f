// union(), intersect() and the like as functions over statements: what may stand before and after them, and how the result is selected from. It ends no chain.
import { calledName, readCall, readMethodCall, type MethodCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { MappedClass } from '../models.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { COMPOUNDS } from './chain.ts';
import type { Entity } from './entity.ts';
import type { Item } from './items.ts';
import { linkSpan } from './link-edits.ts';
import { split } from './links-split.ts';
import type { QuerySite } from './site.ts';
import { spellClass } from './spell.ts';
import { refuse, type Draft, type Statement } from './statement.ts';

/** Those that give each row once. */
const DISTINCT: ReadonlySet<string> = new Set(['union', 'intersect', 'except_']);
/** Methods that say what rows there are. Others would be lost in a part of a union, where a Query kept them for the whole. */
const PART: ReadonlySet<string> = new Set([
  ...COMPOUNDS,
  'distinct',
  'filter',
  'filter_by',
  'from_self',
  'group_by',
  'having',
  'join',
  'limit',
  'offset',
  'order_by',
  'outerjoin',
  'reset_joinpoint',
  'select_from',
  'slice',
  'where',
  'with_entities',
]);
/** What a union has itself. */
const AFTER: ReadonlySet<string> = new Set([
  ...COMPOUNDS,
  'from_self',
  'limit',
  'offset',
  'order_by',
  'slice',
]);

/** Whether a method is more than a statement about rows. */
export function isForWhole(name: string): boolean {
  return !PART.has(name);
}

/** `.union(other)`: `union(stmt, other)`. */
export function union(link: MethodCall, draft: Draft): void {
  const name = link.method.text;
  const [first] = link.list.named;
  const whole = wholeBefore(link, draft);
  if (whole !== null || !first || link.keywords.length > 0 || hasComment(link))
    return refuse(draft, link, whole ?? advice(name));
  // `a.union(b).union(c)` is `union(a, b, c)`.
  const start = draft.compound === null ? linkSpan(link).start : lastArgumentEnd(link.receiver);
  draft.edits.push(draft.ctx.replace({ start, end: first.start }, ', '));
  draft.compound = name;
  draft.ordering.length = 0;
  draft.distinct = false;
  draft.grouped = false;
  draft.limited = false;
  if (DISTINCT.has(name)) draft.multiplied.clear();
  else draft.multiplied.add(name);
  const { links } = draft.chain;
  const rest = links.slice(links.indexOf(link) + 1);
  if (rest.some((each) => !isAfter(each, draft))) split(link, draft);
}

/** Why the query cannot be the first part of a compound. */
function wholeBefore(link: MethodCall, draft: Draft): string | null {
  const name = link.method.text;
  const [only] = draft.items;
  const isNested = draft.compound !== null;
  if (isNested && (draft.compound !== name || name.startsWith('except_')))
    return `write the nested \`${name}(…)\` with parentheses of your own: \`${name}(stmt, …)\``;
  if (isNested && !COMPOUNDS.has(readMethodCall(link.receiver)?.method.text ?? ''))
    return advice(name);
  if (draft.forWhole || draft.loaderOptions || draft.yieldPer || draft.locked || draft.eager)
    return `${advice(name)}, with the options of the query`;
  if (draft.fromStatement) return advice(name);
  if (only?.kind === 'entity' && draft.items.length === 1) return entityProblem(only, draft);
  const renamed = draft.items.find(
    (item) =>
      item.kind === 'entity' ||
      (item.kind === 'columns' &&
        item.attribute?.kind === 'column' &&
        item.attribute.columnName !== item.name),
  );
  if (renamed?.kind === 'entity' || draft.items.some((item) => mayBeBundle(item, draft)))
    return advice(name);
  return renamed
    ? `the rows of a union name \`${renamed.node.text}\` after its column; give it a label first`
    : null;
}

/** A bundle, whose columns only a Query puts together again. */
function mayBeBundle(item: Item, { ctx }: Draft): boolean {
  if (item.kind !== 'columns' || item.several) return false;
  const call = readCall(item.node);
  return (
    item.node.kind === 'identifier' ||
    (call !== null && ctx.facts.qualifiedName(call.callee) === 'sqlalchemy.orm.Bundle')
  );
}

function entityProblem(entity: Entity, draft: Draft): string | null {
  if (entity.isAlias || draft.root?.key !== entity.key) return advice('union');
  return (
    candidates(entity, draft)
      .map((model) => modelProblem(model))
      .find((each) => each !== null) ?? null
  );
}

/** The classes that it may be. */
function candidates({ among, isOpen = false }: Entity, { ctx }: Draft): readonly MappedClass[] {
  if (!isOpen) return among;
  const ids = new Set(among.map(({ id }) => id));
  return [...ctx.facts.models.classes.values()].filter(({ mro }) => mro.some((id) => ids.has(id)));
}

/** What a statement of given text does not load as a query of the class does. */
function modelProblem(model: MappedClass): string | null {
  if (model.inheritance === 'joined')
    return `\`${model.name}\` has columns in several tables: ${advice('union')}`;
  const joined = [...model.attributes.values()].find(
    (each) => each.kind === 'relationship' && (each.lazy === 'joined' || each.lazy === null),
  );
  return joined
    ? `\`${model.name}.${joined.name}\` may be loaded in the same rows, which a union of its own does not do: ${advice('union')}`
    : null;
}

function advice(name: string): string {
  return `write \`${name}(stmt1, stmt2)\`, and select from \`aliased(Entity, ….subquery())\`, which everything that follows has to name`;
}

function lastArgumentEnd(call: PyNode): number {
  return readCall(call)?.list.named.at(-1)?.end ?? call.end;
}

function hasComment(link: MethodCall): boolean {
  return [...link.callee.children, ...link.list.children].some((each) => each.kind === 'comment');
}

/** Whether a link can follow a union; refuses it if not. */
export function fitsCompound(link: MethodCall, draft: Draft): boolean {
  if (draft.compound === null) return true;
  if (isAfter(link, draft)) return true;
  refuse(
    draft,
    link,
    `it follows \`${draft.compound}()\`: select from \`aliased(Entity, ${draft.compound}(stmt1, stmt2).subquery())\`, and name the alias here`,
  );
  return false;
}

/** Whether a union has the method itself. */
function isAfter({ method, positional }: MethodCall, draft: Draft): boolean {
  if (!AFTER.has(method.text)) return false;
  return method.text !== 'order_by' || positional.every((each) => isOwnColumn(each, draft));
}

/** `User.name`, `User.name.desc()`, `desc(User.name)`: a database sorts a union by its own columns only. */
function isOwnColumn(node: PyNode, draft: Draft): boolean {
  const method = readMethodCall(node);
  if (method && /^(asc|desc)$/.test(method.method.text) && method.list.named.length === 0)
    return isOwnColumn(method.receiver, draft);
  const call = readCall(node);
  const [argument] = call?.positional ?? [];
  if (call && argument && /^(asc|desc)$/.test(calledName(node) ?? ''))
    return draft.ctx.facts.qualifiedName(call.callee)?.startsWith('sqlalchemy.') === true
      ? isOwnColumn(argument, draft)
      : false;
  const label = stringValue(node);
  return draft.items.some((item) => {
    if (item.kind === 'columns')
      return item.node.text === node.text || (label !== null && label === item.name);
    const object = node.kind === 'attribute' ? node.child('object') : null;
    const attribute =
      item.kind === 'entity' && item.model?.attributes.get(node.child('attribute')?.text ?? '');
    return (
      item.kind === 'entity' &&
      object !== null &&
      draft.ctx.facts.mappedClass(object)?.id === item.model?.id &&
      attribute !== false &&
      attribute?.kind === 'column'
    );
  });
}

/** What goes around a union where it is executed. */
export interface Enclosure {
  readonly lead: string;
  readonly close: string;
  readonly uses: readonly NameUse[];
}

const NONE: Enclosure = { lead: '', close: '', uses: [] };

/** Where a union is made in this chain: the function, whose bracket the method's own closes. */
export function compoundLead(
  { compound, chain }: Pick<Statement, 'compound' | 'chain'>,
  ctx: RuleContext,
): Enclosure {
  const isMade = chain.links.some((link) => COMPOUNDS.has(link.method.text));
  const isContinued = chain.head.kind === 'flow' && chain.head.state.compound !== null;
  if (compound === null || !isMade || isContinued) return NONE;
  const name = ctx.use(`sqlalchemy.${compound}`, chain.head.node);
  return { lead: `${name.text}(`, close: '', uses: [name] };
}

/** `select(User).from_statement(union(…))`; columns are selected by the union itself. A text says why the class cannot be named. */
export function enclosure(statement: Statement, ctx: RuleContext): Enclosure | string {
  const { compound, shape, chain, root } = statement;
  if (compound === null) return NONE;
  const made = compoundLead(statement, ctx);
  if (shape !== 'entity') return made;
  const at = chain.head.node;
  const spelling = root && nameOf(root, at, ctx);
  if (!spelling) return `the class that the \`${compound}()\` gives is not named here; import it`;
  const select = ctx.use('sqlalchemy.select', at);
  return {
    lead: `${select.text}(${spelling.text}).from_statement(${made.lead}`,
    close: ')',
    uses: [select, spelling, ...made.uses],
  };
}

function nameOf(entity: Entity, at: PyNode, ctx: RuleContext): NameUse | null {
  if (entity.text !== '') return { text: entity.text, request: null };
  return entity.model && spellClass(entity.model, at, ctx);
}

/** Why a union cannot end as it does; `null` if it can. */
export function compoundProblem({ compound }: Statement, { use }: QuerySite): string | null {
  if (compound === null) return null;
  const name =
    use.kind === 'terminal' ? use.call.method.text : use.kind === 'bound' ? use.name : null;
  // Not every database takes a union in a union, and its text has no SELECT around it.
  if (use.kind === 'subquery' && (use.isPart || use.doubt !== undefined)) return advice(compound);
  const isEnd = name === null ? /^(iteration|subscript|subquery)$/.test(use.kind) : ENDS.test(name);
  return isEnd ? null : `\`${name ?? 'it'}\` follows \`${compound}()\`: ${advice(compound)}`;
}

const ENDS = /^(all|count|first|one|one_or_none)$/;
