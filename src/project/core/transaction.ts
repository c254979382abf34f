// Says in what transaction a Connection executes: 1.x committed writes by itself where none was begun.
import { readMethodCall, type MethodCall } from '../../python/calls.ts';
import { startsLine } from '../../python/displays.ts';
import { contains, descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { ENGINES, SESSIONS, isInstance } from './receivers.ts';

/**
 * `begun`: within `begin()`, which commits. `local`: a connection that this function made and on which no transaction is open,
 * so that every write was committed on its own. `unknown`: anything else.
 */
export type Transaction = 'begun' | 'local' | 'unknown';

const CONTROL =
  /^(begin|begin_nested|begin_twophase|commit|rollback|transaction|execution_options)$/;
const ENDS = /^(commit|rollback|close)$/;
const LOOPS: readonly string[] = ['for_statement', 'while_statement'];

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
  if (commitsByItself(made.receiver, facts)) return 'begun';
  const controls = callsOn(connection, facts).filter(({ method }) => CONTROL.test(method.text));
  return controls.every((call) => isOver(call, connection) || isAfterWrite(call, connection))
    ? 'local'
    : 'unknown';
}

/** Whether the connection comes from `engine.connect()` in this function, so that its history is seen. */
export function isOwnConnection(connection: PyNode, facts: Facts): boolean {
  const binding = connection.kind === 'identifier' ? facts.definition(connection) : null;
  const made = readMethodCall(binding?.value ?? null);
  return (
    binding !== null &&
    made?.method.text === 'connect' &&
    binding.scope === facts.binding.scopeOf(connection) &&
    isInstance(made.receiver, ENGINES, facts) === 'proven'
  );
}

/** Whether a call on a connection of the function begins the only transaction that is open there. */
export function beginsFirst({ node, receiver }: MethodCall, facts: Facts): boolean {
  const controls = callsOn(receiver, facts).filter(({ method }) => CONTROL.test(method.text));
  const loops = enclosing(node, ...LOOPS) !== null;
  return controls
    .filter((call) => call.node !== node && (loops || call.node.start < node.start))
    .every((call) => isOver(call, receiver) || isAfterWrite(call, receiver));
}

/** The calls of methods of a connection in the block or function that makes it. */
export function callsOn(connection: PyNode, facts: Facts): readonly MethodCall[] {
  const binding = facts.definition(connection);
  if (!binding) return [];
  const block = binding.kind === 'with' ? enclosing(binding.node, 'with_statement') : null;
  return descendants(block ?? binding.scope.node, 'call')
    .map((call) => readMethodCall(call))
    .filter((call) => call !== null)
    .filter(({ receiver }) => isSameName(receiver, connection, facts));
}

/** Whether two expressions are written alike and, if they are names, mean the same variable. */
export function isSameName(one: PyNode, other: PyNode, { binding }: Facts): boolean {
  if (one.text !== other.text) return false;
  const [scope, otherScope] = [one, other].map((node) => binding.lookup(node.text, node)?.scope);
  return one.kind !== 'identifier' || scope === otherScope;
}

/**
 * Whether a commit stands right after what executes on the connection, and before the place: what 1.x committed by itself is written so,
 * one by one, and says nothing of what comes later.
 */
function isAfterWrite({ node, method }: MethodCall, place: PyNode): boolean {
  if (method.text !== 'commit' || node.end > place.start) return false;
  for (let loop = enclosing(node, ...LOOPS); loop; loop = enclosing(loop, ...LOOPS))
    if (contains(loop, place)) return false;
  const statement = node.parent;
  const siblings = statement?.parent?.named ?? [];
  const previous = statement ? siblings[siblings.indexOf(statement) - 1] : undefined;
  return (
    statement?.kind === 'expression_statement' &&
    previous?.kind === 'expression_statement' &&
    descendants(previous, 'call')
      .map((call) => readMethodCall(call))
      .some((call) => call?.receiver.text === place.text)
  );
}

/** Whether a transaction is begun and ended by statements of one block that stand before the place. */
function isOver({ node, method }: MethodCall, place: PyNode): boolean {
  if (!method.text.startsWith('begin')) return false;
  const block = enclosing(node, 'with_statement');
  if (block && enclosing(node, 'with_item', 'block')?.kind === 'with_item')
    return block.end <= place.start;
  const begun = enclosing(node, 'expression_statement', 'block');
  const assignment = begun?.named[0];
  const name = assignment?.kind === 'assignment' ? assignment.child('left') : null;
  if (!begun?.parent || name?.kind !== 'identifier' || assignment?.child('right') !== node)
    return false;
  const siblings = begun.parent.named;
  return siblings.slice(siblings.indexOf(begun) + 1).some((statement) => {
    const call = readMethodCall(statement.named[0] ?? null);
    if (statement.kind !== 'expression_statement' || statement.end > place.start) return false;
    return call !== null && call.receiver.text === name.text && ENDS.test(call.method.text);
  });
}

/** Whether nothing has to be committed for 1.x: the engine has the isolation level AUTOCOMMIT, or it is one of 2.0 already. */
export function commitsByItself(engine: PyNode, facts: Facts): boolean {
  if (isInstance(engine, ['sqlalchemy.future.Engine'], facts) !== null) return true;
  const bound = engine.kind === 'identifier' ? facts.binding.reaching(engine) : [];
  if (bound.length > 1) return bound.every(({ value }) => saysAutocommit(value));
  const symbol = facts.symbols.symbolOf(facts.module, engine);
  return saysAutocommit(
    symbol?.kind === 'definition'
      ? symbol.binding.value
      : engine.kind === 'identifier'
        ? (facts.definition(engine)?.value ?? null)
        : engine,
  );
}

function saysAutocommit(value: PyNode | null): boolean {
  return value !== null && /\bAUTOCOMMIT\b/.test(value.text);
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

const SIMPLE: readonly string[] = ['expression_statement', 'return_statement'];

/** The simple statement on a line of its own after which a commit can be written, or whose value can be returned after it; `null` if there is none. */
export function committableStatement(call: PyNode): PyNode | null {
  const statement = enclosing(call, ...SIMPLE, 'block', 'lambda', 'generator_expression');
  if (!statement || !SIMPLE.includes(statement.kind) || !startsLine(statement)) return null;
  const rest = /^[^\n]*/.exec(statement.source.slice(statement.end))?.[0].trim() ?? '';
  return rest === '' || rest.startsWith('#') ? statement : null;
}
