// Resolves names and dotted expressions to what they are defined as, across the files of the project. It infers no values.
import type { Binding } from '../binder/scope.ts';
import type { PyNode } from '../python/tree.ts';
import type { Module } from './modules.ts';

/** What a name stands for. */
export type Symbol =
  /** A module; `module` is `null` for one outside of the project. */
  | { readonly kind: 'module'; readonly name: string; readonly module: Module | null }
  /** A name of a library, canonical for SQLAlchemy and its companions (`sqlalchemy.orm.Session`), else as imported (`datetime.date`, `builtins.int`). */
  | { readonly kind: 'library'; readonly name: string }
  /** A class, function or variable that the project defines. `id` is `module.QualName`. */
  | {
      readonly kind: 'definition';
      readonly id: string;
      readonly module: Module;
      readonly binding: Binding;
    };

/** Answers what names stand for. */
export interface Symbols {
  /**
   * What an identifier or attribute chain (`User`, `models.User`, `sa.orm.relationship`, `db.Column`) stands for, following imports, re-exports through
   * `__init__`, star imports, `try/except ImportError` alternatives that agree, and plain aliases (`Col = sa.Column`). `null` if unknown or ambiguous.
   */
  symbolOf(module: Module, node: PyNode): Symbol | null;
  /** What the dotted text `name` would stand for if it were written at `node` (string annotations, string targets). */
  symbolNamed(module: Module, name: string, node: PyNode): Symbol | null;
  /** What another module gets when it imports `name` from `module`. */
  exported(module: Module, name: string): Symbol | null;
  /** The definition of a project id. */
  definition(id: string): { readonly module: Module; readonly binding: Binding } | null;
  /** The id of a binding of the project. Classes of one name in one scope (`if` and `else`) have an id each: see `firstDefinition`. */
  idOf(module: Module, binding: Binding): string;
}

/** The part of an id that tells the second definition of a class in a scope from the first: `shop.<2>.User`. */
const AGAIN = /<\d+>\./;

/** The id of the definition that comes first in the scope, which is the one that names stand for where several could be meant. */
export function firstDefinition(id: string): string {
  return id.replace(AGAIN, '');
}

/** The id that a second class of that name in the scope has. */
export function secondDefinition(id: string): string {
  const name = id.lastIndexOf('.') + 1;
  return `${id.slice(0, name)}<2>.${id.slice(name)}`;
}

/** Whether an id belongs to a class that the same scope has defined before. */
export function isRedefined(id: string): boolean {
  return AGAIN.test(id);
}
