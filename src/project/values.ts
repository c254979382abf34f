// What an expression evaluates to, as far as SQLAlchemy is concerned: data only, see infer.ts for how it is found.
import type { PyNode } from '../python/tree.ts';

/** How well a fact is known: traced without a gap, or concluded from a name or a convention. */
export type Evidence = 'proven' | 'likely';

/**
 * A value. Library names are canonical (`sqlalchemy.Column`, `sqlalchemy.orm.Session`), whatever module the file imported them from;
 * names of the project are `module.QualName`.
 */
export type Value =
  /** A module: `import sqlalchemy as sa`. */
  | { readonly kind: 'module'; readonly name: string }
  /** A class or function of a library, not called. */
  | { readonly kind: 'library'; readonly name: string }
  /** A class of the project, not called. */
  | { readonly kind: 'class'; readonly id: string }
  /** One of several classes of the project, not called; sorted. */
  | { readonly kind: 'classes'; readonly ids: readonly string[] }
  /** A function of the project, not called. `self` is the bound object of a method. */
  | { readonly kind: 'function'; readonly id: string; readonly self: Value | null }
  /** A method of a library's object, not called: `session.query`. */
  | { readonly kind: 'method'; readonly self: InstanceValue; readonly name: string }
  | InstanceValue
  /** A tuple or list display whose items are known one by one. */
  | { readonly kind: 'tuple'; readonly items: readonly (Value | null)[] };

/** An object. */
export interface InstanceValue {
  readonly kind: 'instance';
  /** Canonical library class (`sqlalchemy.orm.Session`, `builtins.list`) or project class id. */
  readonly of: string;
  /**
   * What it holds: the element of a list, Query, Select, ScalarResult or Result; the class that a factory makes (sessionmaker, scoped_session);
   * the awaited value of a coroutine; the entity of an alias.
   */
  readonly element: Value | null;
}

/** A value with the reasons for it. */
export interface Inferred {
  readonly value: Value;
  readonly evidence: Evidence;
  /** The steps that lead to the value, outermost last, each one line for people: `session: parameter annotated Session (app/db.py:12)`. */
  readonly trail: readonly string[];
}

/** Answers what expressions evaluate to. */
export interface Inference {
  /** The value of an expression, or `null` if nothing is known about it. */
  infer(node: PyNode): Inferred | null;
  /**
   * The canonical library name or project id that a name or attribute expression refers to (`sqlalchemy.orm.relationship`, `app.models.User`), following
   * imports, re-exports and plain module-level aliases; `null` if unknown. Members of a Flask-SQLAlchemy object resolve to SQLAlchemy's names.
   */
  qualifiedName(node: PyNode): string | null;
}
