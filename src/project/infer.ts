// Finds what expressions evaluate to, on demand: the entry of value inference. The files in infer/ do the tracing, by kind of thing.
import type { PyNode } from '../python/tree.ts';
import type { LibraryClass } from '../sqlalchemy/returns.ts';
import type { ModelIndex } from './models.ts';
import type { Module, ModuleGraph } from './modules.ts';
import { placesIn, type Place } from './place.ts';
import type { Settings } from './settings.ts';
import type { Symbols } from './symbols.ts';
import type { FunctionCalls, FunctionDefinition } from './facts.ts';
import type { Inferred, Value } from './values.ts';
import { typedValue } from './infer/annotations.ts';
import { callsOf, type Calls } from './infer/call-sites.ts';
import { callValue, enteredValue, iteratedValue } from './infer/calls.ts';
import { isInstanceOf } from './infer/classes.ts';
import { listenedEvents } from './infer/events.ts';
import { inferExpression } from './infer/expressions.ts';
import { isOverload, returnedValue } from './infer/functions.ts';
import { memberValue } from './infer/members.ts';
import { bindingValue } from './infer/names.ts';
import { createMemory, type Memory } from './infer/memory.ts';
import { createIndexParts, type IndexParts } from './infer/index-parts.ts';
import { parameterValue } from './infer/parameters.ts';
import { createIndex } from './infer/project-index.ts';
import type { FunctionSource, ProjectIndex, Tracer } from './infer/tracer.ts';
import { joined, PENDING } from './infer/value.ts';

/** What outlives a pass. Answers about files that were rewritten are found under their old nodes alone. */
export interface Carried {
  readonly memory: Memory;
  readonly parts: IndexParts;
}

/** Answers what expressions of a project evaluate to. Everything is computed on demand and remembered. */
export interface ProjectInference {
  /** The value of an expression, or `null` if nothing is known about it. */
  infer(module: Module, node: PyNode): Inferred | null;
  /** What calling a function of the project gives: coroutine and context manager wrappers included. */
  returns(functionId: string): Inferred | null;
  /** The definitions of a function of the project. */
  functionsOf(id: string): readonly FunctionDefinition[];
  /** The calls of a function in the project. */
  callersOf(module: Module, definition: PyNode): FunctionCalls;
  /** The names of the events that a function listens to. */
  eventsOf(module: Module, definition: PyNode): readonly string[];
  /** Whether a value is an object of a library's class or of a subclass of it, in the library or in the project. */
  isInstanceOf(value: Value, library: LibraryClass): boolean;
  /** The classes, functions and mentions of names of all files. */
  readonly index: ProjectIndex;
  /** The calls of a function in all files. */
  callsOf(source: FunctionSource): Calls;
  readonly carried: Carried;
}

/** Creates the inference of a project; `before` is what an earlier pass over it knows. */
export function createInference(
  graph: ModuleGraph,
  symbols: Symbols,
  models: ModelIndex,
  settings: Settings,
  before: Carried | null = null,
): ProjectInference {
  const memory = before?.memory ?? createMemory();
  const parts = before?.parts ?? createIndexParts();
  const places = new Map<Module, (node: PyNode) => Place>();
  const tracer: Tracer = {
    graph,
    symbols,
    models,
    settings,
    index: createIndex(graph, symbols, parts),
    infer: (module, node) => memory.once(node, () => inferExpression(tracer, module, node)),
    bound: (module, binding) => memory.once(binding, () => bindingValue(tracer, module, binding)),
    parameter: (module, binding) => parameterValue(tracer, module, binding),
    typed: (module, annotation) => typedValue(tracer, module, annotation),
    member: (owner, name) => memberValue(tracer, owner, name),
    called: (callee, site) => callValue(tracer, callee, site),
    returned: (source) => memory.once(source.node, () => returnedValue(tracer, source)),
    iterated: (value) => iteratedValue(tracer, value),
    entered: (value) => enteredValue(tracer, value),
    place(module, node) {
      const known = places.get(module) ?? placesIn(module);
      places.set(module, known);
      return known(node);
    },
  };
  const settled = (inferred: Inferred | null): Inferred | null =>
    inferred === PENDING ? null : inferred;
  return {
    infer: (module, node) => settled(tracer.infer(module, node)),
    returns: (id) =>
      settled(
        joined(
          tracer.index
            .functionsById(id)
            .filter((source) => !isOverload(source))
            .map((source) => tracer.returned(source)),
        ),
      ),
    functionsOf: (id) => tracer.index.functionsById(id).filter((source) => !isOverload(source)),
    callersOf(module, definition) {
      const found = callsOf(tracer, tracer.index.functionAt(module, definition));
      return {
        calls: found.calls.filter((call) => call.given === null),
        open: found.escapes !== null || found.doubtful.length > 0 || found.tooMany,
      };
    },
    eventsOf: (module, definition) =>
      listenedEvents(tracer, tracer.index.functionAt(module, definition)).map(({ name }) => name),
    isInstanceOf: (value, library) => isInstanceOf(tracer.index, value, library),
    index: tracer.index,
    callsOf: (source) => callsOf(tracer, source),
    carried: { memory, parts },
  };
}
