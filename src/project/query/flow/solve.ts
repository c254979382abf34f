// Computes what is known of a query at each expression of a group, until nothing changes any more. It makes no edits.
import type { PyNode } from '../../../python/tree.ts';
import type { RuleContext } from '../../rule.ts';
import type { FlowHead, QueryChain } from '../chain.ts';
import type { QuerySite } from '../site.ts';
import { readStatement, type Statement } from '../statement.ts';
import { originsOf } from './origins.ts';
import type { Edge, QueryGroup, Slot, Source } from './group.ts';
import { named, sessionOf } from './session.ts';
import { merge, stateAfter, stateKey, type FlowState } from './state.ts';

/** A source with what is known where it stands. */
export interface Solved {
  readonly source: Source;
  readonly chain: QueryChain;
  readonly statement: Statement;
  readonly before: FlowState | null;
}

/** Each round takes what is known a long way on: it follows the order of the code. */
const MOST_ROUNDS = 40;

/** Reads all expressions of a group; `null` where nothing settles. */
export function solve(
  group: QueryGroup,
  contextOf: (source: Source) => RuleContext,
): readonly Solved[] | null {
  const after = new Map<Source, FlowState>();
  const keys = new Map<Source, string>();
  const held = new Map<Slot, FlowState>();
  const { into, outOf } = edgesOf(group);
  const byNode = new Map(group.sources.map((source) => [source.node, source]));
  const valueOf = (argument: PyNode): FlowState | null => {
    const states = originsOf(argument).starts.flatMap((start) => {
      const source = byNode.get(start);
      return (source && after.get(source)) ?? [];
    });
    const [first, ...others] = states;
    return first ? others.reduce(merge, first) : null;
  };
  /** Reads an expression again if what reaches it has changed; whether it gives something else now. */
  const advance = (source: Source): boolean => {
    const chain = chainOf(source, held, valueOf);
    if (!chain) return false;
    const ctx = contextOf(source);
    const before = chain.head.kind === 'flow' ? chain.head.state : null;
    const key = before ? stateKey(before) : '';
    if (keys.get(source) === key) return false;
    keys.set(source, key);
    const made = before ?? (source.site && madeWith(source.site, ctx));
    if (!made) return false;
    const state = stateAfter(readStatement(chain, ctx), made);
    const known = after.get(source);
    after.set(source, state);
    return !known || stateKey(known) !== stateKey(state);
  };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let isSettled = true;
    for (const source of group.sources) {
      if (!advance(source)) continue;
      isSettled = false;
      for (const { to } of outOf.get(source) ?? []) {
        const state = stateOf(into.get(to) ?? [], after);
        if (state) held.set(to, state);
      }
    }
    if (isSettled) return read(group, held, valueOf, contextOf);
  }
  return null;
}

/** What the query that starts here is made with. */
function madeWith(site: QuerySite, { facts }: RuleContext): Pick<FlowState, 'session' | 'model'> {
  const { head } = site.chain;
  const [entity] = head.kind === 'call' ? head.selected : [];
  return { session: sessionOf(site, facts), model: named(entity ?? null, head.node, facts) };
}

function read(
  group: QueryGroup,
  held: ReadonlyMap<Slot, FlowState>,
  valueOf: (argument: PyNode) => FlowState | null,
  contextOf: (source: Source) => RuleContext,
): readonly Solved[] {
  return group.sources.flatMap((source) => {
    const chain = chainOf(source, held, valueOf);
    if (!chain) return [];
    const before = chain.head.kind === 'flow' ? chain.head.state : null;
    return [{ source, chain, statement: readStatement(chain, contextOf(source)), before }];
  });
}

interface Ways {
  readonly into: ReadonlyMap<Slot, readonly Edge[]>;
  readonly outOf: ReadonlyMap<Source, readonly Edge[]>;
}

function edgesOf({ edges }: QueryGroup): Ways {
  const into = new Map<Slot, Edge[]>();
  const outOf = new Map<Source, Edge[]>();
  for (const edge of edges) {
    add(into, edge.to, edge);
    add(outOf, edge.from, edge);
  }
  return { into, outOf };
}

function add<Key>(lists: Map<Key, Edge[]>, key: Key, edge: Edge): void {
  const list = lists.get(key);
  if (list) list.push(edge);
  else lists.set(key, [edge]);
}

/** What is known of what a slot holds; nothing before anything is known that gets there. */
function stateOf(edges: readonly Edge[], after: ReadonlyMap<Source, FlowState>): FlowState | null {
  const states = edges.flatMap(({ from, carry }) => {
    const state = after.get(from);
    return state ? [carry ? carry(state) : state] : [];
  });
  const [first, ...others] = states;
  return first ? others.reduce(merge, first) : null;
}

function chainOf(
  source: Source,
  held: ReadonlyMap<Slot, FlowState>,
  valueOf: (argument: PyNode) => FlowState | null,
): QueryChain | null {
  const { site, reads, links, carried } = source;
  if (site) return site.chain;
  const [first, ...others] = reads.flatMap((slot) => held.get(slot) ?? []);
  if (!first) return null;
  const merged = others.reduce(merge, first);
  return { head: flowHead(source.node, carried ? carried(merged, valueOf) : merged), ...links };
}

function flowHead(node: PyNode, state: FlowState): FlowHead {
  const { parent } = node;
  const starred = parent?.kind === 'list_splat' && parent.parent?.kind === 'attribute';
  const whole = wrapped(node);
  return {
    kind: 'flow',
    node: starred && parent ? parent : whole,
    selected: [],
    name: node,
    start: starred ? node.start : whole.start,
    starred,
    state,
  };
}

/** The parentheses around an expression that methods are called on. */
function wrapped(node: PyNode): PyNode {
  const isCompound = /^(conditional_expression|boolean_operator|named_expression|await)$/.test(
    node.kind,
  );
  return isCompound && node.parent?.kind === 'parenthesized_expression' ? node.parent : node;
}
