// Commits the writes of a Connection that 1.x committed by itself: statement objects and DDL. SQL strings belong to conn-execute-str.
import { dottedParts, keyword, readMethodCall, type MethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { autocommitOption, withoutAutocommit } from '../project/core/autocommit-option.ts';
import { commitAfter } from '../project/core/commit.ts';
import { CONNECTIONS, isInstance } from '../project/core/receivers.ts';
import { readSqlText } from '../project/core/sql-text.ts';
import { givenKind } from '../project/core/given-kind.ts';
import { transactionFrom } from '../project/core/connection-origin.ts';
import { callsOn } from '../project/core/transaction.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { Facts } from '../project/facts.ts';

const EXECUTING: ReadonlySet<string> = new Set(['execute', 'scalar', 'scalars', 'exec_driver_sql']);
const DDL: ReadonlySet<string> = new Set(['create', 'create_all', 'drop', 'drop_all']);

export default defineTransform({
  id: 'conn-autocommit',
  summary: 'Commit writes on a Connection that began no transaction',
  rationale:
    '1.x committed INSERT, UPDATE, DELETE and DDL by itself; 2.0 rolls them back when the connection is closed, without an error.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#library-level-but-not-driver-level-autocommit-removed-from-both-core-and-orm',
  fixes: 'safe',
  rows: ['conn-autocommit'],
  triggers: ['.connect(', '.execute('],
  example: {
    before:
      'with engine.connect() as connection:\n    connection.execute("DELETE FROM logs")\n    connection.execute(users.insert().values(name="Ann"))\n',
    after:
      'with engine.connect() as connection:\n    connection.execute(text("DELETE FROM logs"))\n    connection.commit()\n    connection.execute(users.insert().values(name="Ann"))\n    connection.commit()\n',
  },
  visit: {
    call(node, context) {
      const { facts } = context;
      const call = readMethodCall(node);
      // What conn-execute-str rewrites it commits too.
      const written = !call || isLegacyCall(call, facts) ? null : writtenOn(call, facts);
      const connection = written?.connection;
      if (!connection || isInstance(connection, CONNECTIONS, facts) !== 'proven') return;
      const transaction = transactionFrom(connection, facts);
      if (transaction === 'begun' || transaction === 'unknown') return;
      const message = `a write on \`${connection.text}\`, which begins no transaction`;
      const edits = transaction === 'mixed' ? null : commitAfter(node, connection, context);
      const asked = call?.positional[0] ? readMethodCall(call.positional[0]) : null;
      const option = autocommitOption(asked);
      if (!edits)
        return context.manual({
          at: node,
          message,
          reason: `1.x committed it by itself, 2.0 rolls it back: ${transaction === 'mixed' ? 'where no transaction is begun, ' : ''}${advice(connection, context)}`,
        });
      const isOwn = transaction === 'local';
      const isLegacy =
        option !== null ||
        callsOn(connection, facts).some(
          (other) =>
            facts.definition(other.receiver) === facts.definition(connection) &&
            isLegacyCall(other, facts),
        );
      context.fix({
        at: node,
        message,
        safety: isLegacy && isOwn && !written.isDialect ? 'safe' : 'unsafe',
        reason: written.isDialect
          ? '1.x committed it by itself on PostgreSQL or MySQL only'
          : isLegacy && isOwn
            ? ''
            : '1.x committed it by itself; code that already runs on 2.0 did not, and would now commit',
        edits: asked && option ? [...edits, ...withoutAutocommit(asked, option, context)] : edits,
        evidence: facts.infer(connection)?.trail ?? [],
      });
    },
  },
});

/** What a person can do where no commit can be written. */
function advice(connection: PyNode, { settings }: RuleContext): string {
  if (settings.targetVersion === '1.4')
    return 'open the connection with engine.begin(), which both have';
  return dottedParts(connection) === null
    ? 'open the connection with engine.begin(), in a with block'
    : `call ${connection.text}.commit() after it, or open the connection with engine.begin()`;
}

interface Written {
  readonly connection: PyNode;
  /** Only some databases committed it. */
  readonly isDialect: boolean;
}

/** The connection on which a call writes, `null` for any other call. */
function writtenOn(call: MethodCall, facts: Facts): Written | null {
  const { method, receiver } = call;
  const [first] = call.positional;
  if (DDL.has(method.text)) {
    const isSchema = isInstance(receiver, ['sqlalchemy.MetaData', 'sqlalchemy.Table'], facts);
    const connection = first ?? keyword(call, 'bind');
    return isSchema === 'proven' && connection ? { connection, isDialect: false } : null;
  }
  if (!first || !EXECUTING.has(method.text)) return null;
  if (method.text !== 'exec_driver_sql' && readSqlText(first, facts)) return null;
  const kind = givenKind(first, facts);
  if (kind !== 'write' && kind !== 'dialect') return null;
  return { connection: receiver, isDialect: kind === 'dialect' };
}

const PARAMETERS: ReadonlySet<string> = new Set(['statement', 'parameters', 'execution_options']);

/** Whether the call runs on a connection of 1.x only: it executes an SQL string, or passes parameters by name. */
function isLegacyCall({ method, positional, keywords }: MethodCall, facts: Facts): boolean {
  const [statement] = positional;
  if (method.text !== 'execute' || !statement) return false;
  return (
    readSqlText(statement, facts) !== null || keywords.some(({ name }) => !PARAMETERS.has(name))
  );
}
