// Judges classes that extend Query: one that only adds methods leaves the queries that do not call them as they were.
import type { PyNode } from '../../python/tree.ts';
import { queryMethod } from '../../sqlalchemy/query-methods.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { placeOf, type Place } from '../place.ts';

/** Query classes of libraries that behave as Query does. */
export const QUERY_CLASSES: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.Query',
  'sqlalchemy.orm.query.Query',
  'flask_sqlalchemy.query.Query',
  'flask_sqlalchemy.BaseQuery',
  'flask_sqlalchemy.SQLAlchemy.Query',
]);
const USUAL: ReadonlySet<string> = new Set([...QUERY_CLASSES, 'builtins.object']);

/** Methods of Flask-SQLAlchemy's Query only, which no other method calls. */
export const FLASK_HELPERS: ReadonlySet<string> = new Set([
  'first_or_404',
  'get_or_404',
  'one_or_404',
  'paginate',
]);

/** The classes that `before_compile` listeners are for, by id. */
export type ListenedClasses = ReadonlyMap<string, Place>;

/** Where the class that an expression names changes what queries do; `null` if it is Query or only adds methods to it. */
export function changesQueries(
  module: Module,
  node: PyNode,
  symbols: Symbols,
  listened: ListenedClasses,
  depth = 0,
): Place | null {
  const symbol = symbols.symbolOf(module, node);
  if (symbol?.kind === 'library') return USUAL.has(symbol.name) ? null : placeOf(module, node);
  const definition = symbol?.kind === 'definition' ? symbol.binding.value : null;
  if (symbol?.kind !== 'definition' || definition?.kind !== 'class_definition' || depth > 8)
    return placeOf(module, node);
  return (
    listened.get(symbol.id) ??
    changesQueriesItself(symbol.module, definition, symbols, listened, depth)
  );
}

/** Where a `class` statement, or a base of it, changes what queries do. */
export function changesQueriesItself(
  module: Module,
  definition: PyNode,
  symbols: Symbols,
  listened: ListenedClasses,
  depth = 0,
): Place | null {
  const taken = members(module, definition).find(({ name }) => isTaken(name));
  if (taken) return placeOf(module, taken.node);
  for (const base of definition.child('superclasses')?.named ?? []) {
    if (base.kind === 'keyword_argument') return placeOf(module, base);
    const above = changesQueries(module, base, symbols, listened, depth + 1);
    if (above) return above;
  }
  return null;
}

/** The names that the body of a class defines. */
export function members(
  module: Module,
  definition: PyNode,
): readonly { readonly name: string; readonly node: PyNode }[] {
  const body = definition.child('body');
  const bindings = body && module.binding.scopeOf(body.children[0] ?? body).bindings;
  return [...(bindings ?? [])].flatMap(([name, [binding]]) =>
    binding ? [{ name, node: binding.node }] : [],
  );
}

/** Whether Query has the name itself, or may have it. */
export function isTaken(name: string): boolean {
  return (
    (name.startsWith('_') && name !== '__doc__') ||
    (queryMethod(name) !== null && !FLASK_HELPERS.has(name))
  );
}
