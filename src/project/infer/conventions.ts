// What a name alone tells: the user's settings (proven), and conventions (likely). It looks at no assignments.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Inferred, Value } from '../values.ts';
import { queryClass } from './session-factories.ts';
import { proven, type CallSite, type Tracer } from './tracer.ts';
import { instance } from './value.ts';

const SESSION: Value = instance('sqlalchemy.orm.Session');
const ASYNC_SESSION: Value = instance('sqlalchemy.ext.asyncio.AsyncSession');
const SCOPED_SESSION: Value = instance('sqlalchemy.orm.scoped_session', {
  kind: 'library',
  name: 'sqlalchemy.orm.Session',
});
const ENGINE: Value = instance('sqlalchemy.Engine');
const CONNECTION: Value = instance('sqlalchemy.Connection');

const NAMES: ReadonlyMap<string, Value> = new Map([
  ...['session', 'db_session', 'dbsession', 'sess', 'db_sess', 'dbsess', 'sql_session'].map(
    (name): [string, Value] => [name, SESSION],
  ),
  ...['Session', 'DBSession', 'DbSession', 'ScopedSession'].map((name): [string, Value] => [
    name,
    SCOPED_SESSION,
  ]),
  ['async_session', ASYNC_SESSION],
  ...[
    'engine',
    'db_engine',
    'migrate_engine',
    'sa_engine',
    'sql_engine',
    'sqla_engine',
    'sqlalchemy_engine',
  ].map((name): [string, Value] => [name, ENGINE]),
]);

const CONNECTIONS: ReadonlySet<string> = new Set(['conn', 'connection']);
const QUERY_METHODS: ReadonlySet<string> = new Set(['query']);

/** Attributes of these names are sessions of other things (HTTP, above all). */
const OTHER_OWNERS = /(^|\.)(request|req|websocket|ws|client|http|requests|driver|tf)$/;

/** Libraries that have sessions, engines or connections of their own. */
const FOREIGN: ReadonlySet<string> = new Set(
  (
    'aioboto3 aiobotocore aiohttp aiomysql aiosqlite asyncpg asyncssh azure bottle boto boto3 botocore bs4 builtins cassandra channels cherrypy ' +
    'clickhouse_driver curl_cffi cx_Oracle databases dataset django duckdb elasticsearch falcon fabric flask flask_login flask_session ftplib ' +
    'google gql grequests gspread httpcore httpx imaplib jira kazoo keras keystoneauth1 kombu ldap ldap3 logging mechanize mongoengine mongomock ' +
    'motor multiprocessing MySQLdb mysql neo4j nox oauthlib odmantic onnxruntime openai openstack oracledb orm paramiko peewee pexpect pika ' +
    'playwright pony poplib prompt_toolkit psycopg psycopg2 py2neo pymongo pymssql pymysql pyodbc pyramid pyspark pytest quart ray redis requests ' +
    'requests_cache requests_futures requests_html requests_oauthlib sanic scrapy selenium smtplib snowflake socket sqlite3 sqlitedict ssl ' +
    'starlette subprocess suds telnetlib tensorflow tinydb tornado tortoise trio typing unittest urllib urllib3 werkzeug zeep'
  ).split(' '),
);

/** Whether a library has sessions, engines or connections that are not SQLAlchemy's. */
export function isForeign(canonical: string): boolean {
  return FOREIGN.has(canonical.split('.')[0] ?? '');
}

/** What the user's settings say of a name or attribute expression. */
export function named(tracer: Tracer, module: Module, node: PyNode): Inferred | null {
  const { sessionNames, engineNames } = tracer.settings;
  const says = (names: readonly string[], setting: string, value: Value): Inferred | null =>
    names.some((name) => matches(tracer, module, node, name))
      ? proven(value, `${node.text}: named in ${setting}`)
      : null;
  return says(sessionNames, 'session-names', SESSION) ?? says(engineNames, 'engine-names', ENGINE);
}

/** The session that a call gives, if the user names its callee as a factory of sessions. */
export function namedFactory(
  tracer: Tracer,
  { module, call }: CallSite,
  callee: PyNode,
): Inferred | null {
  const found = tracer.settings.sessionFactories.some((name) =>
    matches(tracer, module, callee, name),
  );
  if (!found) return null;
  const query = queryClass(tracer, { module, call });
  const session = query ? instance('sqlalchemy.orm.Session', query) : SESSION;
  return proven(session, `${callee.text}: named in session-factories`);
}

/** A plain name fits the variable and the attribute of that name; a dotted one the expression as written or the project's id. */
function matches(tracer: Tracer, module: Module, node: PyNode, name: string): boolean {
  if (!name.includes('.')) return lastName(node) === name;
  if (node.text === name) return true;
  const symbol = tracer.symbols.symbolOf(module, node);
  if (symbol?.kind === 'definition') return symbol.id === name;
  return symbol?.kind === 'library' && symbol.name === name;
}

function lastName(node: PyNode): string {
  return (node.kind === 'attribute' ? node.child('attribute')?.text : node.text) ?? '';
}

/**
 * What is likely from the name of something of unknown origin. `library` is the name's value where it comes from a library outside of the
 * project; names that a library other than SQLAlchemy is known for are not guessed at.
 */
export function conventional(
  tracer: Tracer,
  module: Module,
  node: PyNode,
  library: Inferred | null,
): Inferred | null {
  if (!tracer.index.usesSqlalchemy) return null;
  if (library && !mayBeOurs(library)) return null;
  if (node.kind === 'attribute' && OTHER_OWNERS.test(node.child('object')?.text ?? '')) {
    if (lastName(node) === 'session' || CONNECTIONS.has(lastName(node))) return null;
  }
  const value = byName(tracer, module, node);
  if (!value) return null;
  return {
    value,
    evidence: 'likely',
    trail: [`${node.text}: of unknown origin, judged by its name (${tracer.place(module, node)})`],
  };
}

function byName(tracer: Tracer, module: Module, node: PyNode): Value | null {
  const name = lastName(node);
  const value = NAMES.get(name);
  if (value) return value;
  if (CONNECTIONS.has(name)) return tracer.index.importsSqlalchemy(module) ? CONNECTION : null;
  return name === 'db' && isQueried(module, node) ? SESSION : null;
}

/** Names that are known well enough not to be guessed at. */
const KNOWN = /^(sqlalchemy|flask_sqlalchemy|flask_sqlalchemy_lite|sqlmodel|alembic)\./;

/** Objects of other libraries that hold what the application puts there. */
const HOLDERS = /^(flask\.(g|current_app)|quart\.(g|current_app)|bottle\.request|falcon\.\w+)\./;

/** Whether what comes from a library outside of the project may be an object of SQLAlchemy. */
export function mayBeOurs({ value }: Pick<Inferred, 'value'>): boolean {
  if (value.kind !== 'library' || KNOWN.test(value.name)) return false;
  return !isForeign(value.name) || HOLDERS.test(value.name);
}

/** Whether it is used as a session here, or, if it is a variable, somewhere in its scope: `db.query(`. */
function isQueried(module: Module, node: PyNode): boolean {
  if (isQueriedHere(node)) return true;
  const lookup = node.kind === 'identifier' ? module.binding.lookup(node.text, node) : null;
  return lookup !== null && module.binding.references(lookup.scope, node.text).some(isQueriedHere);
}

function isQueriedHere(node: PyNode): boolean {
  const attribute =
    node.parent?.kind === 'attribute' && node.field === 'object' ? node.parent : null;
  return (
    attribute?.parent?.kind === 'call' &&
    attribute.field === 'function' &&
    QUERY_METHODS.has(attribute.child('attribute')?.text ?? '')
  );
}
