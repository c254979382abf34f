// The members of SQLAlchemy's engines, connections, transactions, tables and DML statements.
import {
  CURSOR_RESULT,
  ELEMENT,
  NONE,
  SCALARS_RESULT,
  SELF,
  STATEMENT_SCALAR,
  TEXT,
  TRUTH,
  all,
  awaited,
} from './return-specs.ts';
import type { Members } from './return-specs.ts';

export const ENGINE: Members = {
  begin: { of: 'sqlalchemy.Connection', contextManager: true },
  connect: { of: 'sqlalchemy.Connection' },
  contextual_connect: { of: 'sqlalchemy.Connection' },
  execute: CURSOR_RESULT,
  scalar: STATEMENT_SCALAR,
  execution_options: SELF,
  raw_connection: { of: 'sqlalchemy.PoolProxiedConnection' },
  transaction: { of: 'argument-call' },
  run_callable: { of: 'argument-call' },
  table_names: { of: 'builtins.list', element: 'builtins.str' },
  has_table: TRUTH,
  dispose: NONE,
  url: { of: 'sqlalchemy.URL', attribute: true },
  dialect: { of: 'sqlalchemy.Dialect', attribute: true },
  pool: { of: 'sqlalchemy.Pool', attribute: true },
  name: { ...TEXT, attribute: true },
  driver: { ...TEXT, attribute: true },
};

export const CONNECTION: Members = {
  execute: CURSOR_RESULT,
  exec_driver_sql: { of: 'sqlalchemy.CursorResult', element: 'sqlalchemy.Row' },
  scalar: STATEMENT_SCALAR,
  scalars: SCALARS_RESULT,
  begin: { of: 'sqlalchemy.Transaction' },
  begin_nested: { of: 'sqlalchemy.NestedTransaction' },
  begin_twophase: { of: 'sqlalchemy.TwoPhaseTransaction' },
  get_transaction: { of: 'sqlalchemy.RootTransaction', optional: true },
  get_nested_transaction: { of: 'sqlalchemy.NestedTransaction', optional: true },
  connect: SELF,
  execution_options: SELF,
  transaction: { of: 'argument-call' },
  run_callable: { of: 'argument-call' },
  ...all('close commit detach invalidate rollback', NONE),
  ...all('in_nested_transaction in_transaction', TRUTH),
  engine: { of: 'sqlalchemy.Engine', attribute: true },
  dialect: { of: 'sqlalchemy.Dialect', attribute: true },
  connection: { of: 'sqlalchemy.PoolProxiedConnection', attribute: true },
  ...all('closed invalidated', { of: 'builtins.bool', attribute: true }),
  __enter__: SELF,
};

export const TRANSACTION: Members = {
  ...all('close commit prepare rollback', NONE),
  is_active: { of: 'builtins.bool', attribute: true },
  __enter__: SELF,
};

export const ASYNC_TRANSACTION: Members = {
  ...awaited(all('close commit rollback start', NONE)),
  is_active: { of: 'builtins.bool', attribute: true },
  __await__: SELF,
  __aenter__: SELF,
};

export const ROW_MEMBERS: Members = {
  _asdict: { of: 'builtins.dict' },
  _mapping: { of: 'sqlalchemy.RowMapping', attribute: true },
  _fields: { of: 'builtins.tuple', element: 'builtins.str', attribute: true },
};

export const FACTORY: Members = { __call__: ELEMENT, configure: NONE };

const DML_CHAIN =
  'add_cte execution_options from_select options ordered_values prefix_with return_defaults returning values where with_dialect_options with_hint params ' +
  'on_conflict_do_nothing on_conflict_do_update on_duplicate_key_update inline';

export const DML: Members = all(DML_CHAIN, SELF);

export const FROM_CLAUSE: Members = {
  select: { of: 'sqlalchemy.Select' },
  alias: { of: 'sqlalchemy.Alias' },
  join: { of: 'sqlalchemy.Join' },
  outerjoin: { of: 'sqlalchemy.Join' },
  count: { of: 'sqlalchemy.Select' },
  c: { of: 'sqlalchemy.ColumnCollection', attribute: true },
  columns: { of: 'sqlalchemy.ColumnCollection', attribute: true },
};

export const TABLE: Members = {
  ...FROM_CLAUSE,
  insert: { of: 'sqlalchemy.Insert' },
  update: { of: 'sqlalchemy.Update' },
  delete: { of: 'sqlalchemy.Delete' },
  ...all('create drop', NONE),
  exists: TRUTH,
  ...all('tometadata to_metadata', SELF),
  metadata: { of: 'sqlalchemy.MetaData', attribute: true },
  bind: { of: 'sqlalchemy.Engine', optional: true, attribute: true },
};

/** Members by canonical class. */
