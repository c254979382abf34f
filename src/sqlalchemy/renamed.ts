// Names of SQLAlchemy's modules that 2.x has under another name, by canonical name. Methods and arguments are elsewhere.

/** A name and what it is called now. */
export interface RenamedName {
  readonly from: string;
  readonly to: string;
  /** A member of the new name that stands for the old one. */
  readonly member?: string;
  /** Why the new name may behave differently. */
  readonly doubt?: string;
  /** Catalog row. */
  readonly row: string;
}

const ROW_DOUBT =
  'a Row of 2.0 is a named tuple and no mapping: what the code does with it may depend on that';

/** Names of Python that `sqlalchemy.util` had for Python 2. */
const PYTHON: Readonly<Record<string, string>> = {
  StringIO: 'io.StringIO',
  binary_type: 'builtins.bytes',
  callable: 'builtins.callable',
  collections_abc: 'collections.abc',
  itertools_filter: 'builtins.filter',
  itertools_filterfalse: 'itertools.filterfalse',
  namedtuple: 'collections.namedtuple',
  next: 'builtins.next',
  parse_qsl: 'urllib.parse.parse_qsl',
  print_: 'builtins.print',
  quote_plus: 'urllib.parse.quote_plus',
  text_type: 'builtins.str',
  unquote_plus: 'urllib.parse.unquote_plus',
  zip_longest: 'itertools.zip_longest',
};

const SAME: readonly RenamedName[] = [
  { from: 'sqlalchemy.Binary', to: 'sqlalchemy.LargeBinary', row: 'imp-binary' },
  { from: 'sqlalchemy.PassiveDefault', to: 'sqlalchemy.DefaultClause', row: 'imp-passive-default' },
  { from: 'sqlalchemy.ResultProxy', to: 'sqlalchemy.CursorResult', row: 'imp-resultproxy' },
  {
    from: 'sqlalchemy.engine.LegacyCursorResult',
    to: 'sqlalchemy.CursorResult',
    row: 'imp-result-classes',
  },
  { from: 'sqlalchemy.DDLElement', to: 'sqlalchemy.ExecutableDDLElement', row: 'imp-ddlelement' },
  {
    from: 'sqlalchemy.exc.RemovedIn20Warning',
    to: 'sqlalchemy.exc.Base20DeprecationWarning',
    row: 'imp-removedin20warning',
  },
  { from: 'sqlalchemy.ext.baked.baked_lazyload', to: 'sqlalchemy.orm.lazyload', row: 'imp-baked' },
  { from: 'sqlalchemy.orm.eagerload', to: 'sqlalchemy.orm.joinedload', row: 'imp-eagerload' },
  { from: 'sqlalchemy.orm.relation', to: 'sqlalchemy.orm.relationship', row: 'imp-relation' },
  {
    from: 'sqlalchemy.orm.compile_mappers',
    to: 'sqlalchemy.orm.configure_mappers',
    row: 'imp-compile-mappers',
  },
  ...Object.entries({
    MappedCollection: 'KeyFuncDict',
    attribute_mapped_collection: 'attribute_keyed_dict',
    column_mapped_collection: 'column_keyed_dict',
    mapped_collection: 'keyfunc_mapping',
  }).map(([from, to]) => ({
    from: `sqlalchemy.orm.${from}`,
    to: `sqlalchemy.orm.${to}`,
    row: 'imp-keyed-dict',
  })),
  ...['HYBRID_METHOD', 'HYBRID_PROPERTY'].map((member) => ({
    from: `sqlalchemy.ext.hybrid.${member}`,
    to: 'sqlalchemy.ext.hybrid.HybridExtensionType',
    member,
    row: 'imp-extension-consts',
  })),
  {
    from: 'sqlalchemy.ext.associationproxy.ASSOCIATION_PROXY',
    to: 'sqlalchemy.ext.associationproxy.AssociationProxyExtensionType',
    member: 'ASSOCIATION_PROXY',
    row: 'imp-extension-consts',
  },
  ...Object.entries(PYTHON).map(([from, to]) => ({
    from: `sqlalchemy.util.${from}`,
    to,
    row: 'imp-util-shims',
  })),
];

/** All of them. */
export const RENAMED_NAMES: readonly RenamedName[] = [
  ...SAME,
  ...[
    'sqlalchemy.engine.RowProxy',
    'sqlalchemy.engine.BaseRowProxy',
    'sqlalchemy.engine.LegacyRow',
    'sqlalchemy.util.KeyedTuple',
  ].map((from) => ({ from, to: 'sqlalchemy.Row', doubt: ROW_DOUBT, row: 'imp-rowproxy' })),
];

const BY_NAME: ReadonlyMap<string, RenamedName> = new Map(
  RENAMED_NAMES.map((each) => [each.from, each]),
);

/** What a canonical name is called now, `null` if it is not renamed. */
export function renamed(canonical: string): RenamedName | null {
  return BY_NAME.get(canonical) ?? null;
}

/**
 * What SQLAlchemy 1.x made by `symbol(name)`, by that name: `symbol()` gives the same object for the same name, and 2.x has a member of
 * an enum instead, which no symbol equals.
 */
export const FORMER_SYMBOLS: ReadonlyMap<string, RenamedName> = new Map(
  [
    'sqlalchemy.ext.associationproxy.ASSOCIATION_PROXY',
    'sqlalchemy.ext.hybrid.HYBRID_METHOD',
    'sqlalchemy.ext.hybrid.HYBRID_PROPERTY',
    ...[
      'EXT_CONTINUE',
      'EXT_SKIP',
      'EXT_STOP',
      'MANYTOMANY',
      'MANYTOONE',
      'NO_VALUE',
      'ONETOMANY',
    ].map((name) => `sqlalchemy.orm.${name}`),
  ].map((from) => [
    from.slice(from.lastIndexOf('.') + 1),
    BY_NAME.get(from) ?? { from, to: from, row: 'imp-extension-consts' },
  ]),
);
