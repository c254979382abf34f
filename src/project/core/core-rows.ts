// Tells rows of Core statements, which were mappings in 1.4, from those of queries and ORM statements, which were tuples already.
import type { Binding } from '../../binder/scope.ts';
import { readCall, readMethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { readSqlText } from './sql-text.ts';

/** Methods of a result, a list or a dictionary that give rows out of what they are called on. */
const TAKING: ReadonlySet<string> = new Set(
  'all copy fetchall fetchmany fetchone first get items one one_or_none partitions pop values'.split(
    ' ',
  ),
);
/** Functions that give rows out of their first argument. */
const PASSING: ReadonlySet<string> = new Set(
  'enumerate iter list max min next reversed set sorted tuple'
    .split(' ')
    .map((name) => `builtins.${name}`),
);
const DEPTH = 8;

/**
 * Whether a row, or each row of a collection, comes from a statement that is certainly no ORM statement. That it is a row at all has to be
 * known otherwise.
 */
export function isCoreRow(node: PyNode, facts: Facts, depth = 0): boolean {
  if (depth > DEPTH) return false;
  const inferred = facts.infer(node);
  const of = inferred?.value.kind === 'instance' ? inferred.value.of : null;
  if (of === 'sqlalchemy.CursorResult') return true;
  const sources = sourcesOf(node, facts);
  if (sources.length > 0) return sources.every((each) => isCoreRow(each, facts, depth + 1));
  const method = readMethodCall(node);
  const [statement] = method?.positional ?? [];
  return of === 'sqlalchemy.Result' && statement !== undefined && isTextual(statement, facts);
}

/** The expressions that a row is taken from; empty if they cannot be told. */
function sourcesOf(node: PyNode, facts: Facts): readonly PyNode[] {
  switch (node.kind) {
    case 'identifier':
      return namedSources(node, facts);
    case 'parenthesized_expression':
    case 'list':
    case 'tuple':
    case 'set':
      return node.named;
    case 'dictionary':
      return node.named.map((pair) => pair.child('value') ?? pair);
    case 'subscript':
      return node.named.slice(0, 1);
    case 'conditional_expression':
      return node.named.filter((_, index) => index !== 1);
    case 'list_comprehension':
    case 'generator_expression':
      return node.named.slice(0, 1);
    case 'call':
      return calledSources(node, facts);
    default:
      return [];
  }
}

function namedSources(node: PyNode, facts: Facts): readonly PyNode[] {
  const sources = facts.binding.reaching(node).map(boundTo);
  const known = sources.filter((source) => source !== null);
  return known.length === sources.length ? known : [];
}

/** What a name is bound to, or what its value is unpacked or iterated from. */
function boundTo({ kind, path, value }: Binding): PyNode | null {
  if (kind === 'parameter' || kind === 'import') return null;
  const isDisplay = value?.kind === 'expression_list' || value?.kind === 'tuple';
  const [index] = path;
  return isDisplay && typeof index === 'number' ? (value.named[index] ?? null) : value;
}

function calledSources(node: PyNode, facts: Facts): readonly PyNode[] {
  const call = readCall(node);
  const [first] = call?.positional ?? [];
  if (call && first && PASSING.has(facts.qualifiedName(call.callee) ?? '')) return [first];
  const method = readMethodCall(node);
  return method && TAKING.has(method.method.text) ? [method.receiver] : [];
}

function isTextual(statement: PyNode, facts: Facts): boolean {
  if (readSqlText(statement, facts)) return true;
  const call = readCall(statement);
  return call !== null && facts.qualifiedName(call.callee) === 'sqlalchemy.text';
}
