// Says in what transaction a Connection executes: 1.x committed writes by itself where none was begun.
import { readMethodCall } from '../../python/calls.ts';
import { startsLine } from '../../python/displays.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { ENGINES, SESSIONS, isInstance } from './receivers.ts';

/**
 * `begun`: within `begin()`, which commits. `local`: a connection that this function made and on which it begins and commits nothing,
 * so that every write was committed on its own. `unknown`: anything else.
 */
export type Transaction = 'begun' | 'local' | 'unknown';

const CONTROL =
  /^(begin|begin_nested|begin_twophase|commit|rollback|transaction|execution_options)$/;

/** The transaction in which `connection.execute(…)` runs. */
export function transactionOf(connection: PyNode, facts: Facts): Transaction {
  if (isWithinBegin(connection) || isBegunBefore(connection)) return 'begun';
  const value = connection.kind === 'identifier' ? facts.definition(connection)?.value : connection;
  if (value && isManaged(value, facts)) return 'begun';
  if (connection.kind !== 'identifier') return 'unknown';
  const binding = facts.definition(connection);
  const made = readMethodCall(binding?.value ?? null);
  if (!binding || !made || binding.path.length > 0) return 'unknown';
  if (isInstance(made.receiver, ENGINES, facts) !== 'proven') return 'unknown';
  if (binding.kind === 'with' && made.method.text === 'begin') return 'begun';
  if (binding.kind !== 'with' && binding.kind !== 'assignment') return 'unknown';
  if (made.method.text !== 'connect' || binding.scope !== facts.binding.scopeOf(connection))
    return 'unknown';
  const block = binding.kind === 'with' ? enclosing(binding.node, 'with_statement') : null;
  return controls(block ?? binding.scope.node, connection.text) ? 'unknown' : 'local';
}

/** Whether someone else commits on the connection: Alembic, its Session, or the database. */
function isManaged(value: PyNode, facts: Facts): boolean {
  if (/\bAUTOCOMMIT\b/.test(value.text)) return true;
  const call = readMethodCall(value);
  if (!call) return false;
  if (facts.qualifiedName(call.callee) === 'alembic.op.get_bind') return true;
  return (
    call.method.text === 'connection' && isInstance(call.receiver, SESSIONS, facts) === 'proven'
  );
}

/** Whether an earlier statement of the same blocks begins a transaction that none in between ends. */
function isBegunBefore(connection: PyNode): boolean {
  for (let inner = connection; inner.parent; inner = inner.parent) {
    if (inner.parent.kind !== 'block' && inner.parent.kind !== 'module') continue;
    const { named } = inner.parent;
    for (const statement of named.slice(0, named.indexOf(inner)).toReversed()) {
      if (/\.(commit|rollback|close)\(/.test(statement.text)) return false;
      const value = statement.named[0]?.child('right') ?? statement.named[0] ?? null;
      const call = statement.kind === 'expression_statement' ? readMethodCall(value) : null;
      if (call?.method.text === 'begin' && call.receiver.text === connection.text) return true;
    }
    if (inner.parent.parent?.kind === 'function_definition') return false;
  }
  return false;
}

function isWithinBegin(connection: PyNode): boolean {
  for (
    let each = enclosing(connection, 'with_statement');
    each;
    each = enclosing(each, 'with_statement')
  ) {
    const begins = descendants(
      each.children.find((child) => child.kind === 'with_clause') ?? each,
      'call',
    )
      .map((call) => readMethodCall(call))
      .some(
        (call) =>
          call !== null && call.method.text === 'begin' && call.receiver.text === connection.text,
      );
    if (begins) return true;
  }
  return false;
}

function controls(scope: PyNode, name: string): boolean {
  return descendants(scope, 'call')
    .map((call) => readMethodCall(call))
    .some((call) => call !== null && call.receiver.text === name && CONTROL.test(call.method.text));
}

/** The simple statement on a line of its own after which a commit can be written; `null` if there is none. */
export function committableStatement(call: PyNode): PyNode | null {
  const statement = enclosing(
    call,
    'expression_statement',
    'block',
    'lambda',
    'generator_expression',
  );
  if (statement?.kind !== 'expression_statement' || !startsLine(statement)) return null;
  const rest = /^[^\n]*/.exec(statement.source.slice(statement.end))?.[0].trim() ?? '';
  return rest === '' || rest.startsWith('#') ? statement : null;
}
