// Members, functions and arguments that need a person: removed without an equal, or of another meaning in 2.x.
import type { LibraryClass } from './returns.ts';

/** Something that is only reported. */
export interface ReportedForm {
  /** A call or a use of one of these names. */
  readonly names?: RegExp;
  /** A method of an object of these classes, or of what a function makes that is called. */
  readonly method?: {
    readonly of: readonly LibraryClass[];
    readonly names: readonly string[];
    readonly ofCall?: RegExp;
  };
  /** The call must have, or not have, this keyword argument. */
  readonly keyword?: { readonly name: string; readonly isThere: boolean };
  /** What the text of the call must contain. */
  readonly holds?: RegExp;
  /** What the project must mention for it to matter: a database, a library. */
  readonly mentions?: RegExp;
  readonly message: string;
  readonly instead: string;
  readonly since?: '2.1';
  /** Catalog row. */
  readonly row: string;
}

const DDL: readonly LibraryClass[] = [
  'sqlalchemy.DDL',
  'sqlalchemy.schema.CreateTable',
  'sqlalchemy.schema.DropTable',
  'sqlalchemy.CreateTable',
  'sqlalchemy.DropTable',
];
const SCHEMA: readonly LibraryClass[] = ['sqlalchemy.MetaData', 'sqlalchemy.Table'];

/** Arguments of a ShardedSession, which its factory may get as well, at once or later. */
const CHOOSERS: readonly ReportedForm[] = (
  [
    [
      'query_chooser',
      'is asked about Query only',
      'pass `execute_chooser=`, a function of the ORMExecuteState, which is asked about statements as well',
    ],
    [
      'id_chooser',
      'is given a Query',
      'pass `identity_chooser=`, a function of the mapper and the primary key; it gets the object whose attribute is loaded as `lazy_loaded_from=`, and further keyword arguments',
    ],
  ] as const
).flatMap(([name, does, instead]): ReportedForm[] => {
  const form = {
    keyword: { name, isThere: true },
    message: `\`${name}\` ${does}`,
    instead,
    row: 'sharded-baked-dogpile',
  };
  return [
    { names: /^sqlalchemy\.(ext\.horizontal_shard\.ShardedSession|orm\.sessionmaker)$/, ...form },
    {
      method: {
        of: ['sqlalchemy.orm.sessionmaker', 'sqlalchemy.orm.scoped_session'],
        names: ['configure'],
      },
      ...form,
    },
  ];
});

/** All of them. */
export const REPORTED_FORMS: readonly ReportedForm[] = [
  {
    method: { of: DDL, names: ['execute', 'execute_at'] },
    message: 'a DDL element executes itself',
    instead:
      '`with engine.begin() as conn: conn.execute(ddl)`; instead of execute_at(), listen to the event of the table',
    row: 'ddl-execute',
  },
  {
    method: { of: SCHEMA, names: ['append_ddl_listener', 'is_bound'] },
    message: 'bound metadata and its listeners are gone',
    instead: 'pass the engine; listen with event.listen(table, "after_create", …)',
    row: 'metadata-is-bound',
  },
  {
    method: {
      of: [
        'sqlalchemy.CheckConstraint',
        'sqlalchemy.Column',
        'sqlalchemy.ForeignKey',
        'sqlalchemy.ForeignKeyConstraint',
        'sqlalchemy.UniqueConstraint',
      ],
      names: ['copy'],
    },
    message: '`copy()` of a column or constraint is deprecated',
    instead: 'copy the table with Table.to_metadata(), or write the column again',
    row: 'schema-copy',
  },
  {
    names: /^sqlalchemy\.(types\.)?Variant$/,
    message: '`Variant` is no class of types any more',
    instead: 'call with_variant() of the type, which gives a type of the same class',
    row: 'variant-class',
  },
  {
    names: /^sqlalchemy\.Sequence$/,
    keyword: { name: 'start', isThere: false },
    mentions: /\bmssql\b/,
    message: '`Sequence` without a start',
    instead: 'SQL Server starts at its own lowest number since 2.0: pass start=1 to keep 1',
    row: 'sequence-start',
  },
  {
    names: /^sqlalchemy\.Float$/,
    holds: /\(\s*\d+\s*\)$/,
    mentions: /\boracle\b/,
    message: '`Float` with a precision',
    instead:
      'Oracle takes binary precision: Float(n).with_variant(oracle.FLOAT(binary_precision=…), "oracle")',
    row: 'oracle-float-precision',
  },
  {
    names: /^psycopg2\.extras\.(Date|DateTime|DateTimeTZ|Numeric)?Range$/,
    message: 'range objects of psycopg2',
    instead: 'columns give and take sqlalchemy.dialects.postgresql.Range in 2.0',
    row: 'pg-range-psycopg2',
  },
  {
    names: /^sqlalchemy\.Enum$/,
    keyword: { name: 'length', isThere: true },
    message: '`Enum` with a length',
    instead: 'the length holds always since 2.0, and may change the column that is created',
    row: 'enum-length',
  },
  {
    names: /^sqlalchemy\.Column$/,
    holds: /\bmssql_identity_(start|increment)\s*=/,
    message: 'the identity options of `Column` are gone',
    instead: 'pass Identity(start=…, increment=…) to the Column',
    row: 'mssql-identity-kw',
  },
  {
    names: /^asyncpg\.(types\.)?BitString$/,
    since: '2.1',
    message: 'bit strings of asyncpg',
    instead: 'columns give and take sqlalchemy.dialects.postgresql.BitString in 2.1',
    row: 'v21-bitstring',
  },
  {
    method: { of: ['sqlalchemy.Result'], names: ['yield_per'] },
    holds: /\.unique\(/,
    since: '2.1',
    message: '`unique()` and `yield_per()` of one result',
    instead: '2.1 raises: use one of them',
    row: 'v21-unique-yield-per',
  },
  {
    names: /^sqlalchemy\.event\.listens?(_for)?$/,
    holds: /["']first_init["']/,
    since: '2.1',
    message: 'the event `first_init` is gone in 2.1',
    instead: 'listen to "init", or to "instrument_class"',
    row: 'v21-removed-events',
  },
  {
    names: /^sqlalchemy\.Column$/,
    holds: /\bNumeric\b(?!\s*\(\s*scale)(?=[\s\S]*\bprimary_key\s*=\s*True)/,
    since: '2.1',
    message: 'a numeric primary key',
    instead:
      '2.1 generates no values for it: use Integer, or Numeric(scale=0) with autoincrement=True',
    row: 'serial-numeric-pk',
  },
  {
    names: /^sqlalchemy\.Computed$/,
    keyword: { name: 'persisted', isThere: false },
    mentions: /\bpostgres/,
    since: '2.1',
    message: '`Computed` that does not say whether it is stored',
    instead: 'PostgreSQL 18 does not store it by default: pass persisted=True to keep it stored',
    row: 'v21-computed',
  },
  {
    names: /^sqlalchemy\.(over|func\.\w+)$/,
    holds: /\brange_\s*=\s*\([^)]*\d\.\d/,
    since: '2.1',
    message: 'a range of a window that is no integer',
    instead: 'pass FrameClause(…) with the bounds',
    row: 'v21-over-range',
  },
  {
    method: { of: [], ofCall: /^sqlalchemy\.func\.\w+$/, names: ['over'] },
    holds: /\brange_\s*=\s*\([^)]*\d\.\d/,
    since: '2.1',
    message: 'a range of a window that is no integer',
    instead: 'pass FrameClause(…) with the bounds',
    row: 'v21-over-range',
  },
  {
    names: /^sqlalchemy\.ext\.baked\.(BakedQuery|bakery)$/,
    holds: /^[\w.]*(BakedQuery|bakery)\(/,
    message: 'a baked query',
    instead:
      'statements are cached by themselves since 1.4: build a `select()` in a function and execute it with the session',
    row: 'sharded-baked-dogpile',
  },
  ...CHOOSERS,
  {
    names: /^sqlalchemy\.Enum$/,
    keyword: { name: 'schema', isThere: false },
    mentions: /MetaData\([^)]*\bschema\s*=/,
    since: '2.1',
    message: '`Enum` in metadata with a schema',
    instead: 'its type is created in that schema by 2.1: pass schema= to say where it is',
    row: 'v21-enum-schema',
  },
  {
    names: /^sqlalchemy\.Index$/,
    holds: /hstore|HSTORE/,
    since: '2.1',
    message: 'an index on an element of HSTORE',
    instead: '2.1 renders subscripts on PostgreSQL 14 and newer: create the index again',
    row: 'v21-hstore-subscript',
  },
  {
    names: /^sqlalchemy\.Uuid$/,
    keyword: { name: 'native_uuid', isThere: false },
    mentions: /\bmariadb\b/i,
    since: '2.1',
    message: '`Uuid` on MariaDB',
    instead:
      'MariaDB 10.7 and newer get a native UUID column in 2.1: pass native_uuid=False to keep CHAR(32)',
    row: 'v21-mariadb-uuid',
  },
  {
    names: /^sqlalchemy\.orm\.relationship$/,
    holds: /\bsecondary\s*=\s*(["'])[^"'.]+\1/,
    mentions: /\bBLANK_SCHEMA\b/,
    since: '2.1',
    message: 'the table of a relationship is named without a schema',
    instead:
      '2.1 looks for it in the schema of the MetaData first: pass the Table itself, or its full name',
    row: 'v21-schema-string',
  },
];
