// What SQLAlchemy's functions, methods and attributes give, as data. How values flow is the business of project/infer.ts.
import { METHODS } from './return-tables.ts';

/** Canonical name of a class. */
export type LibraryClass = `${string}.${string}`;

/**
 * A value that depends on the receiver or on the arguments.
 *
 * Convention for elements: a Result, a list of rows or a multi-column Query holds `sqlalchemy.Row` objects, whose own element is the `tuple` of what the
 * columns give; a Select holds such a Row even for a single entity; a Query of a single entity, a ScalarResult and a list of objects hold the objects.
 */
export type Source =
  /** The receiver: same class, same element. */
  | 'self'
  /** What the receiver holds or makes. */
  | 'element'
  /** The first item of the row that the receiver holds; what it holds, if that is no row. */
  | 'scalar'
  /** A row of what the arguments select. */
  | 'row'
  /** What a Query of the arguments yields: the object, if there is exactly one argument and it is an entity, else a row. */
  | 'query-row'
  /** An object of the class that is the first argument. */
  | 'instance'
  /** The first argument itself. */
  | 'argument'
  /** What the first argument (a statement, a factory, a list) holds. */
  | 'argument-element'
  /** The first item of the row that the first argument holds. */
  | 'argument-scalar'
  /** What the function that is the first argument returns. */
  | 'argument-call';

/** What a call, an attribute or an iteration gives. */
export interface ReturnSpec {
  readonly of: LibraryClass | Source;
  /** What the object of class `of` holds. */
  readonly element?: LibraryClass | Source;
  /** It comes after `await`. */
  readonly awaitable?: true;
  /** It may be None instead. */
  readonly optional?: true;
  /** It is not given itself but by entering (`with`, or `async with` if `awaitable`) what is given. */
  readonly contextManager?: true;
}

/** A member of a class. */
export interface MemberSpec extends ReturnSpec {
  /** It is an attribute, not a method. */
  readonly attribute?: true;
}

/** Superclasses that matter for looking up members. */
export const LIBRARY_BASES: Readonly<Record<LibraryClass, LibraryClass>> = {
  'flask_sqlalchemy.pagination.Pagination': 'builtins.object',
  'flask_sqlalchemy.query.Query': 'sqlalchemy.orm.Query',
  'flask_sqlalchemy.session.Session': 'sqlalchemy.orm.Session',
  'sqlalchemy.ChunkedIteratorResult': 'sqlalchemy.Result',
  'sqlalchemy.CursorResult': 'sqlalchemy.Result',
  'sqlalchemy.IteratorResult': 'sqlalchemy.Result',
  'sqlalchemy.NestedTransaction': 'sqlalchemy.Transaction',
  'sqlalchemy.ResultProxy': 'sqlalchemy.CursorResult',
  'sqlalchemy.RootTransaction': 'sqlalchemy.Transaction',
  'sqlalchemy.TwoPhaseTransaction': 'sqlalchemy.Transaction',
  'sqlalchemy.engine.LegacyCursorResult': 'sqlalchemy.CursorResult',
  'sqlalchemy.engine.LegacyRow': 'sqlalchemy.Row',
  'sqlalchemy.engine.RowProxy': 'sqlalchemy.Row',
  'sqlalchemy.ext.asyncio.async_scoped_session': 'sqlalchemy.ext.asyncio.AsyncSession',
  'sqlalchemy.ext.baked.BakedQuery': 'builtins.object',
  'sqlalchemy.ext.horizontal_shard.ShardedQuery': 'sqlalchemy.orm.Query',
  'sqlalchemy.ext.horizontal_shard.ShardedSession': 'sqlalchemy.orm.Session',
  'sqlalchemy.future.Connection': 'sqlalchemy.Connection',
  'sqlalchemy.future.Engine': 'sqlalchemy.Engine',
  'sqlalchemy.orm.AppenderQuery': 'sqlalchemy.orm.Query',
  'sqlalchemy.orm.dynamic.AppenderMixin': 'sqlalchemy.orm.Query',
  'sqlalchemy.orm.scoped_session': 'sqlalchemy.orm.Session',
  'sqlmodel.Session': 'sqlalchemy.orm.Session',
  'sqlmodel.ext.asyncio.session.AsyncSession': 'sqlalchemy.ext.asyncio.AsyncSession',
};

/** Calls of functions, and of classes whose object holds something. Every other class, called, gives its object. */
export const CALLS: Readonly<Record<LibraryClass, ReturnSpec>> = {
  'sqlalchemy.alias': { of: 'sqlalchemy.Alias', element: 'argument-element' },
  'sqlalchemy.create_engine': { of: 'sqlalchemy.Engine' },
  'sqlalchemy.create_mock_engine': { of: 'sqlalchemy.engine.mock.MockConnection' },
  'sqlalchemy.delete': { of: 'sqlalchemy.Delete' },
  'sqlalchemy.engine_from_config': { of: 'sqlalchemy.Engine' },
  'sqlalchemy.except_': { of: 'sqlalchemy.CompoundSelect', element: 'argument-element' },
  'sqlalchemy.except_all': { of: 'sqlalchemy.CompoundSelect', element: 'argument-element' },
  'sqlalchemy.exists': { of: 'sqlalchemy.Exists' },
  'sqlalchemy.ext.asyncio.async_engine_from_config': { of: 'sqlalchemy.ext.asyncio.AsyncEngine' },
  'sqlalchemy.ext.asyncio.async_scoped_session': {
    of: 'sqlalchemy.ext.asyncio.async_scoped_session',
    element: 'argument-element',
  },
  'sqlalchemy.ext.asyncio.async_sessionmaker': {
    of: 'sqlalchemy.ext.asyncio.async_sessionmaker',
    element: 'sqlalchemy.ext.asyncio.AsyncSession',
  },
  'sqlalchemy.ext.asyncio.create_async_engine': { of: 'sqlalchemy.ext.asyncio.AsyncEngine' },
  'sqlalchemy.future.create_engine': { of: 'sqlalchemy.future.Engine' },
  'sqlalchemy.insert': { of: 'sqlalchemy.Insert' },
  'sqlalchemy.dialects.mysql.insert': { of: 'sqlalchemy.dialects.mysql.Insert' },
  'sqlalchemy.dialects.postgresql.insert': { of: 'sqlalchemy.dialects.postgresql.Insert' },
  'sqlalchemy.dialects.sqlite.insert': { of: 'sqlalchemy.dialects.sqlite.Insert' },
  'sqlalchemy.inspect': { of: 'sqlalchemy.Inspector' },
  'sqlalchemy.intersect': { of: 'sqlalchemy.CompoundSelect', element: 'argument-element' },
  'sqlalchemy.intersect_all': { of: 'sqlalchemy.CompoundSelect', element: 'argument-element' },
  'sqlalchemy.join': { of: 'sqlalchemy.Join' },
  'sqlalchemy.make_url': { of: 'sqlalchemy.URL' },
  'sqlalchemy.orm.Query': { of: 'sqlalchemy.orm.Query', element: 'query-row' },
  'sqlalchemy.orm.class_mapper': { of: 'sqlalchemy.orm.Mapper' },
  'sqlalchemy.orm.mapper': { of: 'sqlalchemy.orm.Mapper' },
  'sqlalchemy.orm.create_session': { of: 'sqlalchemy.orm.Session' },
  'sqlalchemy.orm.object_mapper': { of: 'sqlalchemy.orm.Mapper' },
  'sqlalchemy.orm.object_session': { of: 'sqlalchemy.orm.Session', optional: true },
  'sqlalchemy.orm.scoped_session': {
    of: 'sqlalchemy.orm.scoped_session',
    element: 'argument-element',
  },
  'sqlalchemy.orm.sessionmaker': {
    of: 'sqlalchemy.orm.sessionmaker',
    element: 'sqlalchemy.orm.Session',
  },
  'sqlalchemy.outerjoin': { of: 'sqlalchemy.Join' },
  'sqlalchemy.select': { of: 'sqlalchemy.Select', element: 'row' },
  'sqlalchemy.table': { of: 'sqlalchemy.TableClause' },
  'sqlalchemy.text': { of: 'sqlalchemy.TextClause' },
  'sqlalchemy.union': { of: 'sqlalchemy.CompoundSelect', element: 'argument-element' },
  'sqlalchemy.union_all': { of: 'sqlalchemy.CompoundSelect', element: 'argument-element' },
  'sqlalchemy.update': { of: 'sqlalchemy.Update' },
};

const CALLS_BY_NAME: ReadonlyMap<string, ReturnSpec> = new Map(Object.entries(CALLS));
const BASES_BY_NAME: ReadonlyMap<string, string> = new Map(Object.entries(LIBRARY_BASES));

/**
 * What a member of a library class gives. Special methods stand for their syntax: `__call__`, `__iter__` and `__aiter__` (each element), `__getitem__`,
 * `__enter__` and `__aenter__` (what `as` binds), `__await__`. `null` if nothing is known about it.
 */
export function memberOf(of: string, member: string): MemberSpec | null {
  for (let each: string | undefined = of; each; each = baseOf(each)) {
    const members = METHODS.get(each);
    if (members && Object.hasOwn(members, member)) return members[member] ?? null;
  }
  return null;
}

/** Whether a library class is `base` or derives from it. */
export function isLibrarySubclass(of: string, base: string): boolean {
  for (let each: string | undefined = of; each; each = baseOf(each)) if (each === base) return true;
  return false;
}

/** What calling a canonical function or class gives, `null` if nothing is known (a class then gives its object). */
export function callOf(canonical: string): ReturnSpec | null {
  return CALLS_BY_NAME.get(canonical) ?? null;
}

function baseOf(of: string): string | undefined {
  return BASES_BY_NAME.get(of);
}
