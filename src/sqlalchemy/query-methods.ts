// The methods of the legacy Query and what select() has for each, as data. Which rewrite is correct at a place is the rules' business.

/** What part a method plays in a chain. */
export type QueryRole =
  /** Gives a changed Query. */
  | 'generative'
  /** Runs the query or reads its result. */
  | 'terminal'
  /** Gives an SQL expression; needs no session. */
  | 'subexpression'
  /** Changes or gives away the session. */
  | 'session'
  /** Tells about the query. */
  | 'introspection';

/** How the call is written on a statement. */
export type Counterpart =
  /** The same name and the same arguments. */
  | { readonly kind: 'same' }
  /** Another name, the same arguments. */
  | { readonly kind: 'renamed'; readonly name: string }
  /** `.execution_options(name=argument)`; `argument` is the text used when the call has none. */
  | { readonly kind: 'execution-option'; readonly option: string; readonly argument: string | null }
  /** `.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)`. */
  | { readonly kind: 'label-style' }
  /** The call goes away: the statement does not need it. */
  | { readonly kind: 'dropped' }
  /** A rewrite of its own that the rules know by the method's name. */
  | { readonly kind: 'special' }
  /** There is no equivalent: a person must look. */
  | { readonly kind: 'none' };

/** A method or attribute of Query. */
export interface QueryMethod {
  readonly role: QueryRole;
  readonly counterpart: Counterpart;
  /** It is an attribute. */
  readonly attribute?: true;
  /** What it does to the shape of the rows: nothing, other columns, more columns, more rows for an entity, another FROM. */
  readonly shape: 'same' | 'columns' | 'more-columns' | 'more-rows' | 'from';
  /** Last version that has it. */
  readonly until?: '1.3' | '1.4' | '2.0';
  /** The rule of the catalog, for messages. */
  readonly rule: string;
}

const SAME: Counterpart = { kind: 'same' };
const SPECIAL: Counterpart = { kind: 'special' };
const NO_COUNTERPART: Counterpart = { kind: 'none' };
const LABELS: Counterpart = { kind: 'label-style' };

type Rest = Partial<Pick<QueryMethod, 'attribute' | 'shape' | 'until'>>;

function methods(
  names: string,
  rule: string,
  role: QueryRole,
  counterpart: Counterpart,
  rest: Rest = {},
): [string, QueryMethod][] {
  return names
    .split(' ')
    .map((name) => [name, { role, counterpart, rule, shape: 'same', ...rest }]);
}

function renamed(name: string): Counterpart {
  return { kind: 'renamed', name };
}

function option(name: string, argument: string | null): Counterpart {
  return { kind: 'execution-option', option: name, argument };
}

const GENERATIVE: readonly [string, QueryMethod][] = [
  ...methods('filter', 'query-filter', 'generative', renamed('where')),
  ...methods('where', 'query-filter', 'generative', SAME),
  ...methods('filter_by', 'query-filter-by', 'generative', SAME),
  ...methods('reset_joinpoint', 'query-reset-joinpoint', 'generative', { kind: 'dropped' }),
  ...methods('limit offset slice', 'query-limit-offset', 'generative', SAME),
  ...methods(
    'correlate distinct group_by having order_by prefix_with suffix_with with_hint with_statement_hint',
    'query-order-group-having',
    'generative',
    SAME,
  ),
  ...methods('join outerjoin', 'query-join-target', 'generative', SAME, { shape: 'more-rows' }),
  ...methods('select_from', 'query-select-from', 'generative', SAME, { shape: 'from' }),
  ...methods('select_entity_from', 'query-select-entity-from', 'generative', NO_COUNTERPART, {
    shape: 'from',
    until: '1.4',
  }),
  ...methods('from_self', 'query-from-self', 'generative', NO_COUNTERPART, {
    shape: 'from',
    until: '1.4',
  }),
  ...methods('from_statement', 'query-from-statement', 'generative', SAME, { shape: 'more-rows' }),
  ...methods('with_entities', 'query-with-entities', 'generative', renamed('with_only_columns'), {
    shape: 'columns',
  }),
  ...methods('add_columns', 'query-add-columns', 'generative', SAME, { shape: 'more-columns' }),
  ...methods('add_column', 'query-add-columns', 'generative', renamed('add_columns'), {
    shape: 'more-columns',
  }),
  ...methods('add_entity', 'query-add-columns', 'generative', renamed('add_columns'), {
    shape: 'more-columns',
  }),
  ...methods('options', 'query-options', 'generative', SAME),
  ...methods('enable_eagerloads', 'query-enable-eagerloads', 'generative', SPECIAL),
  ...methods(
    'populate_existing',
    'query-populate-existing',
    'generative',
    option('populate_existing', 'True'),
  ),
  ...methods('autoflush', 'query-autoflush', 'generative', option('autoflush', null)),
  ...methods('yield_per', 'query-yield-per', 'generative', option('yield_per', null)),
  ...methods('execution_options with_for_update', 'query-execution-options', 'generative', SAME),
  ...methods('with_lockmode', 'query-lockmode', 'generative', SPECIAL, { until: '1.3' }),
  ...methods('params', 'query-params', 'generative', SAME),
  ...methods(
    'union union_all intersect intersect_all except_ except_all',
    'query-union',
    'generative',
    SPECIAL,
    { shape: 'from' },
  ),
  ...methods('with_polymorphic', 'query-with-polymorphic', 'generative', NO_COUNTERPART, {
    shape: 'from',
    until: '1.4',
  }),
  ...methods('with_parent', 'query-with-parent', 'generative', SPECIAL),
  ...methods('with_labels', 'query-with-labels', 'generative', LABELS),
  ...methods('apply_labels', 'query-with-labels', 'generative', LABELS),
  ...methods('set_label_style', 'query-with-labels', 'generative', SAME),
  ...methods('enable_assertions', 'query-no-equivalent', 'generative', NO_COUNTERPART),
  ...methods('only_return_tuples tuples', 'query-no-equivalent', 'generative', NO_COUNTERPART),
  ...methods('with_transformation', 'query-no-equivalent', 'generative', SPECIAL),
];

const TERMINAL: readonly [string, QueryMethod][] = [
  ...methods('all', 'query-all-entity', 'terminal', SPECIAL),
  ...methods('count', 'query-count', 'terminal', SPECIAL),
  ...methods('delete', 'query-delete', 'terminal', SPECIAL),
  ...methods('first', 'query-first', 'terminal', SPECIAL),
  ...methods('get', 'query-get', 'terminal', SPECIAL),
  ...methods('one', 'query-one', 'terminal', SPECIAL),
  ...methods('one_or_none', 'query-one-or-none', 'terminal', SPECIAL),
  ...methods('scalar', 'query-scalar', 'terminal', SPECIAL),
  ...methods('update', 'query-update', 'terminal', SPECIAL),
  ...methods('value values', 'query-values', 'terminal', SPECIAL, { shape: 'columns' }),
  ...methods('instances', 'query-instances', 'terminal', NO_COUNTERPART),
  ...methods('merge_result', 'query-merge-result', 'terminal', NO_COUNTERPART),
  ...methods('first_or_404 get_or_404 one_or_404', 'fsa-get-or-404', 'terminal', SPECIAL),
  ...methods('paginate', 'fsa-paginate', 'terminal', SPECIAL),
];

const SUBEXPRESSION: readonly [string, QueryMethod][] = [
  ...methods('exists', 'query-exists', 'subexpression', SAME),
  ...methods('subquery', 'query-subquery', 'subexpression', SPECIAL),
  ...methods('cte', 'query-cte', 'subexpression', SAME),
  ...methods('label scalar_subquery', 'query-label', 'subexpression', SAME),
  ...methods('as_scalar', 'query-label', 'subexpression', renamed('scalar_subquery')),
  ...methods(
    'statement selectable',
    'query-label',
    'subexpression',
    { kind: 'dropped' },
    { attribute: true },
  ),
];

const REST: readonly [string, QueryMethod][] = [
  ...methods('with_session', 'query-no-equivalent', 'session', NO_COUNTERPART),
  ...methods('session', 'query-no-equivalent', 'session', NO_COUNTERPART, { attribute: true }),
  ...methods('column_descriptions whereclause', 'query-introspection', 'introspection', SAME, {
    attribute: true,
  }),
  ...methods('get_label_style', 'query-introspection', 'introspection', SAME),
  ...methods(
    'is_single_entity lazy_loaded_from get_execution_options',
    'query-no-equivalent',
    'introspection',
    NO_COUNTERPART,
  ),
];

const METHODS: ReadonlyMap<string, QueryMethod> = new Map([
  ...GENERATIVE,
  ...TERMINAL,
  ...SUBEXPRESSION,
  ...REST,
]);

/** What is known of a method or attribute of Query; `null` if Query has no such member. */
export function queryMethod(name: string): QueryMethod | null {
  return METHODS.get(name) ?? null;
}

/** Every member, for tests and documentation, sorted by name. */
export function queryMethodNames(): readonly string[] {
  return [...METHODS.keys()].toSorted();
}
