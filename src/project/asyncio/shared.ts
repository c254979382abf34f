// Finds tasks that run at the same time on one AsyncSession. It rewrites nothing.
import { contains, descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { rootName, sessionsOf, type ReachedSession } from './reach.ts';
import { asyncSession, functionOf, isAwaited } from './sessions.ts';
import { collectedTasks, startedTasks, type Spawned, type TaskGroup } from './tasks.ts';

/** One AsyncSession that several tasks, or a task and the code that started it, use at once. */
export interface SharedSession {
  readonly group: TaskGroup;
  readonly session: ReachedSession;
  /** The tasks that use it; one alone overlaps with the code after it, or is made many times. */
  readonly tasks: readonly Spawned[];
  /** Whether it is beyond doubt that the tasks have the session in common. */
  readonly proven: boolean;
}

/** The shared sessions of a function. */
export function sharedSessions(definition: PyNode, facts: Facts): readonly SharedSession[] {
  const body = definition.child('body');
  if (!body) return [];
  const collected = descendants(body, 'call')
    .filter((node) => functionOf(node) === definition)
    .flatMap((node) => collectedTasks(node, facts) ?? []);
  const known = new Set(collected.flatMap((group) => group.spawned.map(({ call }) => call)));
  const started = startedTasks(definition, facts).map((group) => ({
    ...group,
    spawned: group.spawned.filter(
      ({ call }) => !known.has(call) && !isAwaited(call.parent?.parent ?? call),
    ),
  }));
  return [
    ...collected.flatMap((group) => sharedIn(group, true, facts)),
    ...started.flatMap((group) => sharedIn(group, !group.name.includes('asyncio.'), facts)),
  ];
}

function sharedIn(group: TaskGroup, together: boolean, facts: Facts): readonly SharedSession[] {
  const users = new Map<string, { session: ReachedSession; tasks: Spawned[]; proven: boolean }>();
  for (const task of group.spawned)
    for (const session of sessionsOf(task, facts)) {
      const key = identityOf(session.node, task, facts);
      if (key === null) continue;
      const user = users.get(key.root);
      if (!user) users.set(key.root, { session, tasks: [task], proven: session.proven });
      else if (!user.tasks.includes(task)) {
        user.tasks.push(task);
        user.proven &&= session.proven && session.node.text === user.session.node.text;
      }
    }
  return [...users.values()]
    .filter(({ tasks, session }) => overlaps(tasks, session, together, facts))
    .map((user) => ({ group, ...user }));
}

/** What tells one session from another; `null` if each round of the loop has its own. */
function identityOf(node: PyNode, task: Spawned, facts: Facts): { root: string } | null {
  const name = rootName(node);
  if (name === null) return null;
  const place = facts.binding.lookup(name, node);
  const [binding] = place?.bindings ?? [];
  if (!place || !binding) return null;
  const reaching =
    facts.binding.lookup(name, task.call)?.scope === place.scope ? place.bindings : [];
  if (task.loop && reaching.some((each) => task.loop && contains(task.loop, each.node)))
    return null;
  if (task.loop && place.scope.kind === 'comprehension') return null;
  // Attributes of self may hold different sessions; those of another object are taken for one unit of work.
  return { root: name === 'self' ? node.text : `${name}@${binding.node.start}` };
}

function overlaps(
  tasks: readonly Spawned[],
  session: ReachedSession,
  together: boolean,
  facts: Facts,
): boolean {
  const [first, second] = tasks;
  if (!first) return false;
  if (together) return second !== undefined || first.loop !== null;
  const until = (task: Spawned): number => awaitedAt(task, facts) ?? Number.POSITIVE_INFINITY;
  if (first.loop) return !contains(first.loop, { start: until(first), end: until(first) });
  if (second) return until(first) > second.call.start;
  return usedBetween(session.node, first.call.end, until(first), facts);
}

/** Where the task of `task = create_task(…)` is awaited, directly or by a function that takes it. */
function awaitedAt(task: Spawned, facts: Facts): number | null {
  let node = task.call;
  while (node.parent && node.parent.kind !== 'assignment' && node.parent.kind !== 'block')
    node = node.parent;
  const target = node.parent?.kind === 'assignment' ? node.parent.child('left') : null;
  if (target?.kind !== 'identifier') return null;
  const place = facts.binding.lookup(target.text, target);
  const references = place ? facts.binding.references(place.scope, target.text) : [];
  const awaited = references.find(
    (each) =>
      each.start > task.call.end &&
      (each.parent?.kind === 'await' ||
        (each.parent?.kind === 'argument_list' && each.parent.parent?.parent?.kind === 'await') ||
        each.parent?.kind === 'list_splat'),
  );
  return awaited ? awaited.start : null;
}

/** Whether the code itself awaits the session between two places. */
function usedBetween(session: PyNode, from: number, to: number, facts: Facts): boolean {
  const definition = functionOf(session);
  if (!definition || asyncSession(session, facts) === null) return false;
  return descendants(definition, 'await').some(({ start, named }) => {
    if (start < from || start > to) return false;
    const callee = named[0]?.child('function');
    const receiver = callee?.kind === 'attribute' ? callee.child('object') : null;
    return receiver?.text === session.text;
  });
}
