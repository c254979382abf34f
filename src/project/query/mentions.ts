// Finds which entities a criterion names, outside of the subqueries in it. It decides nothing about rows.
import { readCall, readMethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { chainCalls } from './chain.ts';
import { entityOf } from './entity.ts';
import { isColumnCollection, isFunc } from './items.ts';

/** What a criterion adds to FROM. */
export interface Mentions {
  /** Keys of entities (see Entity.key), and texts of tables and subqueries. */
  readonly keys: ReadonlySet<string>;
  /** A part whose tables cannot be seen: a variable, `*criteria`, a function of the project. */
  readonly opaque: PyNode | null;
}

const SUBQUERY_HEADS: ReadonlySet<string> = new Set(['query', 'select', 'exists', 'Query']);
/** Their arguments go into a subquery of their own. */
const CORRELATED: ReadonlySet<string> = new Set(['any', 'has', 'of_type']);
const CONNECTIVES: ReadonlySet<string> = new Set(['and_', 'or_', 'not_']);

/** What the criteria name. */
export function mentionsIn(criteria: readonly PyNode[], facts: Facts): Mentions {
  const keys = new Set<string>();
  let opaque: PyNode | null = null;
  const visited = new Set<PyNode>();

  function criterion(node: PyNode): void {
    switch (node.kind) {
      case 'list_splat':
        opaque ??= node;
        return;
      case 'unary_operator':
        // `~User.roles.contains(role)` is a NOT EXISTS.
        for (const part of node.named) if (secondaryOf(part, facts) === null) criterion(part);
        return;
      case 'parenthesized_expression':
      case 'binary_operator':
      case 'not_operator':
      case 'boolean_operator':
        if (
          node.children.some((child) => /^[&|~]$/.test(child.text)) ||
          node.kind !== 'binary_operator'
        ) {
          for (const part of node.named) criterion(part);
          return;
        }
        break;
      case 'identifier':
        variable(node);
        return;
      case 'call':
        call(node);
        return;
      default:
    }
    operand(node);
  }

  function variable(node: PyNode): void {
    if (entityOf(node, facts)) return operand(node);
    const binding = facts.definition(node);
    if (
      binding?.value &&
      binding.kind === 'assignment' &&
      binding.path.length === 0 &&
      !visited.has(binding.value)
    ) {
      visited.add(binding.value);
      criterion(binding.value);
    } else opaque ??= node;
  }

  function call(node: PyNode): void {
    if (chainCalls(node, SUBQUERY_HEADS)) return;
    const read = readCall(node);
    const method = readMethodCall(node);
    const name = (method?.method ?? read?.callee)?.text ?? '';
    if (
      read &&
      CONNECTIVES.has(name) &&
      (facts.qualifiedName(read.callee)?.startsWith('sqlalchemy.') ?? true)
    ) {
      for (const part of read.positional) criterion(part);
      return;
    }
    const isLibrary =
      read !== null && (facts.qualifiedName(read.callee)?.startsWith('sqlalchemy.') ?? false);
    const onClass = method !== null && entityOf(method.receiver, facts) !== null;
    if ((!method && !isLibrary) || onClass) opaque ??= node;
    operand(node);
  }

  /** Anything below a comparison: names of entities count, plain variables are values. */
  function operand(node: PyNode): void {
    if (node.kind === 'call') {
      if (chainCalls(node, SUBQUERY_HEADS)) return;
      const method = readMethodCall(node);
      const link = secondaryOf(node, facts);
      if (link !== null) keys.add(link);
      if (method && CORRELATED.has(method.method.text)) return operand(method.receiver);
      if (method && isFunc(method.receiver, facts)) {
        for (const part of method.list.named) operand(part);
        return;
      }
    }
    if (node.kind === 'identifier' || node.kind === 'attribute') {
      const entity = entityOf(node, facts);
      if (entity) return void keys.add(entity.key);
      const object = node.child('object');
      if (object && isColumnCollection(object)) {
        const from = object.child('object');
        const owner = from && entityOf(withoutTable(from), facts);
        if (from) keys.add(owner?.key ?? from.text);
        return;
      }
      if (node.kind === 'attribute') {
        if (object) operand(object);
        return;
      }
      if (isUnseenClass(node, facts)) keys.add(node.text);
      return;
    }
    if (node.kind === 'keyword_argument') {
      const value = node.child('value');
      if (value) operand(value);
      return;
    }
    for (const part of node.named) operand(part);
  }

  for (const node of criteria) criterion(node);
  return { keys, opaque };
}

/** `User.roles.contains(role)` and `with_parent(role, User.roles)` of a many-to-many relationship join its secondary table. */
export function secondaryOf(node: PyNode, facts: Facts): string | null {
  const call = readCall(node);
  const method = readMethodCall(node);
  const isContains = method?.method.text === 'contains';
  const isParent = (call?.callee.child('attribute') ?? call?.callee)?.text === 'with_parent';
  const named = isParent ? (call?.positional.at(-1) ?? call?.keywords.at(-1)?.value) : null;
  const relation = isContains ? method.receiver : (named ?? null);
  const owner = relation?.kind === 'attribute' ? relation.child('object') : null;
  const entity = owner && entityOf(owner, facts);
  const attribute = entity?.model?.attributes.get(relation?.child('attribute')?.text ?? '');
  return attribute?.kind === 'relationship' && attribute.direction === 'many-to-many'
    ? `secondary of ${relation?.text ?? ''}`
    : null;
}

function withoutTable(node: PyNode): PyNode {
  const object =
    node.kind === 'attribute' && node.child('attribute')?.text === '__table__'
      ? node.child('object')
      : null;
  return object ?? node;
}

function isUnseenClass(node: PyNode, facts: Facts): boolean {
  return (
    /^[A-Z][A-Za-z0-9]*[a-z]/.test(node.text) && facts.symbols.symbolOf(facts.module, node) === null
  );
}
