// The arguments that select() and exists() took before 2.0, and the methods that replace them.

/** How the value of an argument is passed to its method. */
export type ArgumentForm =
  /** As it is, unless it is None: `where(x)`, which would render NULL for None. */
  | 'criterion'
  /** One expression or a sequence of them. */
  | 'items'
  /** A sequence. */
  | 'sequence'
  /** As it is; None means none. */
  | 'value'
  /** `True`, `False`, or columns. */
  | 'distinct'
  /** `True` or `False`. */
  | 'correlate'
  | 'labels'
  | 'for-update'
  /** Means nothing any more. */
  | 'bind';

/** A legacy argument. */
export interface SelectArgument {
  readonly name: string;
  readonly method: string;
  readonly form: ArgumentForm;
}

/** In the order of their positions, the columns excepted; those after `suffixes` could only be given by name. */
export const SELECT_ARGUMENTS: readonly SelectArgument[] = [
  { name: 'whereclause', method: 'where', form: 'criterion' },
  { name: 'from_obj', method: 'select_from', form: 'items' },
  { name: 'distinct', method: 'distinct', form: 'distinct' },
  { name: 'having', method: 'having', form: 'criterion' },
  { name: 'correlate', method: 'correlate', form: 'correlate' },
  { name: 'prefixes', method: 'prefix_with', form: 'sequence' },
  { name: 'suffixes', method: 'suffix_with', form: 'sequence' },
  { name: 'use_labels', method: 'set_label_style', form: 'labels' },
  { name: 'limit', method: 'limit', form: 'value' },
  { name: 'offset', method: 'offset', form: 'value' },
  { name: 'order_by', method: 'order_by', form: 'items' },
  { name: 'group_by', method: 'group_by', form: 'items' },
  { name: 'for_update', method: 'with_for_update', form: 'for-update' },
  { name: 'bind', method: '', form: 'bind' },
];

/** How many of them could be given by position. */
export const POSITIONAL_ARGUMENTS = 7;

/** The methods that an Exists object has itself. */
export const EXISTS_METHODS: ReadonlySet<string> = new Set(['where', 'select_from', 'correlate']);

/** Methods of column and FROM expressions that give such an expression again, never None or a list. */
export const EXPRESSION_METHODS: ReadonlySet<string> = new Set(
  (
    'alias any asc as_comparison between bool_op cast collate concat contains desc distinct endswith filter has icontains iendswith ilike in_ ' +
    'is_ is_distinct_from isnot isnot_distinct_from is_not is_not_distinct_from istartswith join label lateral like match not_in notin_ not_like notlike ' +
    'nulls_first nulls_last nullsfirst nullslast of_type op outerjoin over regexp_match self_group startswith subquery tablesample'
  ).split(' '),
);

/** The legacy values of `for_update=`, as arguments of `with_for_update()`. */
export const FOR_UPDATE: ReadonlyMap<string, string> = new Map([
  ['True', ''],
  ['update', ''],
  ['nowait', 'nowait=True'],
  ['read', 'read=True'],
  ['read_nowait', 'read=True, nowait=True'],
]);
