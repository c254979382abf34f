// Finds where a SELECT statement stands in the place of a table: as an element of FROM, or read for the columns of a subquery. It edits nothing.
import { calledName, readCall, readMethodCall, unparenthesized } from '../../python/calls.ts';
import { enclosing, hasIdentifier, type PyNode } from '../../python/tree.ts';
import type { Binding } from '../../binder/scope.ts';
import { DERIVED_TABLES, SELECTS, TABLES } from '../../sqlalchemy/classes.ts';
import type { LibraryClass } from '../../sqlalchemy/returns.ts';
import type { Facts } from '../facts.ts';
import type { Evidence } from '../values.ts';
import { isInstance } from './receivers.ts';

const OTHERS: readonly LibraryClass[] = [...DERIVED_TABLES, ...TABLES, 'sqlalchemy.orm.Query'];

/** How many positional arguments of a method are elements of FROM. */
const METHODS: ReadonlyMap<string, number> = new Map([
  ['join', 1],
  ['join_from', 2],
  ['outerjoin', 1],
  ['outerjoin_from', 2],
  ['select_from', Infinity],
]);
const JOINS = /^sqlalchemy\.(orm\.)?(outer)?join$/;
const LISTING = /^builtins\.(dict|enumerate|len|list|set|sorted|tuple|zip)$/;

/** `columns`: of a subquery; `listing`: only their names and number matter; `from`: a table in FROM. */
export type UseKind = 'columns' | 'listing' | 'from' | 'other';

/** A place that reads a statement. */
export interface StatementUse {
  /** The statement. */
  readonly node: PyNode;
  readonly kind: UseKind;
}

/** The arguments of a call that are elements of FROM, with what is known about the call. */
export function fromArguments(
  node: PyNode,
  facts: Facts,
): { readonly items: readonly PyNode[]; readonly evidence: Evidence } | null {
  const count = METHODS.get(calledName(node) ?? '');
  const call = count === undefined ? null : readCall(node);
  if (!call || call.positional.length === 0) return null;
  const method = readMethodCall(node);
  if (method?.receiver.kind === 'string') return null;
  const name = facts.qualifiedName(call.callee);
  if (name !== null)
    return JOINS.test(name) ? { items: call.positional.slice(0, 2), evidence: 'proven' } : null;
  if (!method) return null;
  const items = call.positional.slice(0, count);
  // A statement joins no statement since 1.4.
  if (isStatementJoin(node, facts)) return null;
  const evidence = isInstance(method.receiver, [...SELECTS, ...OTHERS], facts);
  if (evidence) return { items, evidence };
  return facts.infer(method.receiver) ? null : { items, evidence: 'likely' };
}

/** Whether `join()` of a statement joins another statement: a join of two subqueries in 1.3, an error since. */
export function isStatementJoin(node: PyNode, facts: Facts): boolean {
  const call = readMethodCall(node, JOIN_METHODS);
  const [target] = call?.positional ?? [];
  return (
    call !== null &&
    target !== undefined &&
    isInstance(target, SELECTS, facts) !== null &&
    isInstance(call.receiver, SELECTS, facts) !== null
  );
}

/** What a place does with a statement. */
export function useOf(node: PyNode, facts: Facts): StatementUse {
  const parent = node.parent;
  if (parent?.kind === 'parenthesized_expression') return { ...useOf(parent, facts), node };
  if (parent?.kind === 'attribute' && node.field === 'object')
    return { node, kind: isColumns(parent) ? columnUse(parent, facts) : 'other' };
  const call = parent?.kind === 'argument_list' ? parent.parent : null;
  const isFrom = call && fromArguments(call, facts)?.items.includes(node);
  return { node, kind: isFrom ? 'from' : 'other' };
}

/** Whether an attribute is `….c` or `….columns`. */
export function isColumns(attribute: PyNode): boolean {
  return /^(c|columns)$/.test(attribute.child('attribute')?.text ?? '');
}

function columnUse(columns: PyNode, facts: Facts): UseKind {
  const parent = columns.parent;
  if (readMethodCall(parent?.parent ?? null)?.method.text === 'keys') return 'listing';
  if (parent?.kind === 'for_in_clause' || parent?.kind === 'for_statement')
    return columns.field === 'right' ? 'listing' : 'columns';
  const call = parent?.kind === 'argument_list' ? readCall(parent.parent) : null;
  const name = call ? facts.qualifiedName(call.callee) : null;
  return name !== null && LISTING.test(name) ? 'listing' : 'columns';
}

/** The statement that a variable holds and every place that reads it. */
export interface HeldStatement {
  /** The only assignment, `null` where there are several or none, or where other code may read the variable. */
  readonly binding: Binding | null;
  readonly uses: readonly StatementUse[];
}

/** How a variable of a statement is used; `null` if it is no variable of this file. */
export function heldStatement(name: PyNode, facts: Facts): HeldStatement | null {
  const found = name.kind === 'identifier' ? facts.binding.lookup(name.text, name) : null;
  if (!found) return null;
  const { scope, bindings } = found;
  const uses = facts.binding.references(scope, name.text).map((node) => useOf(node, facts));
  const [only] = bindings;
  const isPlain =
    bindings.length === 1 &&
    only?.kind === 'assignment' &&
    only.path.length === 0 &&
    only.value !== null &&
    unparenthesized(only.value).kind === 'call' &&
    only.value.parent?.parent?.kind !== 'assignment';
  const isOwn =
    scope.kind === 'function' || (scope.kind === 'module' && !isReadElsewhere(name.text, facts));
  return { binding: isPlain && isOwn && only ? only : null, uses };
}

function isReadElsewhere(name: string, { module, modules }: Facts): boolean {
  return modules.modules.some((each) => each !== module && hasIdentifier(each.tree.root, name));
}

/** Whether another use of the same kind stands in the same statement. */
export function sharesStatement(node: PyNode, uses: readonly StatementUse[]): boolean {
  const own = statementOf(node);
  return uses.some(
    (use) => use.kind === 'from' && use.node !== node && statementOf(use.node) === own,
  );
}

function statementOf(node: PyNode): PyNode | null {
  return enclosing(node, 'assignment', 'expression_statement', 'return_statement');
}

/** Whether what gives a statement is `join()` of a statement: since 1.4 that adds a JOIN to the statement itself. */
export function isJoinedSelect(node: PyNode, facts: Facts): boolean {
  const inner = unparenthesized(node);
  const source = inner.kind === 'identifier' ? facts.definition(inner)?.value : inner;
  const call = source ? readMethodCall(unparenthesized(source), JOIN_METHODS) : null;
  return call !== null && isInstance(call.receiver, SELECTS, facts) !== null;
}

const JOIN_METHODS: ReadonlySet<string> = new Set(['join', 'outerjoin']);
