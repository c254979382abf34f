// Takes the method chain around a `session.query(…)` or `User.query` apart. It judges neither the session nor the entities.
import {
  calledName,
  readCall,
  readMethodCall,
  type Call,
  type MethodCall,
} from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Entity } from './entity.ts';
import type { FlowState } from './flow/state.ts';

/** `session.query(…)`, `Query(…)`, `User.query`, or what holds a query that was made elsewhere. */
export type QueryHead = CallHead | PropertyHead | FlowHead;

interface CommonHead {
  /** The expression that makes the query. */
  readonly node: PyNode;
  /** What it selects, keyword arguments included. */
  readonly selected: readonly PyNode[];
  /** The identifier `query`, or the callee of `Query(…)`. */
  readonly name: PyNode;
  /** Where its text starts; a star before it does not belong to it. */
  readonly start: number;
  /** `*session.query(User)`. */
  readonly starred: boolean;
}

/** `session.query(…)` or `Query(…)`. */
export interface CallHead extends CommonHead {
  readonly kind: 'call';
  readonly call: Call;
  /** The expression before `.query`; `null` for `Query(…)`. */
  readonly session: PyNode | null;
}

/** `User.query`: the class stands where a session's query would have it as argument. */
export interface PropertyHead extends CommonHead {
  readonly kind: 'property';
  readonly entity: Entity;
}

/** An expression that gives a query made elsewhere: a variable, an attribute, the call of a function. */
export interface FlowHead extends CommonHead {
  readonly kind: 'flow';
  /** What is known of the query before this expression. */
  readonly state: FlowState;
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

/** Methods that make one query of several. */
export const COMPOUNDS: ReadonlySet<string> = new Set([
  'except_',
  'except_all',
  'intersect',
  'intersect_all',
  'union',
  'union_all',
]);

/** The head `session.query(…)` that an expression of calls, members and parentheses starts with. */
export function headBehind(node: PyNode): CallHead | null {
  for (let each: PyNode | null = node; each;) {
    const head = readSessionHead(each);
    if (head) return head;
    if (each.kind === 'call') each = each.child('function');
    else if (each.kind === 'attribute') each = each.child('object');
    else if (each.kind === 'parenthesized_expression') each = each.named[0] ?? null;
    else return null;
  }
  return null;
}

/** Reads `x.query(…)`; `null` for any other node. */
export function readSessionHead(node: PyNode): CallHead | null {
  const call = calledName(node) === 'query' ? readMethodCall(node) : null;
  if (call?.method.text !== 'query') return null;
  return callHead(call, unstarred(call.receiver), call.method);
}

/** The head of a call that makes a query. */
export function callHead(call: Call, session: PyNode | null, name: PyNode): CallHead {
  return {
    kind: 'call',
    node: call.node,
    selected: call.list.named,
    name,
    start: Math.min(session?.start ?? name.start, name.start),
    starred: session !== null && session.parent?.kind === 'list_splat',
    call,
    session,
  };
}

/** In `[*session.query(User)]` the grammar takes the star for a part of the first name. */
export function unstarred(node: PyNode): PyNode {
  return (node.kind === 'list_splat' ? node.named[0] : null) ?? node;
}

/** Reads the chain that starts at a head. */
export function readChain(head: QueryHead): QueryChain {
  return { head, ...readLinks(head.node) };
}

/** Reads what is called on an expression. */
export function readLinks(start: PyNode): Omit<QueryChain, 'head'> {
  const links: MethodCall[] = [];
  const inner: PyNode[] = [];
  let pending: PyNode[] = [];
  let node = start;
  for (;;) {
    const parent = node.parent;
    if (parent?.kind === 'parenthesized_expression') {
      pending.push(parent);
      node = parent;
      continue;
    }
    if (parent?.kind !== 'attribute' || node.field !== 'object')
      return { links, built: node, inner, terminal: null, property: null };
    const call = parent.field === 'function' ? readMethodCall(parent.parent) : null;
    const name = parent.child('attribute')?.text ?? '';
    if (!call) return { links, built: node, inner, terminal: null, property: parent };
    if (TERMINALS.has(name)) return { links, built: node, inner, terminal: call, property: null };
    inner.push(...pending);
    pending = [];
    links.push(call);
    node = call.node;
  }
}

/** The end of the last call that builds the query: where the text of the statement ends. */
export function statementEnd(chain: QueryChain): number {
  return (chain.links.at(-1) ?? chain.head).node.end;
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

/** What the last `.limit(n)` is given, if nothing after it depends on it and nothing happens where it is evaluated. */
export function lastLimit({ links }: QueryChain): PyNode | null {
  const last = links.findLast(
    ({ method }) => /^(limit|slice|from_self)$/.test(method.text) || COMPOUNDS.has(method.text),
  );
  const [value] = last?.positional ?? [];
  return last?.method.text === 'limit' &&
    last.list.named.length === 1 &&
    value &&
    /^(integer|none|identifier)$/.test(value.kind)
    ? value
    : null;
}
