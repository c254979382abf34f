// Computes what is known of a query at each expression of a group, until nothing changes any more. It makes no edits.
import type { PyNode } from '../../../python/tree.ts';
import type { RuleContext } from '../../rule.ts';
import type { FlowHead, QueryChain } from '../chain.ts';
import { readStatement, type Statement } from '../statement.ts';
import { originsOf } from './origins.ts';
import type { QueryGroup, Slot, Source } from './group.ts';
import { sessionOf } from './session.ts';
import { merge, stateAfter, stateKey, type FlowState } from './state.ts';

/** A source with what is known where it stands. */
export interface Solved {
  readonly source: Source;
  readonly chain: QueryChain;
  readonly statement: Statement;
  readonly before: FlowState | null;
}

const MOST_ROUNDS = 12;

/** Reads all expressions of a group; `null` where nothing settles. */
export function solve(
  group: QueryGroup,
  contextOf: (source: Source) => RuleContext,
): readonly Solved[] | null {
  const after = new Map<Source, FlowState>();
  const byNode = new Map(group.sources.map((source) => [source.node, source]));
  const valueOf = (argument: PyNode): FlowState | null => {
    const states = originsOf(argument).starts.flatMap((start) => {
      const source = byNode.get(start);
      return (source && after.get(source)) ?? [];
    });
    const [first, ...others] = states;
    return first ? others.reduce(merge, first) : null;
  };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const held = statesOf(group, after);
    let isSettled = true;
    for (const source of group.sources) {
      const chain = chainOf(source, held, valueOf);
      if (!chain) continue;
      const ctx = contextOf(source);
      const session =
        chain.head.kind === 'flow'
          ? chain.head.state.session
          : source.site
            ? sessionOf(source.site, ctx.facts)
            : null;
      if (!session) continue;
      const state = stateAfter(readStatement(chain, ctx), session);
      const known = after.get(source);
      if (known && stateKey(known) === stateKey(state)) continue;
      after.set(source, state);
      isSettled = false;
    }
    if (isSettled) return read(group, held, valueOf, contextOf);
  }
  return null;
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

function statesOf(
  { edges }: QueryGroup,
  after: ReadonlyMap<Source, FlowState>,
): ReadonlyMap<Slot, FlowState> {
  const held = new Map<Slot, FlowState>();
  for (const { from, to, carry } of edges) {
    const state = after.get(from);
    if (!state) continue;
    const carried = carry ? carry(state) : state;
    const known = held.get(to);
    held.set(to, known ? merge(known, carried) : carried);
  }
  return held;
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
