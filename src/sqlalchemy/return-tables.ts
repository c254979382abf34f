// The members of SQLAlchemy's classes, by class: the table behind returns.ts.
import {
  ASYNC_TRANSACTION,
  CONNECTION,
  DML,
  ENGINE,
  FACTORY,
  FROM_CLAUSE,
  ROW_MEMBERS,
  TABLE,
  TRANSACTION,
} from './return-core.ts';
import { ASYNC_SESSION, QUERY, SESSION } from './return-orm.ts';
import { ASYNC_ITERATION, FILTERED_RESULT, RESULT, ROWS, RESULT_ROWS } from './return-results.ts';
import { COMPOUND, SELECT } from './return-statements.ts';
import {
  CURSOR_RESULT,
  ELEMENT,
  ELEMENTS,
  NONE,
  NUMBER,
  SCALARS_RESULT,
  SELF,
  STATEMENT_SCALAR,
  TRUTH,
  all,
  awaited,
} from './return-specs.ts';
import type { Members } from './return-specs.ts';
import type { LibraryClass } from './returns.ts';

export const METHODS: ReadonlyMap<string, Members> = new Map<LibraryClass, Members>([
  [
    'flask_sqlalchemy.pagination.Pagination',
    {
      items: { ...ELEMENTS, attribute: true },
      __iter__: ELEMENT,
      ...all('next prev', SELF),
      total: { ...NUMBER, attribute: true },
    },
  ],
  [
    'flask_sqlalchemy.query.Query',
    {
      ...all('first_or_404 get_or_404 one_or_404', ELEMENT),
      paginate: { of: 'flask_sqlalchemy.pagination.Pagination', element: 'element' },
    },
  ],
  ['sqlalchemy.CompoundSelect', COMPOUND],
  ['sqlalchemy.Connection', CONNECTION],
  [
    'sqlalchemy.CursorResult',
    {
      rowcount: { ...NUMBER, attribute: true },
      lastrowid: { ...NUMBER, attribute: true },
      ...all('is_insert returns_rows', { of: 'builtins.bool', attribute: true }),
      inserted_primary_key: { of: 'sqlalchemy.Row', attribute: true },
      keys: { of: 'sqlalchemy.engine.result.RMKeyView', element: 'builtins.str' },
    },
  ],
  ['sqlalchemy.Delete', DML],
  ['sqlalchemy.Engine', ENGINE],
  [
    'sqlalchemy.Exists',
    {
      ...all('where select_from correlate correlate_except', SELF),
      select: { of: 'sqlalchemy.Select' },
    },
  ],
  ['sqlalchemy.FrozenResult', { __call__: { of: 'sqlalchemy.Result', element: 'element' } }],
  ['sqlalchemy.Insert', DML],
  ['sqlalchemy.Join', FROM_CLAUSE],
  ['sqlalchemy.MappingResult', FILTERED_RESULT],
  [
    'sqlalchemy.MetaData',
    {
      ...all('clear create_all drop_all reflect remove', NONE),
      sorted_tables: { of: 'builtins.list', element: 'sqlalchemy.Table', attribute: true },
      tables: { of: 'builtins.dict', element: 'sqlalchemy.Table', attribute: true },
      bind: { of: 'sqlalchemy.Engine', optional: true, attribute: true },
    },
  ],
  ['sqlalchemy.Result', RESULT],
  ['sqlalchemy.Row', ROW_MEMBERS],
  ['sqlalchemy.ScalarResult', FILTERED_RESULT],
  ['sqlalchemy.Select', SELECT],
  ['sqlalchemy.Subquery', FROM_CLAUSE],
  ['sqlalchemy.CTE', { ...FROM_CLAUSE, ...all('union union_all', SELF) }],
  ['sqlalchemy.Alias', FROM_CLAUSE],
  ['sqlalchemy.Lateral', FROM_CLAUSE],
  ['sqlalchemy.Table', TABLE],
  ['sqlalchemy.TableClause', TABLE],
  [
    'sqlalchemy.TextClause',
    { bindparams: SELF, execution_options: SELF, columns: { of: 'sqlalchemy.TextualSelect' } },
  ],
  ['sqlalchemy.Transaction', TRANSACTION],
  ['sqlalchemy.Update', DML],
  ['sqlalchemy.dialects.mysql.Insert', DML],
  ['sqlalchemy.dialects.postgresql.Insert', DML],
  ['sqlalchemy.dialects.sqlite.Insert', DML],
  [
    'sqlalchemy.ext.asyncio.AsyncConnection',
    {
      ...awaited({
        ...all('aclose close commit invalidate rollback', NONE),
        execute: CURSOR_RESULT,
        exec_driver_sql: { of: 'sqlalchemy.CursorResult', element: 'sqlalchemy.Row' },
        scalar: STATEMENT_SCALAR,
        scalars: SCALARS_RESULT,
        run_sync: { of: 'argument-call' },
        execution_options: SELF,
      }),
      // One object that may be awaited or entered.
      stream: {
        of: 'sqlalchemy.ext.asyncio.AsyncResult',
        element: 'argument-element',
        awaitable: true,
      },
      stream_scalars: {
        of: 'sqlalchemy.ext.asyncio.AsyncScalarResult',
        element: 'argument-scalar',
        awaitable: true,
      },
      begin: { of: 'sqlalchemy.ext.asyncio.AsyncTransaction' },
      begin_nested: { of: 'sqlalchemy.ext.asyncio.AsyncTransaction' },
      ...all('in_nested_transaction in_transaction', TRUTH),
      sync_connection: { of: 'sqlalchemy.Connection', optional: true, attribute: true },
      engine: { of: 'sqlalchemy.ext.asyncio.AsyncEngine', attribute: true },
      __await__: SELF,
      __aenter__: SELF,
    },
  ],
  [
    'sqlalchemy.ext.asyncio.AsyncEngine',
    {
      begin: {
        of: 'sqlalchemy.ext.asyncio.AsyncConnection',
        contextManager: true,
        awaitable: true,
      },
      connect: { of: 'sqlalchemy.ext.asyncio.AsyncConnection' },
      dispose: { of: 'builtins.None', awaitable: true },
      execution_options: SELF,
      sync_engine: { of: 'sqlalchemy.Engine', attribute: true },
      url: { of: 'sqlalchemy.URL', attribute: true },
      dialect: { of: 'sqlalchemy.Dialect', attribute: true },
    },
  ],
  [
    'sqlalchemy.ext.asyncio.AsyncMappingResult',
    { ...awaited(ROWS), ...ASYNC_ITERATION, ...all('unique yield_per', SELF) },
  ],
  [
    'sqlalchemy.ext.asyncio.AsyncResult',
    {
      ...awaited(RESULT_ROWS),
      ...ASYNC_ITERATION,
      ...all('unique yield_per tuples', SELF),
      scalars: { of: 'sqlalchemy.ext.asyncio.AsyncScalarResult', element: 'scalar' },
      mappings: {
        of: 'sqlalchemy.ext.asyncio.AsyncMappingResult',
        element: 'sqlalchemy.RowMapping',
      },
      columns: { of: 'sqlalchemy.ext.asyncio.AsyncResult', element: 'sqlalchemy.Row' },
      keys: { of: 'sqlalchemy.engine.result.RMKeyView', element: 'builtins.str' },
    },
  ],
  [
    'sqlalchemy.ext.asyncio.AsyncScalarResult',
    { ...awaited(ROWS), ...ASYNC_ITERATION, ...all('unique yield_per', SELF) },
  ],
  ['sqlalchemy.ext.asyncio.AsyncSession', ASYNC_SESSION],
  ['sqlalchemy.ext.asyncio.AsyncSessionTransaction', ASYNC_TRANSACTION],
  ['sqlalchemy.ext.asyncio.AsyncTransaction', ASYNC_TRANSACTION],
  [
    'sqlalchemy.ext.asyncio.async_scoped_session',
    { ...FACTORY, remove: { of: 'builtins.None', awaitable: true } },
  ],
  [
    'sqlalchemy.ext.asyncio.async_sessionmaker',
    { ...FACTORY, begin: { of: 'element', contextManager: true, awaitable: true } },
  ],
  [
    'sqlalchemy.future.Connection',
    {
      begin: { of: 'sqlalchemy.Transaction' },
      engine: { of: 'sqlalchemy.future.Engine', attribute: true },
    },
  ],
  [
    'sqlalchemy.future.Engine',
    {
      begin: { of: 'sqlalchemy.future.Connection', contextManager: true },
      connect: { of: 'sqlalchemy.future.Connection' },
    },
  ],
  // Of a mapper to a join this is too narrow, but a join has the methods of a table that matter, or none.
  [
    'sqlalchemy.orm.Mapper',
    all('local_table mapped_table persist_selectable', { of: 'sqlalchemy.Table', attribute: true }),
  ],
  ['sqlalchemy.orm.Query', QUERY],
  ['sqlalchemy.orm.Session', SESSION],
  ['sqlalchemy.orm.SessionTransaction', TRANSACTION],
  [
    'sqlalchemy.orm.scoped_session',
    {
      ...FACTORY,
      remove: NONE,
      registry: { of: 'sqlalchemy.orm.sessionmaker', element: 'element', attribute: true },
      query_property: { of: 'sqlalchemy.orm.QueryPropertyDescriptor' },
    },
  ],
  ['sqlalchemy.orm.sessionmaker', { ...FACTORY, begin: { of: 'element', contextManager: true } }],
]);
