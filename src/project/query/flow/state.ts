// What is known of a query at a place between two expressions, and what is known where several ways meet. It reads no code.
import type { Binding } from '../../../binder/scope.ts';
import type { PyNode } from '../../../python/tree.ts';
import type { Entity } from '../entity.ts';
import type { Item } from '../items.ts';
import type { Statement } from '../statement.ts';
import { mergeSessions, sessionKey } from './session-key.ts';
import type { FlowSession } from './session.ts';

/** What the expressions before a place have said about a query. */
export interface FlowState {
  readonly items: readonly Item[];
  readonly joinpoint: Entity | null;
  readonly root: Entity | null;
  readonly from: ReadonlySet<string>;
  readonly multiplied: ReadonlySet<string>;
  readonly joined: boolean;
  readonly reframed: boolean;
  readonly eager: boolean;
  readonly yieldPer: boolean;
  readonly fromStatement: boolean;
  readonly grouped: boolean;
  /** On every way. */
  readonly distinct: boolean;
  /** On some way. */
  readonly sometimesDistinct: boolean;
  readonly limited: boolean;
  readonly locked: boolean;
  readonly loaderOptions: boolean;
  /** On every way. */
  readonly criteria: boolean;
  readonly compound: string | null;
  readonly forWhole: boolean;
  /** Something other than criteria was said on some way. */
  readonly extended: boolean;
  /** `params()` was called on some way. */
  readonly parameters: boolean;
  readonly ordering: readonly PyNode[];
  readonly session: FlowSession;
  /** How the class that it selects is written: `self.model`. */
  readonly model: FlowSession;
  readonly passed: Passed;
  /** Why nothing can be said of it: the ways differ. */
  readonly conflicts: readonly string[];
}

/** The parameter of the function that a query came through, as far as the function has not changed what it was given. */
export interface Passed {
  readonly items: Binding | null;
  readonly joinpoint: Binding | null;
  /** What it selects from, and whether rows may repeat. */
  readonly rows: Binding | null;
  readonly session: Binding | null;
}

/** The session and the class of a query, as another place knows them. */
export function carriedBy(
  { session, model }: FlowState,
  carry: (each: FlowSession) => FlowSession,
): Pick<FlowState, 'session' | 'model'> {
  return { session: carry(session), model: carry(model) };
}

/** Links that only add criteria. */
const CRITERIA: ReadonlySet<string> = new Set(['filter', 'filter_by', 'where']);

/** Links that change what `filter_by()` means. */
const MOVING = /^(join|outerjoin|select_from|reset_joinpoint|with_entities|add_\w+)$/;

/** What is known after the expression of a statement. */
export function stateAfter(
  statement: Statement,
  { session, model }: Pick<FlowState, 'session' | 'model'>,
): FlowState {
  const { chain } = statement;
  const before = chain.head.kind === 'flow' ? chain.head.state : null;
  return {
    items: statement.items,
    joinpoint: statement.joinpoint,
    root: statement.root,
    from: new Set(statement.from),
    multiplied: new Set(statement.multiplied),
    joined: statement.joined,
    reframed: statement.reframed,
    eager: statement.eager,
    yieldPer: statement.yieldPer,
    fromStatement: statement.fromStatement,
    grouped: statement.grouped,
    distinct: statement.distinct,
    sometimesDistinct: statement.distinct || (before?.sometimesDistinct ?? false),
    limited: statement.limited,
    locked: statement.locked,
    loaderOptions: statement.loaderOptions,
    criteria: statement.criteria,
    compound: statement.compound,
    forWhole: statement.forWhole,
    extended:
      (before?.extended ?? false) || chain.links.some((link) => !CRITERIA.has(link.method.text)),
    parameters:
      (before?.parameters ?? false) || chain.links.some((link) => link.method.text === 'params'),
    ordering: [...statement.ordering],
    session,
    model,
    passed: {
      items: before && statement.items === before.items ? before.passed.items : null,
      joinpoint: chain.links.some((link) => MOVING.test(link.method.text))
        ? null
        : (before?.passed.joinpoint ?? null),
      rows: before && sameRows(statement, before) ? before.passed.rows : null,
      session: before?.passed.session ?? null,
    },
    conflicts: before?.conflicts ?? [],
  };
}

/** Whether an expression says nothing about what is selected from. */
function sameRows(statement: Statement, before: FlowState): boolean {
  return (
    statement.from.size === before.from.size &&
    statement.multiplied.size === before.multiplied.size &&
    statement.joined === before.joined &&
    statement.reframed === before.reframed &&
    statement.eager === before.eager &&
    statement.grouped === before.grouped &&
    statement.distinct === before.distinct &&
    statement.loaderOptions === before.loaderOptions
  );
}

/** What the rows of one state are, with all else of another. */
export function withRows(state: FlowState, rows: FlowState): FlowState {
  const { from, multiplied, joined, reframed, eager, grouped, distinct, loaderOptions } = rows;
  return { ...state, from, multiplied, joined, reframed, eager, grouped, distinct, loaderOptions };
}

/** What is known where two ways meet. */
export function merge(a: FlowState, b: FlowState): FlowState {
  const conflicts = new Set([...a.conflicts, ...b.conflicts]);
  if (a.yieldPer !== b.yieldPer)
    conflicts.add('only some of the queries that come here have `yield_per()`');
  if (a.fromStatement !== b.fromStatement)
    conflicts.add('only some of the queries that come here have `from_statement()`');
  if (a.compound !== b.compound)
    conflicts.add(
      `only some of the queries that come here have \`${a.compound ?? b.compound ?? ''}()\``,
    );
  return {
    items: itemsKey(a) === itemsKey(b) ? a.items : mergedItems(a, b),
    joinpoint: entityKey(a.joinpoint) === entityKey(b.joinpoint) ? a.joinpoint : null,
    root: entityKey(a.root) === entityKey(b.root) ? a.root : null,
    from: new Set([...a.from, ...b.from]),
    multiplied: new Set([...a.multiplied, ...b.multiplied]),
    joined: a.joined || b.joined,
    reframed: a.reframed || b.reframed,
    eager: a.eager || b.eager,
    yieldPer: a.yieldPer,
    fromStatement: a.fromStatement,
    grouped: a.grouped || b.grouped,
    distinct: a.distinct && b.distinct,
    sometimesDistinct: a.sometimesDistinct || b.sometimesDistinct,
    limited: a.limited || b.limited,
    locked: a.locked || b.locked,
    loaderOptions: a.loaderOptions || b.loaderOptions,
    criteria: a.criteria && b.criteria,
    compound: a.compound,
    forWhole: a.forWhole || b.forWhole,
    extended: a.extended || b.extended,
    parameters: a.parameters || b.parameters,
    ordering: [...new Set([...a.ordering, ...b.ordering])],
    session: mergeSessions(a.session, b.session),
    model: mergeSessions(a.model, b.model),
    passed: {
      items: a.passed.items === b.passed.items ? a.passed.items : null,
      joinpoint: a.passed.joinpoint === b.passed.joinpoint ? a.passed.joinpoint : null,
      rows: a.passed.rows === b.passed.rows ? a.passed.rows : null,
      session: a.passed.session === b.passed.session ? a.passed.session : null,
    },
    conflicts: [...conflicts],
  };
}

/** One item for what both may select, if both give objects or both give rows of columns. */
function mergedItems(a: FlowState, b: FlowState): readonly Item[] {
  const [first] = a.items;
  const [second] = b.items;
  if (
    a.items.length === 1 &&
    b.items.length === 1 &&
    first?.kind === 'entity' &&
    second?.kind === 'entity'
  )
    return [
      {
        ...first,
        text: '',
        key: [first.key, second.key]
          .flatMap((key) => key.split('|'))
          .toSorted()
          .filter((key, index, all) => all.indexOf(key) === index)
          .join('|'),
        model: null,
        among: [...new Set([...first.among, ...second.among])],
        isOpen: (first.isOpen ?? false) || (second.isOpen ?? false),
      },
    ];
  const all = [...a.items, ...b.items];
  if (first?.kind === 'columns' && all.every((item) => item.kind === 'columns'))
    return [
      {
        ...first,
        name: null,
        owner: null,
        attribute: null,
        aggregate: false,
        single: false,
        several: true,
        among: all,
      },
    ];
  return first
    ? [
        {
          kind: 'unknown',
          node: first.node,
          why: 'some of the queries that come here give objects, others give rows',
          among: all,
        },
      ]
    : [];
}

/** A text that is the same for equal states only. */
export function stateKey(state: FlowState): string {
  const { joinpoint, root, from, multiplied, ordering, passed, conflicts, ...flags } = state;
  return JSON.stringify([
    itemsKey(state),
    entityKey(joinpoint),
    entityKey(root),
    state.compound,
    [...from].toSorted(),
    [...multiplied].toSorted(),
    ordering.map((node) => node.start).toSorted((a, b) => a - b),
    sessionKey(state.session),
    sessionKey(state.model),
    [passed.items, passed.joinpoint, passed.rows, passed.session].map(
      (each) => each?.node.start ?? -1,
    ),
    conflicts.toSorted(),
    Object.values(flags).filter((value) => typeof value === 'boolean'),
  ]);
}

function itemsKey({ items }: FlowState): string {
  return JSON.stringify(
    items.map((item) =>
      item.kind === 'entity'
        ? ['entity', item.key, item.isAlias]
        : [item.kind, item.kind === 'columns' && item.several, item.node.text],
    ),
  );
}

function entityKey(entity: Entity | null): string {
  return entity ? `${entity.key} ${entity.text}` : '';
}
