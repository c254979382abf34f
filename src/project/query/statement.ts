// Reads what a query's chain means as a statement: its shape, whether rows can repeat, and the edits that turn each method into select()'s. It ends no chain.
import type { Edit } from '../../edits/edit.ts';
import { readMethodCall, type MethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass, ModelIndex } from '../models.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { COMPOUNDS, type QueryChain, type QueryHead } from './chain.ts';
import { spread } from './spread.ts';
import { doubtfulBackref, unconfiguredBackref } from './backrefs.ts';
import { eagerCollectionOf } from './eager.ts';
import type { Entity } from './entity.ts';
import { itemOf, type Item } from './items.ts';
import type { FlowState } from './flow/state.ts';
import { fitsCompound, isForWhole } from './links-union.ts';
import type { Split } from './links-split.ts';
import { LINKS } from './links.ts';

/** What the result holds: entities, rows of columns, or rows with entities in them. */
export type Shape = 'entity' | 'columns' | 'mixed';

/** What is gathered while a chain is read from head to end. */
export interface Draft {
  readonly ctx: RuleContext;
  readonly chain: QueryChain;
  items: readonly Item[];
  /** What a relationship name or `filter_by()` refers to now; `null` if it cannot be told. */
  joinpoint: Entity | null;
  /** What the chain selects from first. */
  root: Entity | null;
  /** Keys of everything in FROM. */
  readonly from: Set<string>;
  /** Keys of what was joined so that it may repeat the rows. */
  readonly multiplied: Set<string>;
  joined: boolean;
  /** It selects from something else than its entities. */
  reframed: boolean;
  /** A loader option or mapping may load a collection in the same rows. */
  eager: boolean;
  yieldPer: boolean;
  fromStatement: boolean;
  grouped: boolean;
  distinct: boolean;
  limited: boolean;
  locked: boolean;
  loaderOptions: boolean;
  criteria: boolean;
  /** The chain may be cut in two statements, where what follows has to name an alias. */
  readonly mayBeSplit: boolean;
  /** Where it is cut. */
  split: Split | null;
  /** The method that made one query of several, if the last was one. */
  compound: string | null;
  /** Something was said of the query as a whole, beside what rows it gives. */
  forWhole: boolean;
  readonly ordering: PyNode[];
  readonly edits: Edit[];
  readonly uses: NameUse[];
  /** Why the rewrite is not certain to keep behaviour. */
  readonly doubts: string[];
  /** Those of the doubts that concern names which only the running program knows. */
  readonly nameDoubts: string[];
  /** Why there is no rewrite. */
  readonly refusals: string[];
}

/** A chain read as a statement. */
export interface Statement extends Readonly<Draft> {
  readonly shape: Shape;
  /** Legacy Query dropped repeated rows here, and rows can repeat: the result needs `.unique()`. */
  readonly unique: boolean;
  /** Those of the refusals that say that what it gives is not known. */
  readonly shapeless: readonly string[];
}

/** Reads the entities and links of a chain, except links whose names are in `apart`; `mayBeSplit` if its rewrite may be two statements. */
export function readStatement(
  chain: QueryChain,
  ctx: RuleContext,
  apart: ReadonlySet<string> = new Set(),
  mayBeSplit = false,
): Statement {
  const draft = { ...newDraft(chain, ctx), mayBeSplit };
  for (const link of chain.links) {
    const handle = LINKS.get(link.method.text);
    if (apart.has(link.method.text)) continue;
    if (isForWhole(link.method.text)) draft.forWhole = true;
    if (!fitsCompound(link, draft)) continue;
    if (handle) handle(link, draft);
    else draft.refusals.push(`\`.${link.method.text}()\` has no counterpart on select()`);
  }
  const shapeless = checkItems(draft);
  draft.refusals.push(...shapeless);
  checkBackrefs(draft);
  checkDistinct(draft);
  return { ...draft, shape: shapeOf(draft.items), unique: needsUnique(draft), shapeless };
}

/** `query()` set up mappings that were not set up yet. */
function checkBackrefs(draft: Draft): void {
  const { head, links } = draft.chain;
  const nodes = links.flatMap((link) => link.list.named);
  const attribute = unconfiguredBackref(nodes, head.node, draft.ctx.facts);
  if (attribute) {
    draft.refusals.push(
      `\`${attribute.text}\` is made by a backref, once the mappings are set up, which making a \`select()\` does not do; call \`configure_mappers()\` first`,
    );
    return;
  }
  const doubtful = doubtfulBackref(nodes, head.node, draft.ctx.facts);
  if (doubtful)
    draft.doubts.push(
      `\`${doubtful.text}\` is made by a backref, once the mappings are set up, which making a Query does and making a \`select()\` does not: if this is the first that a process does, it fails; replace the backref by \`back_populates\`, or call \`configure_mappers()\` where the models are imported`,
    );
}

function newDraft(chain: QueryChain, ctx: RuleContext): Draft {
  if (chain.head.kind === 'flow') return continued(chain.head.state, chain, ctx);
  const items = selectedItems(chain.head, ctx.facts);
  const root = items.map(entityBehind).find((each) => each !== null) ?? null;
  return {
    ctx,
    chain,
    items,
    joinpoint: root,
    root,
    from: new Set(items.flatMap((each) => entityBehind(each)?.key ?? [])),
    multiplied: new Set(),
    joined: false,
    reframed: false,
    eager: false,
    yieldPer: false,
    fromStatement: false,
    grouped: false,
    distinct: false,
    limited: false,
    locked: false,
    loaderOptions: false,
    criteria: false,
    mayBeSplit: false,
    split: null,
    compound: null,
    forWhole: false,
    ordering: [],
    edits: [],
    uses: [],
    doubts: [],
    nameDoubts: [],
    refusals: [],
  };
}

/** Goes on from what is known of a query that was made elsewhere. */
function continued(state: FlowState, chain: QueryChain, ctx: RuleContext): Draft {
  return {
    ...state,
    ctx,
    chain,
    mayBeSplit: false,
    split: null,
    from: new Set(state.from),
    multiplied: new Set(state.multiplied),
    ordering: [...state.ordering],
    edits: [],
    uses: [],
    doubts: [],
    nameDoubts: [],
    refusals: [...state.conflicts],
  };
}

/** What the head of a chain selects. */
export function selectedItems(head: QueryHead, facts: Facts): readonly Item[] {
  if (head.kind === 'property') return [head.entity];
  if (head.kind === 'flow') return head.state.items;
  return head.selected
    .filter((each) => each.kind !== 'keyword_argument')
    .flatMap((each) => spread(each, facts))
    .map((each) => itemOf(each, facts));
}

/** The entity that an item is, or that its column belongs to. */
export function entityBehind(item: Item): Entity | null {
  if (item.kind === 'entity') return item;
  return item.kind === 'columns' ? item.owner : null;
}

/** Names a reason for leaving the chain as it is. */
export function refuse(draft: Draft, link: MethodCall, why: string): void {
  draft.refusals.push(`\`.${link.method.text}()\`: ${why}`);
}

function shapeOf(items: readonly Item[]): Shape {
  const entities = items.filter((item) => item.kind === 'entity').length;
  if (entities === 0) return 'columns';
  return items.length === 1 ? 'entity' : 'mixed';
}

function checkItems(draft: Draft): readonly string[] {
  const refusals = draft.items.length === 0 ? ['it selects nothing yet'] : [];
  for (const item of draft.items) {
    if (item.kind === 'unknown')
      refusals.push(
        `${item.why}, so whether objects or rows are returned is not known; execute a \`select()\` with \`scalars()\` for one class, with \`execute()\` for columns`,
      );
    if (item.kind === 'columns' && item.guessed)
      draft.doubts.push(`only \`${item.node.text}.c\` tells that \`${item.node.text}\` is a table`);
    const entity = entityBehind(item);
    if (entity && entity.model === null && entity.among.length === 0)
      draft.doubts.push(`the definition of \`${entity.text}\` was not found in the project`);
  }
  return refusals;
}

/** 1.4 added what a DISTINCT query is ordered by to its columns; nothing does so any more. */
function checkDistinct(draft: Draft): void {
  const { head } = draft.chain;
  const isDistinct = draft.distinct || (head.kind === 'flow' && head.state.sometimesDistinct);
  if (!isDistinct || draft.ordering.length === 0) return;
  const selected = draft.items.flatMap((item) => (item.kind === 'unknown' ? [] : [item.node.text]));
  for (const node of draft.ordering) {
    const text = node.text.replace(/\.(asc|desc)\(\)$/, '');
    const owner = text.split('.').slice(0, -1).join('.');
    const isOwn =
      selected.includes(text) ||
      selected.includes(owner) ||
      node.kind === 'string' ||
      isOfSelectedClass(node, draft);
    if (!isOwn)
      draft.doubts.push(
        `a DISTINCT query is ordered by \`${text}\`, which it does not select: 1.4 added the column, 2.0 does not`,
      );
  }
}

/** `User.id`, `User.id.desc()`, where the query selects `User` under another name: `self.model`. */
function isOfSelectedClass(node: PyNode, { items, ctx }: Draft): boolean {
  const method = readMethodCall(node);
  const column =
    method && /^(asc|desc)$/.test(method.method.text) && method.list.named.length === 0
      ? method.receiver
      : node;
  const object = column.kind === 'attribute' ? column.child('object') : null;
  const model = object && ctx.facts.mappedClass(object);
  return items.some(
    (item) =>
      item.kind === 'entity' && !item.isAlias && model !== null && item.model?.id === model.id,
  );
}

function needsUnique(draft: Draft): boolean {
  if (draft.yieldPer || draft.items.every((item) => item.kind !== 'entity')) return false;
  const { models } = draft.ctx.facts;
  const mapped = draft.items.some(
    (item) =>
      item.kind === 'entity' &&
      // What an unseen class loads along cannot be told.
      (item.among.length === 0 ||
        item.among
          .flatMap((model) => candidates(model, item, models))
          .some((each) => isUnseenTable(each) || eagerCollectionOf(each, models))),
  );
  if (draft.eager || mapped) return true;
  const selected = new Set(
    draft.items.flatMap((item) => (item.kind === 'entity' ? [item.key] : [])),
  );
  const repeats = [...draft.multiplied].some((key) => !selected.has(key));
  if (!repeats || isOneRow(draft.chain)) return false;
  return !(draft.distinct && draft.items.every((item) => item.kind === 'entity'));
}

/** Ends with `.limit(1)`: one row repeats nothing. */
function isOneRow({ links }: QueryChain): boolean {
  const last = links.findLast(
    ({ method }) => LIMITS.has(method.text) || COMPOUNDS.has(method.text),
  );
  return last?.method.text === 'limit' && last.positional[0]?.text === '1';
}

const LIMITS: ReadonlySet<string> = new Set(['limit', 'slice', 'from_self']);

/** Mapped to something that may give an object in several rows: a join, a subquery. */
function isUnseenTable({ imperative, tableName }: MappedClass): boolean {
  return imperative && tableName === null;
}

/** The classes that an entity may be. */
function candidates(
  model: MappedClass,
  { isOpen = false }: Entity,
  models: ModelIndex,
): readonly MappedClass[] {
  return isOpen
    ? [...models.classes.values()].filter((each) => each.mro.includes(model.id))
    : [model];
}
