// Finds the coroutines that code hands to asyncio, anyio or trio to run at the same time. It knows no sessions.
import {
  calledName,
  readCall,
  readMethodCall,
  unparenthesized,
  type Call,
} from '../../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { functionOf } from './sessions.ts';

/** A coroutine that runs beside others. */
export interface Spawned {
  /** The call that makes the coroutine; for `start_soon(f, x)` the call of `start_soon`. */
  readonly call: PyNode;
  /** What is called. */
  readonly callee: PyNode;
  readonly arguments: readonly PyNode[];
  /** The loop or comprehension that makes many of it, all inside the group. */
  readonly loop: PyNode | null;
}

/** Coroutines that run at the same time. */
export interface TaskGroup {
  /** The call that names the group for people: `gather(…)`, or the first spawning call. */
  readonly node: PyNode;
  /** What starts the tasks: `asyncio.gather`. */
  readonly name: string;
  readonly spawned: readonly Spawned[];
}

const COLLECTING: ReadonlySet<string> = new Set([
  'asyncio.gather',
  'asyncio.wait',
  'asyncio.as_completed',
  'asyncio.tasks.gather',
]);
const SINGLE: ReadonlySet<string> = new Set([
  'asyncio.create_task',
  'asyncio.ensure_future',
  'asyncio.tasks.create_task',
  'asyncio.run_coroutine_threadsafe',
]);
const GROUPS: ReadonlySet<string> = new Set([
  'asyncio.TaskGroup',
  'asyncio.taskgroups.TaskGroup',
  'anyio.create_task_group',
  'trio.open_nursery',
]);
const LOOPS: ReadonlySet<string> = new Set([
  'asyncio.get_event_loop',
  'asyncio.get_running_loop',
  'asyncio.new_event_loop',
]);

/** The texts of which one stands in every file that starts tasks. */
export const TASK_TRIGGERS: readonly string[] = [
  'gather(',
  'create_task(',
  'as_completed(',
  'ensure_future(',
  'start_soon(',
  'asyncio.wait(',
];

/** The coroutines of `gather(…)`, `wait(…)` and `as_completed(…)`; `null` for any other call. */
export function collectedTasks(node: PyNode, facts: Facts): TaskGroup | null {
  const call = readCall(node);
  const name = call && facts.qualifiedName(call.callee);
  if (!call || name === null || !COLLECTING.has(name)) return null;
  const spawned = call.positional.flatMap((argument) => coroutinesIn(argument, null, facts));
  return spawned.length > 0 ? { node, name, spawned } : null;
}

/** The tasks that a function starts one by one; those of a task group apart from those of the event loop. */
export function startedTasks(definition: PyNode, facts: Facts): readonly TaskGroup[] {
  const groups = new Map<string, { node: PyNode; name: string; spawned: Spawned[] }>();
  for (const node of descendants(definition.child('body') ?? definition, 'call')) {
    if (functionOf(node) !== definition) continue;
    const starter = starterOf(node, facts);
    const task = starter && startedBy(node, facts);
    if (!starter || !task) continue;
    const group = groups.get(starter.key);
    if (group) group.spawned.push(task);
    else groups.set(starter.key, { node, name: starter.name, spawned: [task] });
  }
  return [...groups.values()];
}

/** What starts a task, and the group it belongs to. */
function starterOf(node: PyNode, facts: Facts): { key: string; name: string } | null {
  const method = calledName(node);
  if (
    method === null ||
    !/^(create_task|ensure_future|start_soon|run_coroutine_threadsafe)$/.test(method)
  )
    return null;
  const call = readCall(node);
  const name = call && facts.qualifiedName(call.callee);
  if (name !== null && SINGLE.has(name)) return { key: 'loop', name };
  const receiver = readMethodCall(node)?.receiver;
  const made = receiver && madeBy(receiver, facts);
  if (!receiver || made === null || made === undefined) return null;
  if (LOOPS.has(made)) return { key: 'loop', name: `${receiver.text}.${method}` };
  return GROUPS.has(made)
    ? { key: `group ${receiver.text}`, name: `${receiver.text}.${method}` }
    : null;
}

/** The library function whose call gave a variable its value. */
function madeBy(receiver: PyNode, facts: Facts): string | null {
  const value = receiver.kind === 'identifier' ? facts.definition(receiver)?.value : receiver;
  const call = readCall(value ? unparenthesized(value) : null);
  return call && facts.qualifiedName(call.callee);
}

function startedBy(node: PyNode, facts: Facts): Spawned | null {
  const call = readCall(node);
  const [first, ...others] = call?.positional ?? [];
  if (!call || !first) return null;
  const loop = loopAround(node);
  if (calledName(node) === 'start_soon')
    return { call: node, callee: first, arguments: others, loop };
  const [coroutine] = coroutinesIn(first, loop, facts);
  return coroutine ?? null;
}

/** The loop of the same function that repeats a call. */
function loopAround(node: PyNode): PyNode | null {
  const loop = enclosing(
    node,
    'for_statement',
    'while_statement',
    'function_definition',
    'lambda',
    ...COMPREHENSIONS,
  );
  if (!loop || loop.kind === 'function_definition' || loop.kind === 'lambda') return null;
  const body = loop.child('body');
  return body && !contains(body, node) ? null : loop;
}

const COMPREHENSIONS: readonly string[] = [
  'list_comprehension',
  'set_comprehension',
  'generator_expression',
];

/** The coroutine calls in an argument: a call, a display or comprehension of calls, or a variable that holds them. */
function coroutinesIn(
  node: PyNode,
  loop: PyNode | null,
  facts: Facts,
  depth = 0,
): readonly Spawned[] {
  const inner = unparenthesized(node);
  if (depth > 4) return [];
  const within = (each: PyNode, around: PyNode | null): readonly Spawned[] =>
    coroutinesIn(each, around, facts, depth + 1);
  if (inner.kind === 'list_splat') return inner.named.flatMap((each) => within(each, loop));
  if (inner.kind === 'list' || inner.kind === 'tuple' || inner.kind === 'set')
    return inner.named.flatMap((each) => within(each, loop));
  if (COMPREHENSIONS.includes(inner.kind)) {
    const body = inner.child('body');
    return body ? within(body, inner) : [];
  }
  if (inner.kind === 'identifier') return inVariable(inner, loop, facts, depth);
  const call = readCall(inner);
  if (!call) return [];
  const name = facts.qualifiedName(call.callee);
  const [wrapped] = call.positional;
  if (wrapped && name !== null && (SINGLE.has(name) || WRAPPERS.has(name)))
    return within(wrapped, loop);
  return [spawned(call, loop)];
}

/** Calls that run the coroutine they are given. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'asyncio.wait_for',
  'asyncio.shield',
  'builtins.list',
  'builtins.tuple',
]);

function spawned(call: Call, loop: PyNode | null): Spawned {
  const values = call.keywords.map(({ value }) => value);
  return { call: call.node, callee: call.callee, arguments: [...call.positional, ...values], loop };
}

/** What a local list holds: its display or comprehension, and what is appended to it. */
function inVariable(
  node: PyNode,
  loop: PyNode | null,
  facts: Facts,
  depth: number,
): readonly Spawned[] {
  const place = facts.binding.lookup(node.text, node);
  const bindings = facts.binding.reaching(node);
  if (!place || (place.scope.kind !== 'function' && place.scope.kind !== 'module')) return [];
  const held = bindings.flatMap((binding) =>
    binding.value && binding.kind === 'assignment' && binding.path.length === 0
      ? coroutinesIn(binding.value, loop, facts, depth + 1)
      : [],
  );
  const appended = facts.binding.references(place.scope, node.text).flatMap((reference) => {
    const call =
      reference.parent?.kind === 'attribute' ? readMethodCall(reference.parent.parent) : null;
    const [value] = call?.positional ?? [];
    if (!call || !value || call.receiver !== reference || call.method.text !== 'append') return [];
    return coroutinesIn(value, loopAround(call.node), facts, depth + 1);
  });
  return [...held, ...appended];
}
