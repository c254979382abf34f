// Which drivers work under asyncio, and where the URL of an engine is written. Data and syntax; it connects to nothing.
import { keyword, readCall, type Call } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { TargetVersion } from '../settings.ts';

/** A URL as far as it is written out. */
export interface DatabaseUrl {
  /** The string node that holds its start. */
  readonly node: PyNode;
  /** `postgresql+psycopg2`. */
  readonly scheme: string;
  /** Where the scheme stands in the file. */
  readonly start: number;
  /** It is written in the call itself, so that a change concerns no other user. */
  readonly own: boolean;
}

/** Schemes that need another driver under asyncio, with the usual one. */
const ASYNC_FOR: ReadonlyMap<string, string> = new Map([
  ['postgresql', 'postgresql+asyncpg'],
  ['postgres', 'postgresql+asyncpg'],
  ['postgresql+psycopg2', 'postgresql+asyncpg'],
  ['postgresql+psycopg2cffi', 'postgresql+asyncpg'],
  ['postgresql+pg8000', 'postgresql+asyncpg'],
  ['sqlite', 'sqlite+aiosqlite'],
  ['sqlite+pysqlite', 'sqlite+aiosqlite'],
  ['mysql', 'mysql+aiomysql'],
  ['mysql+pymysql', 'mysql+aiomysql'],
  ['mysql+mysqldb', 'mysql+aiomysql'],
  ['mysql+mysqlconnector', 'mysql+aiomysql'],
  ['mariadb', 'mariadb+aiomysql'],
  ['mariadb+pymysql', 'mariadb+aiomysql'],
  ['mssql', 'mssql+aioodbc'],
  ['mssql+pyodbc', 'mssql+aioodbc'],
  ['mssql+pymssql', 'mssql+aioodbc'],
  ['oracle', 'oracle+oracledb'],
  ['oracle+cx_oracle', 'oracle+oracledb'],
]);
/** Bare names whose default driver can do both in 2.1. */
const BOTH_IN_21: ReadonlySet<string> = new Set(['postgresql', 'oracle']);

/** The scheme that works under asyncio instead; `null` if this one does. */
export function asyncScheme(scheme: string, target: TargetVersion): string | null {
  if (target === '2.1' && BOTH_IN_21.has(scheme)) return null;
  return ASYNC_FOR.get(scheme.toLowerCase()) ?? null;
}

/** Schemes that work under asyncio only, with the usual other one. */
const SYNC_FOR: ReadonlyMap<string, string> = new Map([
  ['postgresql+asyncpg', 'postgresql+psycopg'],
  ['sqlite+aiosqlite', 'sqlite'],
  ['mysql+aiomysql', 'mysql+pymysql'],
  ['mysql+asyncmy', 'mysql+pymysql'],
  ['mariadb+aiomysql', 'mariadb+pymysql'],
  ['mariadb+asyncmy', 'mariadb+pymysql'],
  ['mssql+aioodbc', 'mssql+pyodbc'],
]);

/** The scheme that works without asyncio instead; `null` if this one does. */
export function syncScheme(scheme: string): string | null {
  return SYNC_FOR.get(scheme.toLowerCase()) ?? null;
}

const ENGINES: ReadonlyMap<string, 'async' | 'sync'> = new Map([
  ['sqlalchemy.ext.asyncio.create_async_engine', 'async'],
  ['sqlalchemy.create_engine', 'sync'],
  ['sqlmodel.create_engine', 'sync'],
]);

/** The kind of engine that a call makes; `null` for any other call. */
export function engineKind(call: Call, facts: Facts): 'async' | 'sync' | null {
  if (!call.callee.text.endsWith('engine')) return null;
  return ENGINES.get(facts.qualifiedName(call.callee) ?? '') ?? null;
}

/** The URL that a call is given: in itself, in a variable, or by `URL.create("…")`. */
export function urlOf(call: Call, facts: Facts): DatabaseUrl | null {
  const value = call.positional[0] ?? keyword(call, 'url');
  return value ? readUrl(value, facts, true, 0) : null;
}

function readUrl(node: PyNode, facts: Facts, own: boolean, depth: number): DatabaseUrl | null {
  if (depth > 3) return null;
  if (node.kind === 'string' || node.kind === 'concatenated_string') return literal(node, own);
  if (node.kind === 'identifier' || node.kind === 'attribute') {
    const symbol = node.kind === 'identifier' ? facts.definition(node) : null;
    const named = facts.symbols.symbolOf(facts.module, node);
    const binding = symbol ?? (named?.kind === 'definition' ? named.binding : null);
    const home = named?.kind === 'definition' ? facts.in(named.module) : facts;
    if (binding?.kind !== 'assignment' || binding.path.length > 0 || !binding.value) return null;
    if ((binding.scope.bindings.get(binding.name) ?? []).length > 1) return null;
    const found = readUrl(binding.value, home, false, depth + 1);
    return found;
  }
  const call = readCall(node);
  const name = call && facts.qualifiedName(call.callee);
  if (
    call &&
    name !== null &&
    /^sqlalchemy\.(engine\.)?(url\.)?(URL\.create|URL|make_url)$/.test(name)
  ) {
    const first = call.positional[0] ?? keyword(call, 'drivername');
    return first?.kind === 'string' ? literal(first, own, name.endsWith('make_url')) : null;
  }
  return null;
}

/** The scheme at the start of a string. */
function literal(node: PyNode, own: boolean, whole = true): DatabaseUrl | null {
  const first = node.kind === 'concatenated_string' ? (node.named[0] ?? node) : node;
  const start = first.children[0]?.end ?? first.start;
  const text = first.source.slice(start, first.end);
  const match = (
    whole
      ? /^([a-z][a-z0-9]*(?:\+[a-z0-9_]+)?):\/\//
      : /^([a-z][a-z0-9]*(?:\+[a-z0-9_]+)?)(?=["']|:\/\/)/i
  ).exec(text);
  return match?.[1] === undefined ? null : { node: first, scheme: match[1], start, own };
}
