// The module graph: which file is which dotted module, and what names imports lead to across files.
import type { ModuleBinding } from '../binder/scope.ts';
import type { PyTree } from '../python/tree.ts';

/** One parsed module of the project. */
export interface Module {
  /** Path relative to the project root, POSIX separators. */
  readonly path: string;
  /** Dotted name, `src/` layouts considered; unique within the project. */
  readonly name: string;
  readonly isPackage: boolean;
  readonly tree: PyTree;
  readonly binding: ModuleBinding;
}

/** The modules of the project. */
export interface ModuleGraph {
  readonly modules: readonly Module[];
  byPath(path: string): Module | null;
  /** Whether the project has a top-level package or module of this name. */
  hasTopLevel(name: string): boolean;
  /** The module that an import of `name` (with `level` dots) in `from` refers to, `null` if it is not part of the project. */
  resolve(from: Module, name: string, level: number): Module | null;
  /** The modules that may name it: by their imports, or in a string that tells what a test replaces. */
  importersOf(module: Module): readonly Module[];
  /** The absolute dotted name that an import in `from` refers to, whether or not it is in the project. */
  absoluteName(from: Module, name: string, level: number): string;
}
