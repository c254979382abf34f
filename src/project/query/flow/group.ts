// A group of connected queries: where they are made, what holds them, and what is done with them. Data only.
import type { Binding } from '../../../binder/scope.ts';
import type { PyNode } from '../../../python/tree.ts';
import type { ClassSource } from '../../infer/tracer.ts';
import type { Edit } from '../../../edits/edit.ts';
import type { Module } from '../../modules.ts';
import type { NameUse } from '../../rule.ts';
import type { QueryChain } from '../chain.ts';
import type { QuerySite } from '../site.ts';
import type { Destination } from './destination.ts';
import type { FlowState } from './state.ts';

/** What holds a query between expressions: a binding of a name, the definition of a function (its result), a larger expression, an attribute. */
export type Slot = Binding | PyNode | AttributeSlot | ElementSlot;

/** An attribute of the objects of related classes. */
export interface AttributeSlot {
  readonly kind: 'attribute-slot';
  readonly classes: readonly ClassSource[];
  readonly name: string;
}

/** One item of the tuples that a function returns. */
export interface ElementSlot {
  readonly kind: 'element-slot';
  readonly definition: PyNode;
  readonly index: number;
}

/** What is known after a call; `valueOf` tells what is known of what was passed. */
export type Carried = (
  state: FlowState,
  valueOf: (argument: PyNode) => FlowState | null,
) => FlowState;

/** An expression at which a query starts, or is taken from where it is held. */
export interface Source {
  readonly module: Module;
  readonly node: PyNode;
  /** The site, where the query is made here. */
  readonly site: QuerySite | null;
  readonly links: Omit<QueryChain, 'head'>;
  /** Where it may come from; empty where it is made. */
  readonly reads: readonly Slot[];
  /** What the call of a function gives, as its caller knows it. */
  readonly carried: Carried | null;
  /** What becomes of it; `null` if a method or property of Query ends the expression. */
  readonly destination: Destination | null;
}

/** The way of a query from an expression to what holds it. */
export interface Edge {
  readonly from: Source;
  readonly to: Slot;
  readonly carry: ((state: FlowState) => FlowState) | null;
}

/** An empty list in place of a query that would give no rows. */
export interface EmptyList {
  readonly module: Module;
  readonly node: PyNode;
}

/** Why a group cannot be rewritten. */
export interface Obstacle {
  readonly module: Module;
  readonly node: PyNode;
  readonly why: string;
}

/** Queries that can only be rewritten together. */
export interface QueryGroup {
  readonly heads: readonly Source[];
  readonly sources: readonly Source[];
  readonly edges: readonly Edge[];
  /** Empty lists that stand where a query may stand too. */
  readonly empties: readonly EmptyList[];
  readonly obstacle: Obstacle | null;
  /** Why the rewrite is not certain. */
  readonly doubts: readonly string[];
}

/** The rewrite of a whole group. */
export interface GroupRewrite {
  readonly edits: readonly Edit[];
  readonly uses: readonly NameUse[];
  readonly doubts: readonly string[];
  /** Why there is none; empty if there is one. */
  readonly refusals: readonly string[];
}

/** A group with what can be done about it. */
export interface JudgedGroup {
  readonly group: QueryGroup;
  /** `null` for a group with an obstacle. */
  readonly rewrite: GroupRewrite | null;
}
