// Judges classes that extend Query: one that only adds methods leaves the queries that do not call them as they were.
import type { PyNode } from '../../python/tree.ts';
import { queryMethod } from '../../sqlalchemy/query-methods.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { placeOf, type Place } from './place.ts';

/** Query classes of libraries that behave as Query does. */
const USUAL: ReadonlySet<string> = new Set([
  'builtins.object',
  'sqlalchemy.orm.Query',
  'sqlalchemy.orm.query.Query',
  'flask_sqlalchemy.query.Query',
  'flask_sqlalchemy.BaseQuery',
  'flask_sqlalchemy.SQLAlchemy.Query',
]);

/** Methods of Flask-SQLAlchemy's Query only, which no other method calls. */
export const FLASK_HELPERS: ReadonlySet<string> = new Set([
  'first_or_404',
  'get_or_404',
  'one_or_404',
  'paginate',
]);

/** Where the class that an expression names changes what queries do; `null` if it is Query or only adds methods to it. */
export function changesQueries(
  module: Module,
  node: PyNode,
  symbols: Symbols,
  depth = 0,
): Place | null {
  const symbol = symbols.symbolOf(module, node);
  if (symbol?.kind === 'library') return USUAL.has(symbol.name) ? null : placeOf(module, node);
  const definition = symbol?.kind === 'definition' ? symbol.binding.value : null;
  if (symbol?.kind !== 'definition' || definition?.kind !== 'class_definition' || depth > 8)
    return placeOf(module, node);
  const body = definition.child('body');
  const members = body && symbol.module.binding.scopeOf(body.children[0] ?? body).bindings;
  for (const [name, [binding]] of members ?? [])
    if (binding && isTaken(name)) return placeOf(symbol.module, binding.node);
  for (const base of definition.child('superclasses')?.named ?? []) {
    if (base.kind === 'keyword_argument') return placeOf(symbol.module, base);
    const above = changesQueries(symbol.module, base, symbols, depth + 1);
    if (above) return above;
  }
  return null;
}

/** Whether Query has the name itself, or may have it. */
function isTaken(name: string): boolean {
  return (
    (name.startsWith('_') && name !== '__doc__') ||
    (queryMethod(name) !== null && !FLASK_HELPERS.has(name))
  );
}
