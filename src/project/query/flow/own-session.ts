// Gives a name to a session that a query is made with on the spot (`query = make_session().query(User)`), where a line before can hold it.
import type { Scope } from '../../../binder/scope.ts';
import { readMethodCall } from '../../../python/calls.ts';
import { descendants, enclosing, identifiers, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';

/** A session that gets a name of its own. */
export interface OwnSession {
  readonly name: string;
  /** The statement that makes the query: the name is given in front of it. */
  readonly statement: PyNode;
  /** The function or module of both. */
  readonly scope: Scope;
}

/** How the session of a query that is made at `head` can be named; `null` where a line of its own would change what happens. */
export function ownSession(session: PyNode, head: PyNode, facts: Facts): OwnSession | null {
  if (session.kind !== 'call') return null;
  const statement = statementOf(session);
  const scope = facts.binding.scopeOf(head);
  if (!statement || scope.kind === 'class' || scope.kind === 'lambda' || isInLoop(statement))
    return null;
  const target = statement.named[0]?.child('left')?.text ?? '';
  const others = descendants(scope.node, 'call').filter((each) => {
    const call = readMethodCall(each);
    return call?.method.text === 'query' && statementOf(call.receiver) !== null;
  });
  const wanted = [...(others.length === 1 ? ['session'] : []), `${target}_session`];
  const name = wanted.find((each) =>
    identifiers(head, each).every((other) => isElsewhere(other, scope)),
  );
  const isOnce = scope.bindings.get(target)?.length === 1;
  return isOnce && name !== undefined ? { name, statement, scope } : null;
}

/** The assignment that evaluates the session first of all, on a line of its own. */
function statementOf(session: PyNode): PyNode | null {
  const assignment = enclosing(session, 'assignment');
  const statement = assignment?.parent;
  const left = assignment?.child('left');
  let value = assignment?.child('right') ?? null;
  while (value?.kind === 'parenthesized_expression') value = value.named[0] ?? null;
  if (statement?.kind !== 'expression_statement' || left?.kind !== 'identifier') return null;
  if (value?.start !== session.start || statement.named.length !== 1) return null;
  const { source } = statement;
  const line = source.lastIndexOf('\n', statement.start - 1) + 1;
  const isAlone = source.slice(line, statement.start).trim() === '';
  return isAlone && /^(block|module)$/.test(statement.parent?.kind ?? '') ? statement : null;
}

function isInLoop(node: PyNode): boolean {
  const loop = enclosing(node, 'for_statement', 'while_statement');
  const home = enclosing(node, 'function_definition');
  return loop !== null && (home === null || loop.start > home.start);
}

/** Names of attributes and keywords are no names, and those of other functions do not matter to a function. */
function isElsewhere(name: PyNode, scope: Scope): boolean {
  if (name.parent?.kind === 'attribute' && name.field === 'attribute') return true;
  if (name.parent?.kind === 'keyword_argument' && name.field === 'name') return true;
  return (
    scope.kind === 'function' && (name.end <= scope.node.start || name.start >= scope.node.end)
  );
}

/** Whether a place sees the names of a scope: it stands in the function itself, or in a function in it. */
export function sees({ scope, statement }: OwnSession, at: PyNode, facts: Facts): boolean {
  for (let each: Scope | null = facts.binding.scopeOf(at); each; each = each.parent)
    if (each === scope) return at.start > statement.start;
  return false;
}

/** The line that gives the name. */
export function ownSessionLine({ name, statement }: OwnSession, session: PyNode): string {
  const { source } = statement;
  const line = source.lastIndexOf('\n', statement.start - 1) + 1;
  return `${name} = ${session.text}\n${source.slice(line, statement.start)}`;
}
