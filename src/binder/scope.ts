// The scopes, bindings and imports of one module as data: what binder/bind.ts computes. No analysis happens here.
import type { PyNode, PyTree } from '../python/tree.ts';

/** The kind of region that owns names. A class scope does not enclose the functions inside it. */
export type ScopeKind = 'module' | 'class' | 'function' | 'lambda' | 'comprehension';

/** How a name is bound. */
export type BindingKind =
  | 'import'
  | 'assignment'
  | 'augmented'
  | 'annotation'
  | 'parameter'
  | 'for'
  | 'comprehension'
  | 'with'
  | 'except'
  | 'class'
  | 'function'
  | 'walrus'
  | 'match'
  | 'delete'
  | 'type-alias';

/** What an import binding stands for. `from ..a import b as c` is `{ level: 2, module: 'a', name: 'b' }`, `import a.b` has no `name`. */
export interface ImportedName {
  readonly level: number;
  readonly module: string;
  /** The imported member, or `null` when the binding is a module itself. */
  readonly name: string | null;
}

/** One place that binds a name. */
export interface Binding {
  readonly kind: BindingKind;
  readonly name: string;
  /** The identifier that is bound (for `import a.b` the dotted name's first identifier). */
  readonly node: PyNode;
  readonly scope: Scope;
  /** The simple statement, compound statement, parameter or clause that binds. */
  readonly statement: PyNode;
  /** The expression assigned, iterated, entered (`with`), or the default of a parameter; for `def` and `class` the definition. */
  readonly value: PyNode | null;
  /** The annotation expression (inside its `type` node), if any. */
  readonly annotation: PyNode | null;
  /** How the value is unpacked to reach the name: `[]` directly, `[1]` second element, `['*']` starred. */
  readonly path: readonly (number | '*')[];
  readonly imported: ImportedName | null;
  /** The binding stands under `if TYPE_CHECKING:`. */
  readonly typeChecking: boolean;
}

/** A region that owns names. */
export interface Scope {
  readonly kind: ScopeKind;
  readonly node: PyNode;
  readonly parent: Scope | null;
  /** All bindings of each name, in source order. */
  readonly bindings: ReadonlyMap<string, readonly Binding[]>;
}

/** A `from x import *` statement. */
export interface StarImport {
  readonly node: PyNode;
  readonly level: number;
  readonly module: string;
}

/** Where a name was found. */
export interface Lookup {
  readonly scope: Scope;
  readonly bindings: readonly Binding[];
}

/** The names of one module, resolved by Python's rules. */
export interface ModuleBinding {
  readonly tree: PyTree;
  readonly module: Scope;
  readonly starImports: readonly StarImport[];
  /** All import bindings at any level of the module, in source order. */
  readonly imports: readonly Binding[];
  /** The innermost scope in which an expression at `node` is evaluated (defaults, decorators, annotations and bases belong to the outer one). */
  scopeOf(node: PyNode): Scope;
  /** The scope and bindings that `name`, read at `node`, refers to; `null` if it is a builtin, comes from a star import, or is undefined. */
  lookup(name: string, node: PyNode): Lookup | null;
  /** The bindings that may have given an identifier its value where it is read, judged by the flow of statements within its scope. */
  reaching(identifier: PyNode): readonly Binding[];
  /** Every identifier node in the module that reads `name` of `scope` (not the places that bind it). */
  references(scope: Scope, name: string): readonly PyNode[];
  /** Whether `name` could be bound by any scope visible at `node`, by a star import excepted. */
  isBound(name: string, node: PyNode): boolean;
}
