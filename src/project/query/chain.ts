// Takes the method chain around a `session.query(…)` apart. It judges neither the session nor the entities.
import {
  calledName,
  readCall,
  readMethodCall,
  type Call,
  type MethodCall,
} from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';

/** `session.query(…)` or `Query(…)`. */
export interface QueryHead {
  readonly call: Call;
  /** The expression before `.query`; `null` for `Query(…)`. */
  readonly session: PyNode | null;
  /** The identifier `query`, or the callee of `Query(…)`. */
  readonly name: PyNode;
}

/** A query with everything that the same expression says about it. */
export interface QueryChain {
  readonly head: QueryHead;
  /** The method calls that build the query, in order. */
  readonly links: readonly MethodCall[];
  /** The query itself: the head with its links and the parentheses around them, without the terminal. */
  readonly built: PyNode;
  /** Parentheses that wrap a part of the chain and are followed by another link. */
  readonly inner: readonly PyNode[];
  /** The call that executes the query or makes something else of it. */
  readonly terminal: MethodCall | null;
  /** The property read from the query, not called. */
  readonly property: PyNode | null;
}

/** Methods of Query that do not return another Query. */
const TERMINALS: ReadonlySet<string> = new Set([
  'all',
  'as_scalar',
  'count',
  'cte',
  'delete',
  'exists',
  'first',
  'first_or_404',
  'get',
  'get_or_404',
  'instances',
  'label',
  'merge_result',
  'one',
  'one_or_404',
  'one_or_none',
  'paginate',
  'scalar',
  'scalar_subquery',
  'subquery',
  'update',
  'value',
  'values',
]);

/** Reads `x.query(…)`; `null` for any other node. */
export function readSessionHead(node: PyNode): QueryHead | null {
  const call = calledName(node) === 'query' ? readMethodCall(node) : null;
  if (call?.method.text !== 'query') return null;
  return { call, session: call.receiver, name: call.method };
}

/** Reads the chain that starts at a head. */
export function readChain(head: QueryHead): QueryChain {
  const links: MethodCall[] = [];
  const inner: PyNode[] = [];
  let pending: PyNode[] = [];
  let node = head.call.node;
  for (;;) {
    const parent = node.parent;
    if (parent?.kind === 'parenthesized_expression') {
      pending.push(parent);
      node = parent;
      continue;
    }
    if (parent?.kind !== 'attribute' || node.field !== 'object')
      return { head, links, built: node, inner, terminal: null, property: null };
    const call = parent.field === 'function' ? readMethodCall(parent.parent) : null;
    const name = parent.child('attribute')?.text ?? '';
    if (!call) return { head, links, built: node, inner, terminal: null, property: parent };
    if (TERMINALS.has(name))
      return { head, links, built: node, inner, terminal: call, property: null };
    inner.push(...pending);
    pending = [];
    links.push(call);
    node = call.node;
  }
}

/** The end of the last call that builds the query: where the text of the statement ends. */
export function statementEnd(chain: QueryChain): number {
  return (chain.links.at(-1) ?? chain.head.call).node.end;
}

/** Whether some call in the chain that ends in `node` has the given method name. */
export function chainCalls(node: PyNode, names: ReadonlySet<string>): boolean {
  for (let each: PyNode | null = node; each;) {
    if (each.kind === 'call') {
      const callee: PyNode | null = each.child('function');
      const name = callee?.kind === 'attribute' ? callee.child('attribute') : callee;
      if (name && names.has(name.text)) return true;
      each = callee;
    } else if (each.kind === 'attribute') each = each.child('object');
    else if (each.kind === 'parenthesized_expression') each = each.named[0] ?? null;
    else return false;
  }
  return false;
}

/** The innermost call that a chain of calls, attributes and parentheses starts from. */
export function chainStart(node: PyNode): Call | null {
  let found: Call | null = null;
  let each: PyNode | null = node;
  while (each) {
    if (each.kind === 'call') found = readCall(each);
    else if (each.kind !== 'attribute' && each.kind !== 'parenthesized_expression') return found;
    each = each.child('function') ?? each.child('object') ?? each.named[0] ?? null;
  }
  return found;
}
