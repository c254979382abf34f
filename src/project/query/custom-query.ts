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

/** What of the class that an expression names changes what queries do, and where; `null` if it is Query or only adds methods to it. */
export function changesQueries(
  module: Module,
  node: PyNode,
  symbols: Symbols,
  listened: ListenedClasses,
  depth = 0,
): string | null {
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

/** What a `class` statement, or a base of it, changes of what queries do, and where: members that Query documents come before private ones. */
export function changesQueriesItself(
  module: Module,
  definition: PyNode,
  symbols: Symbols,
  listened: ListenedClasses,
  depth = 0,
): string | null {
  const [first, ...others] = changingMembers(module, definition);
  if (first) {
    const names = [first, ...others].slice(0, 3).map(({ name }) => `\`${name}\``);
    return `${names.join(', ')}${others.length > 2 ? ', …' : ''} ${placeOf(module, first.node)}`;
  }
  for (const base of definition.child('superclasses')?.named ?? []) {
    if (base.kind === 'keyword_argument') return placeOf(module, base);
    const above = changesQueries(module, base, symbols, listened, depth + 1);
    if (above) return above;
  }
  return null;
}

/** What the body of a class changes of Query; a private helper, which Query only may have, is named where there is nothing else. */
export function changingMembers(
  module: Module,
  definition: PyNode,
): readonly { readonly name: string; readonly node: PyNode }[] {
  const taken = members(module, definition).filter(({ name }) => isTaken(name));
  const telling = taken.filter(({ name }) => queryMethod(name) !== null || name.startsWith('__'));
  return telling.length > 0 ? telling : taken;
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
function isTaken(name: string): boolean {
  return (
    (name.startsWith('_') && name !== '__doc__') ||
    (queryMethod(name) !== null && !FLASK_HELPERS.has(name))
  );
}
