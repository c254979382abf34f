// The questions that rules may ask about the project. Pure queries over what binder and project computed; nothing here rewrites.
import type { Binding, ModuleBinding } from '../binder/scope.ts';
import type { PyNode } from '../python/tree.ts';
import type { AsyncFacts } from './asyncio/facts.ts';
import type { MappedClass, ModelIndex } from './models.ts';
import type { MetadataBind } from './core/bound-metadata.ts';
import type { ImplicitUse } from './core/implicit-binds.ts';
import type { Module, ModuleGraph } from './modules.ts';
import type { LeadsTo } from './import-cycles.ts';
import type { Calls } from './infer/call-sites.ts';
import type { FunctionSource, ProjectIndex } from './infer/tracer.ts';
import type { QueryBlockers } from './query/blockers.ts';
import type { JudgedGroup } from './query/flow/group.ts';
import type { NamedOptionFixes } from './query/loader-paths/thread.ts';
import type { QuerySources } from './query/query-properties.ts';
import type { Symbols } from './symbols.ts';
import type { Inference } from './values.ts';

/** A function of the project. */
export interface FunctionDefinition {
  readonly module: Module;
  readonly node: PyNode;
}

/** A call of a function of the project. */
export interface FunctionCall {
  readonly module: Module;
  readonly call: PyNode;
  /** How many parameters come before those that the call passes: 1 for a bound method. */
  readonly skipped: number;
}

/** The calls of a function that were found in the project. */
export interface FunctionCalls {
  readonly calls: readonly FunctionCall[];
  /** It may be called from elsewhere too: it is passed on as a value, or methods of its name are called on unknown objects. */
  readonly open: boolean;
}

/** Facts as seen from one file of the project. */
export interface Facts extends Inference {
  readonly module: Module;
  readonly binding: ModuleBinding;
  readonly modules: ModuleGraph;
  readonly models: ModelIndex;
  readonly symbols: Symbols;
  /** The mapped class that an expression names (`User`, `models.User`), not an instance of it. */
  mappedClass(node: PyNode): MappedClass | null;
  /** The single binding that gives an identifier its value, or `null` if there are several or none. */
  definition(identifier: PyNode): Binding | null;
  /** The facts as seen from another file of the project. */
  in(module: Module): Facts;
  /** The definitions of a function of the project, by its id: several where overloads or branches define the name again. */
  functionsOf(id: string): readonly FunctionDefinition[];
  /** The calls of a function that is defined in this file. */
  callersOf(definition: PyNode): FunctionCalls;
  /** The names of the events (`before_insert`) that a function of this file listens to. */
  eventsOf(definition: PyNode): readonly string[];
  /** What in the project changes the meaning of its queries. */
  queryBlockers(): QueryBlockers;
  /** What the project as a whole does with asyncio. */
  asyncFacts(): AsyncFacts;
  /** Whether importing one module leads to another. */
  readonly leadsTo: LeadsTo;
  /** All places of the project that bind a MetaData to an engine. */
  metadataBinds(): readonly MetadataBind[];
  /** Every place of the project that may read the engine of a MetaData. */
  implicitUses(): readonly ImplicitUse[];
  /** Where the attribute `query` of classes comes from. */
  querySources(): QuerySources;
  /** The classes, functions and mentions of names of all files. */
  readonly index: ProjectIndex;
  /** The calls of a function in all files. */
  callsOf(source: FunctionSource): Calls;
  /** The group of connected queries that a head belongs to, and its rewrite; `judge` is asked once for all heads of a group. */
  queryGroup(head: PyNode, judge: () => JudgedGroup): JudgedGroup;
  /** What becomes of loader options that are given names at run time; `judge` is asked once for all of the project. */
  namedOptions(judge: () => NamedOptionFixes): NamedOptionFixes;
}
