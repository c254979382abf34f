// The uses of a variable that holds a session, and what they say about who closes it. It rewrites nothing.
import type { Binding } from '../../binder/scope.ts';
import { readCall, readMethodCall } from '../../python/calls.ts';
import { contains, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';

/** Every place that reads a variable. */
export function usesOf(binding: Binding, facts: Facts): readonly PyNode[] {
  return facts.binding.references(binding.scope, binding.name);
}

/** How a use of a session bears on its life. */
export type SessionUse =
  | 'managed'
  | 'closed-finally'
  | 'closed'
  | 'handed-over'
  | 'committed'
  | 'used'
  | 'passed';

/** Judges one use. */
export function sessionUse(node: PyNode): SessionUse {
  const { parent } = node;
  const call =
    parent?.kind === 'attribute' && node.field === 'object' ? readMethodCall(parent.parent) : null;
  if (call && call.receiver === node) {
    const name = call.method.text;
    if (/^(close|aclose|remove|close_all)$/.test(name))
      return enclosing(call.node, 'finally_clause', 'function_definition')?.kind ===
        'finally_clause'
        ? 'closed-finally'
        : 'closed';
    return /^(commit|rollback|begin|begin_nested|prepare)$/.test(name) ? 'committed' : 'used';
  }
  if (parent?.kind === 'attribute') return 'used';
  if (enclosing(node, 'with_clause', 'block', 'module')?.kind === 'with_clause') return 'managed';
  const statement = enclosing(
    node,
    'return_statement',
    'yield',
    'assignment',
    'block',
    'lambda',
    'function_definition',
  );
  if (
    statement?.kind === 'return_statement' ||
    statement?.kind === 'yield' ||
    statement?.kind === 'lambda'
  )
    return isArgument(node) && statement.kind === 'return_statement' && !isKept(node)
      ? 'passed'
      : 'handed-over';
  if (statement?.kind === 'assignment') {
    const target = statement.child('left');
    if (target && target.kind !== 'identifier') return 'handed-over';
    return isArgument(node) ? 'passed' : 'handed-over';
  }
  if (!isArgument(node)) return 'used';
  const taker = readMethodCall(enclosing(node, 'call'))?.method.text ?? '';
  return KEEPING.has(taker) ? 'handed-over' : 'passed';
}

/** Methods of containers, queues and exit stacks: what they take, somebody else closes. */
const KEEPING: ReadonlySet<string> = new Set(
  'append appendleft callback enter_async_context enter_context insert push push_async_callback put put_nowait setdefault'.split(
    ' ',
  ),
);

/** `return cls(session)`: the object that is returned keeps it. */
function isKept(node: PyNode): boolean {
  const call = enclosing(node, 'call');
  const callee = readCall(call)?.callee.text ?? '';
  return call?.parent?.kind === 'return_statement' && /^(cls|(\w+\.)*[A-Z]\w*)$/.test(callee);
}

/** Whether a name is an argument of a call. */
function isArgument(node: PyNode): boolean {
  const list = node.parent?.kind === 'keyword_argument' ? node.parent.parent : node.parent;
  return list?.kind === 'argument_list';
}

/** The statements of a block from one that binds to the last one that uses the variable; `null` if a use lies outside of the block. */
export function blockOfUses(statement: PyNode, uses: readonly PyNode[]): readonly PyNode[] | null {
  const block = statement.parent;
  if (block?.kind !== 'block') return null;
  if (!uses.every((use) => contains(block, use) && use.start > statement.start)) return null;
  const after = block.named.slice(block.named.indexOf(statement) + 1);
  const last = after.findLastIndex((each) => uses.some((use) => contains(each, use)));
  return last < 0 ? null : after.slice(0, last + 1);
}
