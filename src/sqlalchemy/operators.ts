// The methods of SQLAlchemy's ColumnOperators: what a mapped_column() can do before its class is mapped. Data only.

/** Methods of `ColumnOperators` in 2.0 and 2.1. */
export const COLUMN_OPERATORS: ReadonlySet<string> = new Set(
  [
    'all_ any_ asc between bitwise_and bitwise_lshift bitwise_not bitwise_or bitwise_rshift bitwise_xor bool_op collate concat contains desc',
    'distinct endswith icontains iendswith ilike in_ is_ is_distinct_from is_not is_not_distinct_from isnot isnot_distinct_from istartswith',
    'like match not_ilike not_in not_like notilike notin_ notlike nulls_first nulls_last nullsfirst nullslast op regexp_match regexp_replace',
    'startswith',
  ].flatMap((names) => names.split(' ')),
);
