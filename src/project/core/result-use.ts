// Says what becomes of the result of execute() in the code around the call. It knows no engines.
import type { Binding } from '../../binder/scope.ts';
import { readCall } from '../../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { statementIn } from './blocks.ts';

/** What becomes of a result. */
export type ResultUse =
  /** The same expression takes what it needs. */
  | { readonly kind: 'consumed' }
  /** A `for` statement iterates over it. */
  | { readonly kind: 'loop'; readonly statement: PyNode }
  /** A variable holds it. */
  | { readonly kind: 'variable'; readonly name: PyNode }
  | { readonly kind: 'escapes'; readonly how: string };

const CONSUMERS: ReadonlySet<string> = new Set(
  'all close fetchall fetchmany fetchone first one one_or_none scalar scalar_one scalar_one_or_none keys inserted_primary_key lastrowid rowcount'.split(
    ' ',
  ),
);
const PASSING: ReadonlySet<string> = new Set([
  'scalars',
  'mappings',
  'unique',
  'columns',
  'tuples',
]);
const CONSUMING_CALLS: ReadonlySet<string> = new Set(
  'all any dict frozenset len list max min next set sorted sum tuple'
    .split(' ')
    .map((name) => `builtins.${name}`),
);
/** Builtins that read their argument only when they are read. */
const LAZY_CALLS: ReadonlySet<string> = new Set(
  ['enumerate', 'filter', 'map', 'zip'].map((name) => `builtins.${name}`),
);
/** What a result still tells after its connection is closed. */
const DETACHED: ReadonlySet<string> = new Set(['inserted_primary_key', 'lastrowid', 'rowcount']);

/** Classifies the place of an expression that gives a result. */
export function resultUse(node: PyNode, facts: Facts): ResultUse {
  const { parent } = node;
  switch (parent?.kind) {
    case 'expression_statement':
      return { kind: 'consumed' };
    case 'parenthesized_expression':
    case 'await':
      return resultUse(parent, facts);
    case 'attribute': {
      const name = parent.child('attribute')?.text ?? '';
      if (CONSUMERS.has(name)) return { kind: 'consumed' };
      const call = parent.parent;
      return PASSING.has(name) && call?.kind === 'call'
        ? resultUse(call, facts)
        : escapes(`\`.${name}\` of it is used`);
    }
    case 'for_statement':
      return node.field === 'right'
        ? { kind: 'loop', statement: parent }
        : escapes('it is assigned');
    case 'for_in_clause':
      return node.field === 'right' && !isDeferredGenerator(parent.parent, facts)
        ? { kind: 'consumed' }
        : escapes('a generator reads it later');
    case 'argument_list': {
      const call = readCall(parent.parent);
      const name = call && facts.qualifiedName(call.callee);
      if (call && name && LAZY_CALLS.has(name)) return resultUse(call.node, facts);
      return name && CONSUMING_CALLS.has(name) ? { kind: 'consumed' } : escapes('it is passed on');
    }
    case 'list_splat':
      return parent.parent?.kind === 'argument_list' || parent.parent?.kind === 'list'
        ? { kind: 'consumed' }
        : escapes('it is used as a value');
    case 'assignment':
      return assigned(node, parent);
    case 'return_statement':
      return escapes('the function returns it');
    default:
      return escapes('it is used as a value');
  }
}

/** Whether a generator expression is read later than where it stands; `sum(x for x in y)` reads it at once. */
export function isDeferredGenerator(node: PyNode | null, facts: Facts): boolean {
  if (node?.kind !== 'generator_expression') return false;
  const call = readCall(node.parent?.kind === 'argument_list' ? node.parent.parent : node.parent);
  if (!call) return true;
  const isRead = CONSUMING_CALLS.has(facts.qualifiedName(call.callee) ?? '');
  return !isRead && call.callee.child('attribute')?.text !== 'join';
}

function assigned(node: PyNode, assignment: PyNode): ResultUse {
  const left = assignment.child('left');
  if (node.field !== 'right' || !left) return escapes('it is used as a value');
  if (left.kind === 'pattern_list' || left.kind === 'tuple_pattern' || left.kind === 'list_pattern')
    return { kind: 'consumed' };
  return left.kind === 'identifier' && assignment.parent?.kind === 'expression_statement'
    ? { kind: 'variable', name: left }
    : escapes('it is stored');
}

function escapes(how: string): ResultUse {
  return { kind: 'escapes', how };
}

/** How a variable that holds a result is used afterwards. */
export type VariableUse =
  /** What is read of it survives the connection. */
  | { readonly kind: 'detached' }
  /** The statements that follow up to `last` read it, but for those `between` them, which do not. */
  | {
      readonly kind: 'following';
      readonly last: PyNode;
      readonly between: readonly PyNode[];
    }
  /** It is iterated once, further below. */
  | { readonly kind: 'iterated' }
  | { readonly kind: 'escapes'; readonly how: string };

/** Follows a variable through the block in which it is assigned. */
export function variableUse(name: PyNode, statement: PyNode, facts: Facts): VariableUse {
  const block = statement.parent;
  const scope = facts.binding.scopeOf(name);
  const binding = scope.bindings.get(name.text)?.find((each) => each.node === name);
  if (!block || !binding) return { kind: 'escapes', how: 'it is stored' };
  const reads = readsOf(binding, facts);
  if (!reads) return { kind: 'escapes', how: 'the variable may hold something else' };
  if (reads.every(isDetached)) return { kind: 'detached' };
  const statements = reads.map((read) => statementIn(block, read));
  if (reads.some((read) => facts.binding.scopeOf(read) !== scope && isDeferred(read, scope.node)))
    return { kind: 'escapes', how: 'a nested function reads it' };
  if (statements.some((each) => each === null || each.start <= statement.start))
    return { kind: 'escapes', how: 'another block reads it' };
  const following = block.named.slice(block.named.indexOf(statement) + 1);
  const last = following.findLastIndex((each) => statements.includes(each));
  const region = following.slice(0, last + 1);
  const outcome = reads.map((read) => resultUse(read, facts));
  const between = region.filter((each) => !statements.includes(each));
  const [only, ...others] = reads;
  if (between.length > 0 && only && others.length === 0 && isIteration(only))
    return { kind: 'iterated' };
  const escaping = outcome.find((use) => !isLocal(use));
  return escaping
    ? { kind: 'escapes', how: escaping.kind === 'escapes' ? escaping.how : 'it is stored' }
    : { kind: 'following', last: region.at(-1) ?? statement, between };
}

/** The places that read what the binding assigns; `null` if they may read something else too. */
function readsOf(binding: Binding, facts: Facts): readonly PyNode[] | null {
  const reads: PyNode[] = [];
  for (const reference of facts.binding.references(binding.scope, binding.name)) {
    const reaching = facts.binding.reaching(reference);
    if (!reaching.includes(binding)) continue;
    if (reaching.length > 1) return null;
    reads.push(reference);
  }
  return reads;
}

function isLocal(use: ResultUse): boolean {
  return use.kind === 'consumed' || use.kind === 'loop';
}

function isDetached(read: PyNode): boolean {
  const { parent } = read;
  return parent?.kind === 'attribute' && DETACHED.has(parent.child('attribute')?.text ?? '');
}

function isIteration(read: PyNode): boolean {
  const { parent } = read;
  if (parent?.kind === 'for_in_clause')
    return read.field === 'right' && parent.parent?.kind !== 'generator_expression';
  return parent?.kind === 'for_statement' && read.field === 'right';
}

function isDeferred(read: PyNode, scope: PyNode): boolean {
  const inner = enclosing(
    read,
    'function_definition',
    'lambda',
    'generator_expression',
    'class_definition',
  );
  return inner !== null && inner !== scope && inner.start > scope.start;
}

/** Whether a statement suspends the function that it stands in. */
export function suspends(statement: PyNode): boolean {
  return descendants(statement, 'yield').length > 0;
}
