// Reads what executes a statement and what is made of its result: objects, rows, or one object. It follows local variables only.
import { readCall, readMethodCall, unparenthesized } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { headBehind, readChain } from '../query/chain.ts';
import { statementsOf, type Statement } from './statement.ts';

/** Something that loads objects. */
export interface Execution {
  readonly kind: 'select' | 'query' | 'get';
  /** The call that executes. */
  readonly node: PyNode;
  readonly session: PyNode;
  /** What it gives: one object, objects, or rows. */
  readonly shape: 'object' | 'objects' | 'rows';
  readonly statements: readonly Statement[];
  /** What `query(…)` or `get(…)` name. */
  readonly selected: readonly PyNode[];
  /** The chain of `query(…)`, in the form of a statement. */
  readonly query: Statement | null;
}

const MANY: ReadonlyMap<string, Execution['shape']> = new Map([
  ['execute', 'rows'],
  ['stream', 'rows'],
  ['scalars', 'objects'],
  ['stream_scalars', 'objects'],
  ['exec', 'objects'],
  ['scalar', 'object'],
]);

/** Reads `session.execute(…)`, `session.get(…)` and their like; `null` for any other call. */
export function executionOf(node: PyNode, facts: Facts): Execution | null {
  const call = readMethodCall(node);
  if (!call) return null;
  const { receiver: session, method, positional } = call;
  const [first] = positional;
  const common = { node, session, statements: [], selected: [], query: null };
  if (method.text === 'get' || method.text === 'get_one') {
    if (!first || (facts.mappedClass(first) === null && !/^(cls|self\.\w+)$/.test(first.text)))
      return null;
    return { ...common, kind: 'get', shape: 'object', selected: [first] };
  }
  const shape = MANY.get(method.text);
  if (!shape || !first || first.kind === 'integer' || first.kind === 'string') return null;
  const statements = statementsOf(first, facts);
  if (statements.length === 0) return null;
  // SQLModel's exec() gives objects for one entity, rows for several.
  const isRows =
    method.text === 'exec' && statements.some(({ head }) => head.positional.length !== 1);
  return { ...common, kind: 'select', shape: isRows ? 'rows' : shape, statements };
}

const SAME: ReadonlySet<string> = new Set(
  'all unique fetchall yield_per fetchmany tuples __aiter__'.split(' '),
);

/** What an expression that is a result, or the list made of one, was executed by; `null` if it is none. */
export function resultOf(node: PyNode, facts: Facts, depth = 0): Execution | null {
  const inner = unparenthesized(node);
  if (depth > 12) return null;
  if (inner.kind === 'await')
    return inner.named[0] ? resultOf(inner.named[0], facts, depth + 1) : null;
  if (inner.kind === 'identifier') {
    const binding = facts.definition(inner);
    if (binding?.kind !== 'assignment' || binding.path.length > 0 || !binding.value) return null;
    return resultOf(binding.value, facts, depth + 1);
  }
  const legacy = queryOf(inner, facts);
  if (legacy) return legacy;
  const execution = executionOf(inner, facts);
  if (execution) return execution.shape === 'object' ? null : execution;
  const call = readMethodCall(inner);
  if (!call) return wrapped(inner, facts, depth);
  const name = call.method.text;
  if (name === 'scalars' && (call.list.named.length === 0 || call.list.text === '(0)')) {
    const rows = resultOf(call.receiver, facts, depth + 1);
    return rows && { ...rows, shape: 'objects' };
  }
  return SAME.has(name) ? resultOf(call.receiver, facts, depth + 1) : null;
}

/** `list(result)`. */
function wrapped(node: PyNode, facts: Facts, depth: number): Execution | null {
  const call = readCall(node);
  const [only, ...others] = call?.positional ?? [];
  if (!call || !only || others.length > 0) return null;
  return /^builtins\.(list|tuple|iter)$/.test(facts.qualifiedName(call.callee) ?? '')
    ? resultOf(only, facts, depth + 1)
    : null;
}

/** `session.query(User)…`, with or without `all()`. */
function queryOf(node: PyNode, facts: Facts): Execution | null {
  const head = headBehind(node);
  if (!head?.session) return null;
  const chain = readChain(head);
  const terminal = chain.terminal?.method.text ?? null;
  if (chain.property || (terminal !== null && terminal !== 'all')) return null;
  if (unparenthesized(chain.terminal?.node ?? chain.built) !== node) return null;
  const links = chain.links;
  return {
    kind: 'query',
    node,
    session: head.session,
    shape: head.call.positional.length === 1 ? 'objects' : 'rows',
    statements: [],
    selected: head.call.positional,
    query: {
      facts,
      head: head.call,
      links,
      end: (links.at(-1) ?? head.call).node.end,
      selects: true,
    },
  };
}
