// Says whether SQLAlchemy 1.x committed a statement by itself. It knows nothing of the connection that executes it.
import { readCall, readMethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import { isLibrarySubclass, type LibraryClass } from '../../sqlalchemy/returns.ts';
import type { Facts } from '../facts.ts';
import { libraryBases } from '../infer/classes.ts';
import { autocommitOption } from './autocommit-option.ts';
import { readSqlText } from './sql-text.ts';

/** `dialect`: some dialects committed it, others did not. */
export type StatementKind = 'read' | 'write' | 'dialect' | 'unknown';

/** What every dialect committed: `AUTOCOMMIT_REGEXP` of SQLAlchemy 1.x, with what one database alone understands and committed. */
const WRITES =
  /^\s*(?:UPDATE|INSERT|CREATE|DELETE|DROP|ALTER|IMPORT FOREIGN SCHEMA|REFRESH MATERIALIZED VIEW|LOAD +DATA)/i;

/** What several databases understand, and one of them committed: the words, that database, and those that did not commit them. */
const DIALECT_WRITES = [
  {
    words: /^\s*(?:GRANT|REVOKE|TRUNCATE)/i,
    committed: /postgres|psycopg|pg8000/i,
    others: /mssql|pyodbc|pymssql/i,
  },
  { words: /^\s*REPLACE/i, committed: /mysql|mariadb/i, others: /sqlite/i },
];
const LONGEST_WORD = 25;

const READ_CLASSES: readonly LibraryClass[] = [
  'sqlalchemy.Select',
  'sqlalchemy.CompoundSelect',
  'sqlalchemy.Exists',
];
const WRITE_CLASSES: readonly LibraryClass[] = [
  'sqlalchemy.Insert',
  'sqlalchemy.Update',
  'sqlalchemy.Delete',
  'sqlalchemy.dialects.postgresql.Insert',
  'sqlalchemy.dialects.mysql.Insert',
  'sqlalchemy.dialects.sqlite.Insert',
];
const FUNCTION = /^sqlalchemy\.func\.\w/;
const DDL = /^sqlalchemy\.(schema\.)?(DDL$|(Create|Drop|Add)[A-Z])/;
const DDL_BASE = /^sqlalchemy\.(schema\.)?((Executable)?DDL(Element)?$|(Create|Drop|Add)[A-Z])/;

/** The kind of the statement that an expression gives. */
export function statementKind(node: PyNode, facts: Facts): StatementKind {
  const source = node.kind === 'identifier' ? facts.definition(node)?.value : null;
  if ((source ?? node).text.includes('autocommit')) return kindByOption(source ?? node);
  const text = readSqlText(node, facts);
  if (text) return kindOfText(text.prefix, text.value !== null, facts);
  const call = readCall(node);
  const name = call ? facts.qualifiedName(call.callee) : null;
  if (name === 'sqlalchemy.text' && call?.positional[0])
    return call.keywords.length === 0 ? statementKind(call.positional[0], facts) : 'unknown';
  // 1.x selected a function, and committed no SELECT, whatever the function does.
  if (name === 'sqlalchemy.select' || (name !== null && FUNCTION.test(name))) return 'read';
  if (name !== null && DDL.test(name)) return 'write';
  const inferred = facts.infer(node);
  if (inferred?.evidence !== 'proven' || inferred.value.kind !== 'instance') return 'unknown';
  const { of } = inferred.value;
  if (READ_CLASSES.some((each) => isLibrarySubclass(of, each))) return 'read';
  if (WRITE_CLASSES.some((each) => isLibrarySubclass(of, each))) return 'write';
  if (DDL.test(of) || isDdlElement(of, facts)) return 'write';
  return textVariable(node, facts);
}

/** Whether a class of the project is DDL: 1.x committed every DDLElement. */
function isDdlElement(of: string, { index }: Facts): boolean {
  const source = index.classById(of);
  return source !== null && libraryBases(index, source).some((base) => DDL_BASE.test(base));
}

/** `statement.execution_options(autocommit=True)` was committed whatever the statement is. */
function kindByOption(node: PyNode): StatementKind {
  const option = autocommitOption(readMethodCall(node));
  if (option?.value.kind === 'true') return 'write';
  return option?.value.kind === 'false' ? 'read' : 'unknown';
}

function kindOfText(prefix: string, isWhole: boolean, facts: Facts): StatementKind {
  if (WRITES.test(prefix)) return 'write';
  const dialect = DIALECT_WRITES.find(({ words }) => words.test(prefix));
  if (dialect) {
    const { committed, others } = dialect;
    return mentions(committed, facts) && !mentions(others, facts) ? 'write' : 'dialect';
  }
  const word = prefix.trimStart();
  return isWhole || /^[a-z]+[^a-z]/i.test(word) || word.length > LONGEST_WORD ? 'read' : 'unknown';
}

/** Whether the code of the project names a database or its driver. */
function mentions(database: RegExp, { modules }: Facts): boolean {
  return modules.modules.some(({ tree }) => database.test(tree.text));
}

/** A variable bound once to `text("…")`. */
function textVariable(node: PyNode, facts: Facts): StatementKind {
  const value = node.kind === 'identifier' ? facts.definition(node)?.value : null;
  const call = readCall(value ?? null);
  if (!value || !call || facts.qualifiedName(call.callee) !== 'sqlalchemy.text') return 'unknown';
  return statementKind(value, facts);
}
