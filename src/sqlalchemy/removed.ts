// Names and modules of SQLAlchemy that 2.x no longer has and that no other name replaces one for one, with what to write instead.

/** A removed name, or everything of a module. */
export interface RemovedNames {
  /** The module, by the path that programs import. */
  readonly module: string;
  /** The names, `null` for the module as a whole. */
  readonly names: readonly string[] | null;
  /** What to do, as the end of a sentence: "use …". */
  readonly instead: string;
  /** The version that removed it, where that is not 2.0 or older. */
  readonly since?: '2.1';
  /** Catalog row. */
  readonly row: string;
}

const EVENTS = 'listen to the event with sqlalchemy.event.listen()';
const EXTERNAL =
  'install the external dialect, if there is one (sqlalchemy-firebird, sqlalchemy-sybase), or choose another driver';
const PRIVATE =
  'it was private: find the public function that gives the same, or copy what you need';

/** All of them. */
export const REMOVED_NAMES: readonly RemovedNames[] = [
  {
    module: 'sqlalchemy.ext.declarative',
    names: ['clsregistry'],
    instead:
      'use registry.mappers, or sqlalchemy.orm.clsregistry where nothing public does (it is private)',
    row: 'imp-declarative-private',
  },
  {
    module: 'sqlalchemy.ext.declarative.clsregistry',
    names: null,
    instead:
      'use registry.mappers, or sqlalchemy.orm.clsregistry where nothing public does (it is private)',
    row: 'imp-declarative-private',
  },
  {
    module: 'sqlalchemy.orm',
    names: ['comparable_property'],
    instead: 'write a hybrid_property with a comparator',
    row: 'imp-comparable-property',
  },
  {
    module: 'sqlalchemy.ext.declarative',
    names: ['comparable_using'],
    instead: 'write a hybrid_property with a comparator',
    row: 'imp-comparable-property',
  },
  {
    module: 'sqlalchemy',
    names: ['ThreadLocalMetaData'],
    instead: 'use MetaData() and pass the engine to what needs one',
    row: 'imp-threadlocal-metadata',
  },
  {
    module: 'sqlalchemy.engine',
    names: [
      'BufferedColumnResultProxy',
      'BufferedColumnRow',
      'BufferedRowResultProxy',
      'FullyBufferedResultProxy',
    ],
    instead: 'use CursorResult; how rows are buffered is decided by execution options',
    row: 'imp-result-classes',
  },
  {
    module: 'sqlalchemy.pool',
    names: ['clear_managers', 'manage'],
    instead: 'create an engine: its pool does the same',
    row: 'imp-pool-manage',
  },
  {
    module: 'sqlalchemy.interfaces',
    names: null,
    instead: EVENTS,
    row: 'imp-listener-classes',
  },
  {
    module: 'sqlalchemy.orm',
    names: ['AttributeExtension', 'MapperExtension', 'SessionExtension'],
    instead: EVENTS,
    row: 'imp-listener-classes',
  },
  ...[
    'connectors.mxodbc',
    'connectors.zxJDBC',
    'dialects.firebird',
    'dialects.mssql.adodbapi',
    'dialects.mssql.mxodbc',
    'dialects.mssql.zxjdbc',
    'dialects.mysql.gaerdbms',
    'dialects.mysql.oursql',
    'dialects.mysql.zxjdbc',
    'dialects.oracle.zxjdbc',
    'dialects.postgresql.pygresql',
    'dialects.postgresql.pypostgresql',
    'dialects.postgresql.zxjdbc',
    'dialects.sybase',
  ].map((path) => ({
    module: `sqlalchemy.${path}`,
    names: null,
    instead: EXTERNAL,
    row: 'imp-removed-dialects',
  })),
  {
    module: 'sqlalchemy.util',
    names: [
      'byte_buffer',
      'int_types',
      'iterbytes',
      'nested',
      'py2k',
      'py33',
      'py36',
      'py3k',
      'raise_',
      'raise_from_cause',
      'reraise',
      'string_types',
      'u',
      'ue',
      'with_metaclass',
    ],
    instead:
      'Python 3 has it: write the literal, `raise … from`, `class A(metaclass=M)`, str or int',
    row: 'imp-util-shims',
  },
  ...['sqlalchemy.util', 'sqlalchemy.util._collections'].flatMap((module) => [
    {
      module,
      names: ['ImmutableProperties'],
      instead: 'use ReadOnlyProperties of sqlalchemy.util',
      row: 'imp-util-shims',
    },
    {
      module,
      names: ['ImmutableContainer'],
      instead: 'use ReadOnlyContainer of sqlalchemy.util, or a class of your own',
      row: 'imp-util-shims',
    },
  ]),
  {
    module: 'sqlalchemy.ext.asyncio',
    names: ['AsyncConnectionEvents', 'AsyncSessionEvents'],
    instead:
      'listen to the events of AsyncEngine.sync_engine, or of the sync_session_class of the session',
    row: 'imp-async-event-classes',
  },
  {
    module: 'sqlalchemy.ext.baked',
    names: ['baked_lazyload_all'],
    instead: 'use lazyload() of sqlalchemy.orm, chained for each relationship',
    row: 'imp-baked',
  },
  {
    module: 'sqlalchemy.orm.strategy_options',
    names: ['_UnboundLoad', 'loader_option'],
    instead: PRIVATE,
    row: 'imp-private-orm',
  },
  {
    module: 'sqlalchemy.orm.query',
    names: ['_ColumnEntity', '_MapperEntity', '_QueryEntity'],
    instead: 'use Query.column_descriptions',
    row: 'imp-private-orm',
  },
  {
    module: 'sqlalchemy.util.langhelpers',
    names: ['public_factory'],
    instead: PRIVATE,
    row: 'imp-private-orm',
  },
  {
    module: 'sqlalchemy.orm.persistence',
    names: ['BulkDelete', 'BulkEvaluate', 'BulkFetch', 'BulkUD', 'BulkUpdate'],
    instead: PRIVATE,
    row: 'imp-private-orm',
  },
  ...Object.entries({
    attributes: ['AttributeImpl', 'CollectionAttributeImpl', 'ScalarAttributeImpl'],
    context: ['ORMCompileState'],
    loading: ['PostLoad'],
    relationships: ['JoinCondition'],
    strategies: ['LazyLoader'],
  }).map(([module, names]) => ({
    module: `sqlalchemy.orm.${module}`,
    names,
    instead: '2.1 has it with a leading underscore only: it is private',
    since: '2.1' as const,
    row: 'imp-private-orm',
  })),
];

/** What removed a member of a module, or a module itself where `name` is `null`; `null` if it is still there. */
export function removedName(module: string, name: string | null): RemovedNames | null {
  return (
    REMOVED_NAMES.find(
      (each) =>
        (each.names === null && (module === each.module || module.startsWith(`${each.module}.`))) ||
        (name !== null && each.names === null && `${module}.${name}` === each.module) ||
        (name !== null && each.module === module && each.names?.includes(name) === true),
    ) ?? null
  );
}
