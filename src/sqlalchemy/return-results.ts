// The members of SQLAlchemy's results and rows.
import {
  ELEMENT,
  ELEMENTS,
  NONE,
  OPTIONAL_ELEMENT,
  OPTIONAL_SCALAR,
  SCALAR,
  SELF,
  all,
} from './return-specs.ts';
import type { Members } from './return-specs.ts';

export const ROWS: Members = {
  all: ELEMENTS,
  fetchall: ELEMENTS,
  fetchmany: ELEMENTS,
  first: OPTIONAL_ELEMENT,
  fetchone: OPTIONAL_ELEMENT,
  one: ELEMENT,
  one_or_none: OPTIONAL_ELEMENT,
};

export const RESULT_ROWS: Members = {
  ...ROWS,
  scalar: OPTIONAL_SCALAR,
  scalar_one: SCALAR,
  scalar_one_or_none: OPTIONAL_SCALAR,
};

const SYNC_ITERATION: Members = {
  partitions: { of: 'builtins.list', element: 'element' },
  __iter__: ELEMENT,
  __next__: ELEMENT,
  close: NONE,
};

export const RESULT: Members = {
  ...RESULT_ROWS,
  ...all('unique yield_per', SELF),
  ...SYNC_ITERATION,
  next: ELEMENT,
  scalars: { of: 'sqlalchemy.ScalarResult', element: 'scalar' },
  mappings: { of: 'sqlalchemy.MappingResult', element: 'sqlalchemy.RowMapping' },
  columns: { of: 'sqlalchemy.Result', element: 'sqlalchemy.Row' },
  tuples: SELF,
  t: { of: 'self', attribute: true },
  keys: { of: 'sqlalchemy.engine.result.RMKeyView', element: 'builtins.str' },
  freeze: { of: 'sqlalchemy.FrozenResult', element: 'element' },
  merge: { of: 'sqlalchemy.MergedResult', element: 'element' },
  closed: { of: 'builtins.bool', attribute: true },
  __enter__: SELF,
};

export const ASYNC_ITERATION: Members = {
  partitions: { of: 'builtins.list', element: 'element' },
  __aiter__: ELEMENT,
  __anext__: { of: 'element', awaitable: true },
  close: { of: 'builtins.None', awaitable: true },
};

/** Of ScalarResult and MappingResult. */
export const FILTERED_RESULT: Members = {
  ...ROWS,
  ...SYNC_ITERATION,
  ...all('unique yield_per', SELF),
  __enter__: SELF,
};
