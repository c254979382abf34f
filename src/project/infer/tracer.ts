// The shape of the value tracer that the files of this folder share. It holds no logic.
import type { Binding, Scope } from '../../binder/scope.ts';
import type { PyNode } from '../../python/tree.ts';
import type { ModelIndex } from '../models.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { Settings } from '../settings.ts';
import type { Symbols } from '../symbols.ts';
import type { Inferred, Value } from '../values.ts';

/** What tracing one question may ask of the others. Every answer is `null` where nothing is known. */
export interface Tracer {
  readonly graph: ModuleGraph;
  readonly symbols: Symbols;
  readonly models: ModelIndex;
  readonly settings: Settings;
  readonly index: ProjectIndex;
  /** The value of an expression. */
  infer(module: Module, node: PyNode): Inferred | null;
  /** The value that a binding gives its name. */
  bound(module: Module, binding: Binding): Inferred | null;
  /** The value of a parameter. */
  parameter(module: Module, binding: Binding): Inferred | null;
  /** The value of an object of the annotated type. */
  typed(module: Module, annotation: PyNode): Inferred | null;
  /** The value of the attribute `name` of an object. */
  member(owner: Inferred, name: string): Inferred | null;
  /** The value of a call; `site` is `null` for a call that is not written out (a dependency, a fixture). */
  called(callee: Inferred, site: CallSite | null): Inferred | null;
  /** What calling a function of the project returns, coroutine and context manager wrappers included. */
  returned(source: FunctionSource): Inferred | null;
  /** What iterating over an object yields. */
  iterated(value: Inferred): Inferred | null;
  /** What `with` binds for a context manager. */
  entered(value: Inferred): Inferred | null;
  /** Where something stands, for people: `app/db.py:12`. */
  place(module: Module, node: PyNode): string;
}

/** A call as written. */
export interface CallSite {
  readonly module: Module;
  readonly call: PyNode;
}

/** A class of the project. */
export interface ClassSource {
  readonly id: string;
  readonly name: string;
  readonly module: Module;
  readonly node: PyNode;
  readonly scope: Scope;
}

/** A function of the project. */
export interface FunctionSource {
  readonly id: string;
  readonly name: string;
  readonly module: Module;
  readonly node: PyNode;
  /** The class whose body defines it. */
  readonly owner: ClassSource | null;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** The expressions after `@`. */
  readonly decorators: readonly PyNode[];
}

/** A base class: of the project, of a library (canonical name), or unknown (`null`). */
export type BaseClass = ClassSource | string | null;

/** A place that sets an attribute of `self` or `cls`. */
export interface AttributeSetting {
  readonly source: FunctionSource;
  readonly target: PyNode;
  readonly annotation: PyNode | null;
  readonly value: PyNode | null;
  /** How the value is unpacked to reach the attribute. */
  readonly path: readonly (number | '*')[];
  readonly kind: 'assigned' | 'entered' | 'other';
}

/** A mention of a name in the project. */
export interface Mention {
  readonly module: Module;
  readonly node: PyNode;
}

/** What a walk over all files of the project knows about its classes, functions and calls; answers are computed on demand. */
export interface ProjectIndex {
  classById(id: string): ClassSource | null;
  classAt(module: Module, node: PyNode): ClassSource | null;
  functionsById(id: string): readonly FunctionSource[];
  functionAt(module: Module, node: PyNode): FunctionSource;
  bases(source: ClassSource): readonly BaseClass[];
  /** The class and its ancestors, nearest first. */
  ancestors(source: ClassSource): readonly BaseClass[];
  /** Classes of the project that derive from it, at any distance. */
  descendants(source: ClassSource): readonly ClassSource[];
  /** Where methods of the class itself set attributes of the instance, by attribute. */
  settingsOfSelf(source: ClassSource): ReadonlyMap<string, readonly AttributeSetting[]>;
  /** Every place that reads `name`, as a name or as an attribute, under import aliases too. */
  mentions(name: string): readonly Mention[];
  /** Assignments to the attribute `name` of anything but `self` and `cls`. */
  attributeAssignments(name: string): readonly Mention[];
  /** Whether the class, or the variable that holds a base class, was given `query = session.query_property()`. */
  hasQueryProperty(id: string): boolean;
  /** Whether some file of the project imports SQLAlchemy or a companion. */
  readonly usesSqlalchemy: boolean;
  importsSqlalchemy(module: Module): boolean;
}

/** A value with no gap in its trace. */
export function proven(value: Value, ...trail: readonly string[]): Inferred {
  return { value, evidence: 'proven', trail };
}
