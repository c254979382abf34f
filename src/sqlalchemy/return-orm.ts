// The members of SQLAlchemy's sessions and of Query.
import {
  ELEMENT,
  ELEMENTS,
  NONE,
  NUMBER,
  OPTIONAL_ELEMENT,
  OPTIONAL_SCALAR,
  SCALARS_RESULT,
  SELF,
  STATEMENT_RESULT,
  STATEMENT_SCALAR,
  TRUTH,
  all,
  awaited,
} from './return-specs.ts';
import type { Members } from './return-specs.ts';
import { SUBEXPRESSIONS } from './return-statements.ts';

const SESSION_CALLS: Members = {
  execute: STATEMENT_RESULT,
  scalars: SCALARS_RESULT,
  scalar: STATEMENT_SCALAR,
  get: { of: 'instance', optional: true },
  get_one: { of: 'instance' },
  merge: { of: 'argument' },
  merge_all: { of: 'builtins.list', element: 'argument-element' },
  ...all('close commit delete delete_all flush invalidate prepare refresh reset rollback', NONE),
};

const SESSION_STATE: Members = {
  ...all(
    'add add_all expire expire_all expunge expunge_all enable_relationship_loading prune',
    NONE,
  ),
  ...all('in_nested_transaction in_transaction is_modified', TRUTH),
  no_autoflush: { of: 'self', contextManager: true, attribute: true },
  ...all('autoflush autocommit expire_on_commit is_active', {
    of: 'builtins.bool',
    attribute: true,
  }),
  info: { of: 'builtins.dict', attribute: true },
};

export const SESSION: Members = {
  ...SESSION_CALLS,
  ...SESSION_STATE,
  query: { of: 'sqlalchemy.orm.Query', element: 'query-row' },
  begin: { of: 'sqlalchemy.orm.SessionTransaction' },
  begin_nested: { of: 'sqlalchemy.orm.SessionTransaction' },
  connection: { of: 'sqlalchemy.Connection' },
  get_bind: { of: 'sqlalchemy.Engine' },
  bind: { of: 'sqlalchemy.Engine', optional: true, attribute: true },
  transaction: { of: 'sqlalchemy.orm.SessionTransaction', optional: true, attribute: true },
  get_transaction: { of: 'sqlalchemy.orm.SessionTransaction', optional: true },
  get_nested_transaction: { of: 'sqlalchemy.orm.SessionTransaction', optional: true },
  close_all: NONE,
  ...all('bulk_save_objects bulk_insert_mappings bulk_update_mappings', NONE),
  __enter__: SELF,
};

export const ASYNC_SESSION: Members = {
  ...awaited(SESSION_CALLS),
  ...SESSION_STATE,
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
  run_sync: { of: 'argument-call', awaitable: true },
  begin: { of: 'sqlalchemy.ext.asyncio.AsyncSessionTransaction' },
  begin_nested: { of: 'sqlalchemy.ext.asyncio.AsyncSessionTransaction' },
  connection: { of: 'sqlalchemy.ext.asyncio.AsyncConnection', awaitable: true },
  get_bind: { of: 'sqlalchemy.Engine' },
  bind: { of: 'sqlalchemy.ext.asyncio.AsyncEngine', optional: true, attribute: true },
  sync_session: { of: 'sqlalchemy.orm.Session', attribute: true },
  get_transaction: { of: 'sqlalchemy.ext.asyncio.AsyncSessionTransaction', optional: true },
  get_nested_transaction: { of: 'sqlalchemy.ext.asyncio.AsyncSessionTransaction', optional: true },
  close_all: { of: 'builtins.None', awaitable: true },
  aclose: { of: 'builtins.None', awaitable: true },
  __aenter__: SELF,
};

const QUERY_CHAIN =
  'autoflush correlate distinct enable_assertions enable_eagerloads except_ except_all execution_options filter filter_by from_statement group_by having ' +
  'intersect intersect_all join limit offset options order_by outerjoin params populate_existing prefix_with reset_joinpoint select_entity_from select_from ' +
  'set_label_style slice suffix_with union union_all where with_for_update with_hint with_labels with_lockmode with_parent with_polymorphic with_session ' +
  'with_statement_hint with_transformation yield_per apply_labels tuples';

export const QUERY: Members = {
  ...all(QUERY_CHAIN, SELF),
  ...SUBEXPRESSIONS,
  all: ELEMENTS,
  first: OPTIONAL_ELEMENT,
  one: ELEMENT,
  one_or_none: OPTIONAL_ELEMENT,
  get: OPTIONAL_ELEMENT,
  scalar: OPTIONAL_SCALAR,
  value: { of: 'argument-scalar', optional: true },
  count: NUMBER,
  delete: NUMBER,
  update: NUMBER,
  ...all('with_entities from_self', { of: 'sqlalchemy.orm.Query' }),
  ...all('add_columns add_column add_entity', { of: 'sqlalchemy.orm.Query' }),
  values: { of: 'builtins.list', element: 'row' },
  instances: { of: 'builtins.list', element: 'element' },
  merge_result: { of: 'builtins.list', element: 'element' },
  statement: { of: 'sqlalchemy.Select', element: 'element', attribute: true },
  selectable: { of: 'sqlalchemy.Select', element: 'element', attribute: true },
  session: { of: 'sqlalchemy.orm.Session', attribute: true },
  whereclause: { of: 'sqlalchemy.ColumnElement', optional: true, attribute: true },
  column_descriptions: { of: 'builtins.list', element: 'builtins.dict', attribute: true },
  __iter__: ELEMENT,
  __getitem__: ELEMENT,
};
