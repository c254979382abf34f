// The members of SQLAlchemy's SELECT statements.
import { SELF, all } from './return-specs.ts';
import type { Members } from './return-specs.ts';

const SELECT_CHAIN =
  'add_columns add_cte correlate correlate_except distinct except_ except_all execution_options fetch filter filter_by from_statement ' +
  'group_by having intersect intersect_all join join_from limit offset options order_by outerjoin outerjoin_from params prefix_with reduce_columns ' +
  'select_from set_label_style slice suffix_with union union_all where with_for_update with_hint with_statement_hint';

/** What Query and the SELECT statements have in common. */
export const SUBEXPRESSIONS: Members = {
  as_scalar: { of: 'sqlalchemy.ScalarSelect', element: 'scalar' },
  cte: { of: 'sqlalchemy.CTE', element: 'element' },
  exists: { of: 'sqlalchemy.Exists' },
  label: { of: 'sqlalchemy.Label' },
  scalar_subquery: { of: 'sqlalchemy.ScalarSelect', element: 'scalar' },
  subquery: { of: 'sqlalchemy.Subquery', element: 'element' },
};

const SELECTABLE: Members = {
  ...SUBEXPRESSIONS,
  alias: { of: 'sqlalchemy.Subquery', element: 'element' },
  lateral: { of: 'sqlalchemy.Lateral', element: 'element' },
};

export const SELECT: Members = {
  ...all(SELECT_CHAIN, SELF),
  ...SELECTABLE,
  ...all('add_columns with_only_columns', { of: 'sqlalchemy.Select' }),
  ...all('union union_all except_ except_all intersect intersect_all', {
    of: 'sqlalchemy.CompoundSelect',
    element: 'element',
  }),
};

export const COMPOUND: Members = {
  ...all(
    'add_cte execution_options fetch group_by limit offset options order_by params set_label_style slice with_for_update',
    SELF,
  ),
  ...SELECTABLE,
};
