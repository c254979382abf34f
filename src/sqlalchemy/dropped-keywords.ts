// Keyword arguments that 2.x no longer takes: those that may go, those that have another name, and those that need a person.
import type { LibraryClass } from './returns.ts';

/** A keyword argument of some functions or methods. */
export interface OldKeyword {
  readonly name: string;
  /** Canonical functions and classes that took it. */
  readonly functions?: readonly string[];
  /** The method that took it, of these classes. */
  readonly method?: { readonly of: readonly LibraryClass[]; readonly name: string };
  /** Only this value is meant (`true`, `false`, `none`, a string); any other where it is absent. */
  readonly value?: 'true' | 'false' | 'none' | 'string';
  /** The new name; without it, and without `instead`, the argument goes. */
  readonly to?: string;
  /** What replaces the whole argument, by its value. */
  readonly by?: ReadonlyMap<string, string>;
  /** The method of what is made that takes its value, under that name. */
  readonly movesTo?: { readonly name: string; readonly keyword: string };
  /** What a person has to do: the argument stays. */
  readonly instead?: string;
  /** It goes only if this one is there as well. */
  readonly beside?: string;
  /** Why the program may behave differently without it. */
  readonly doubt?: string;
  /** The version that no longer takes it, where that is not 2.0 or older. */
  readonly since?: '2.1';
  /** 1.4 still needs it. */
  readonly isNeededIn14?: true;
  /** It stays where a file of the project has this text, for which it tells something. */
  readonly staysWith?: string;
  /** Catalog row. */
  readonly row: string;
}

const CREATE = [
  'sqlalchemy.create_engine',
  'sqlalchemy.engine_from_config',
  'sqlalchemy.ext.asyncio.create_async_engine',
];
/** What `lockmode=` said, for statements that lock. */
const LOCKS: ReadonlyMap<string, string> = new Map([
  ['read', 'with_for_update={"read": True}'],
  ['update', 'with_for_update=True'],
  ['update_nowait', 'with_for_update={"nowait": True}'],
]);
const SESSIONS = [
  'sqlalchemy.orm.Session',
  'sqlalchemy.orm.create_session',
  'sqlalchemy.orm.sessionmaker',
  'sqlalchemy.ext.asyncio.AsyncSession',
  'sqlalchemy.ext.asyncio.async_sessionmaker',
];
const STRINGS = [
  'CHAR',
  'CLOB',
  'Enum',
  'NCHAR',
  'NVARCHAR',
  'String',
  'TEXT',
  'Text',
  'Unicode',
  'UnicodeText',
  'VARCHAR',
].map((name) => `sqlalchemy.${name}`);
const MYSQL_LISTS = ['sqlalchemy.dialects.mysql.ENUM', 'sqlalchemy.dialects.mysql.SET'];
const EVENTS = 'listen to the events of the engine, pool or session with sqlalchemy.event';

/** Those of engines and connections. */
export const ENGINE_KEYWORDS: readonly OldKeyword[] = [
  {
    name: 'future',
    functions: CREATE,
    value: 'true',
    isNeededIn14: true,
    // It tells that the engine's connections never committed by themselves.
    staysWith: '.connect(',
    row: 'create-engine-future',
  },
  {
    name: 'future',
    functions: CREATE,
    value: 'false',
    instead:
      'engines of 2.0 are all of the new kind: migrate what the engine executes, then drop it',
    row: 'create-engine-future',
  },
  ...['convert_unicode', 'encoding'].map((name) => ({
    name,
    functions: CREATE,
    row: 'create-engine-removed-kw',
  })),
  { name: 'case_sensitive', functions: CREATE, value: 'true', row: 'create-engine-removed-kw' },
  {
    name: 'case_sensitive',
    functions: CREATE,
    instead: 'rows are read by the exact names of their columns: spell them so, then drop it',
    row: 'create-engine-removed-kw',
  },
  { name: 'pool_threadlocal', functions: CREATE, value: 'false', row: 'create-engine-removed-kw' },
  {
    name: 'pool_threadlocal',
    functions: CREATE,
    instead:
      'each connect() takes a connection of its own: pass one connection on where it is meant to be shared',
    row: 'create-engine-removed-kw',
  },
  ...['listeners', 'proxy'].map((name) => ({
    name,
    functions: CREATE,
    instead: EVENTS,
    row: 'create-engine-removed-kw',
  })),
  {
    name: 'implicit_returning',
    functions: CREATE,
    value: 'true',
    row: 'create-engine-deprecated-kw',
  },
  {
    name: 'implicit_returning',
    functions: CREATE,
    doubt:
      'RETURNING is used for INSERT: pass implicit_returning=False to the Table where that must not be',
    row: 'create-engine-deprecated-kw',
  },
  {
    name: 'empty_in_strategy',
    functions: CREATE,
    doubt: 'an empty IN is rendered as an empty set',
    row: 'create-engine-deprecated-kw',
  },
  ...['Engine', 'Connection'].map((of) => ({
    name: 'close_with_result',
    method: { of: [`sqlalchemy.${of}`] as const, name: 'connect' },
    doubt: 'the connection stays open when its result is read: use it in a with block',
    row: 'close-with-result',
  })),
  {
    name: 'close_with_result',
    method: { of: ['sqlalchemy.Engine'], name: 'begin' },
    doubt: 'the connection stays open when its result is read: use it in a with block',
    row: 'close-with-result',
  },
  ...['_json_deserializer', '_json_serializer'].map((name) => ({
    name,
    functions: CREATE,
    to: name.slice(1),
    row: 'v21-sqlite-json-serializer',
  })),
];

/** The options of sessions. */
const SESSION_OPTIONS: readonly OldKeyword[] = [
  {
    name: 'future',
    functions: SESSIONS,
    value: 'true',
    isNeededIn14: true,
    row: 'create-engine-future',
  },
  {
    name: 'future',
    functions: SESSIONS,
    value: 'false',
    instead:
      'sessions of 2.0 are all of the new kind: drop it after migrating what the session does',
    row: 'create-engine-future',
  },
  { name: 'autocommit', functions: SESSIONS, value: 'false', row: 'session-autocommit-false' },
  {
    name: 'autocommit',
    functions: SESSIONS,
    instead:
      'drop it, and write `with session.begin():` around what belongs together: nothing is written without a commit',
    row: 'session-autocommit',
  },
  { name: 'weak_identity_map', functions: SESSIONS, value: 'true', row: 'session-removed-kw' },
  {
    name: 'weak_identity_map',
    functions: SESSIONS,
    instead:
      'keep references to the objects that must stay, or use the pinning recipe of the documentation',
    row: 'session-removed-kw',
  },
  { name: 'extension', functions: SESSIONS, value: 'none', row: 'session-removed-kw' },
  { name: 'extension', functions: SESSIONS, instead: EVENTS, row: 'session-removed-kw' },
  {
    name: '_enable_transaction_accounting',
    functions: SESSIONS,
    value: 'true',
    row: 'session-removed-kw',
  },
  {
    name: '_enable_transaction_accounting',
    functions: SESSIONS,
    doubt: 'objects are expired and restored with the transaction',
    row: 'session-removed-kw',
  },
];

/** Where a factory of sessions is given options after it is made. */
const CONFIGURE = {
  of: ['sqlalchemy.orm.sessionmaker', 'sqlalchemy.orm.scoped_session'],
  name: 'configure',
} as const;

/** Those of sessions. */
export const SESSION_KEYWORDS: readonly OldKeyword[] = [
  ...SESSION_OPTIONS,
  ...SESSION_OPTIONS.map(({ functions: _, ...option }) => ({ ...option, method: CONFIGURE })),
  {
    name: 'subtransactions',
    method: { of: ['sqlalchemy.orm.Session'], name: 'begin' },
    value: 'false',
    row: 'session-subtransactions',
  },
  {
    name: 'subtransactions',
    method: { of: ['sqlalchemy.orm.Session'], name: 'begin' },
    instead:
      'begin once, outermost; in functions that may be called inside a transaction: `with session.begin_nested() if session.in_transaction() else session.begin():` or nothing at all',
    row: 'session-subtransactions',
  },
  {
    name: 'close_with_result',
    method: { of: ['sqlalchemy.orm.Session'], name: 'connection' },
    row: 'session-connection-cwr',
  },
  {
    name: 'lockmode',
    method: { of: ['sqlalchemy.orm.Session'], name: 'refresh' },
    value: 'string',
    by: LOCKS,
    row: 'session-removed-kw',
  },
  {
    name: 'lockmode',
    method: { of: ['sqlalchemy.orm.Session'], name: 'refresh' },
    instead:
      'pass with_for_update=True, or a dictionary such as {"read": True} or {"nowait": True}',
    row: 'session-removed-kw',
  },
  {
    name: 'passive',
    method: { of: ['sqlalchemy.orm.Session'], name: 'is_modified' },
    row: 'session-removed-kw',
  },
];

/** Those of types, tables and expressions. */
export const CORE_KEYWORDS: readonly OldKeyword[] = [
  ...['_warn_on_bytestring', 'convert_unicode', 'unicode_error'].map((name) => ({
    name,
    functions: [...STRINGS, ...MYSQL_LISTS],
    row: 'string-convert-unicode',
  })),
  { name: 'quoting', functions: MYSQL_LISTS, row: 'mysql-enum-quoting' },
  { name: 'autoload', functions: ['sqlalchemy.Table'], value: 'false', row: 'table-autoload' },
  {
    name: 'autoload',
    functions: ['sqlalchemy.Table'],
    value: 'true',
    beside: 'autoload_with',
    row: 'table-autoload',
  },
  {
    name: 'autoload',
    functions: ['sqlalchemy.Table'],
    instead: 'pass the engine or connection to read from as autoload_with=',
    row: 'table-autoload',
  },
  {
    name: 'mustexist',
    functions: ['sqlalchemy.Table'],
    to: 'must_exist',
    row: 'table-mustexist',
  },
  {
    name: 'useexisting',
    functions: ['sqlalchemy.Table'],
    to: 'extend_existing',
    row: 'table-mustexist',
  },
  { name: 'bind', functions: ['sqlalchemy.text'], value: 'none', row: 'text-bind' },
  {
    name: 'bind',
    functions: ['sqlalchemy.text', 'sqlalchemy.func.*'],
    doubt: 'bind= chose the engine that executes the statement',
    row: 'text-bind',
  },
  {
    name: 'bind',
    functions: [
      'AddConstraint',
      'CreateIndex',
      'CreateSchema',
      'CreateSequence',
      'CreateTable',
      'DDL',
      'DropConstraint',
      'DropIndex',
      'DropSchema',
      'DropSequence',
      'DropTable',
    ].flatMap((name) => [`sqlalchemy.schema.${name}`, `sqlalchemy.${name}`]),
    doubt: 'bind= chose the engine that executes the statement',
    row: 'ddl-bind',
  },
  {
    name: 'on',
    functions: ['sqlalchemy.DDL', 'sqlalchemy.schema.DDL'],
    value: 'none',
    row: 'ddl-bind',
  },
  {
    name: 'on',
    functions: ['sqlalchemy.DDL', 'sqlalchemy.schema.DDL'],
    value: 'string',
    movesTo: { name: 'execute_if', keyword: 'dialect' },
    row: 'ddl-bind',
  },
  {
    name: 'on',
    functions: ['sqlalchemy.DDL', 'sqlalchemy.schema.DDL'],
    instead: 'use DDL(…).execute_if(dialect=…) and event.listen(table, "after_create", ddl)',
    row: 'ddl-bind',
  },
  {
    name: 'reflect',
    functions: ['sqlalchemy.MetaData'],
    instead: 'call metadata.reflect(engine) after it',
    row: 'metadata-is-bound',
  },
  ...['on_null', 'order'].map((name) => ({
    name,
    functions: ['sqlalchemy.Identity'],
    to: `oracle_${name}`,
    since: '2.1' as const,
    row: 'v21-identity-kw',
  })),
  {
    name: 'order',
    functions: ['sqlalchemy.Sequence'],
    to: 'oracle_order',
    since: '2.1',
    row: 'v21-identity-kw',
  },
];
