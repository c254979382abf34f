// Gives each task of a group a session of its own, from the factory in reach. It refuses where a task would need the session that it shares.
import type { Edit } from '../../edits/edit.ts';
import { itemRemovals, readCall } from '../../python/calls.ts';
import { startsLine } from '../../python/displays.ts';
import { contains, type PyNode } from '../../python/tree.ts';
import { indentOf, indentUnit } from '../core/blocks.ts';
import { argumentFor, parameterName } from '../infer/arguments.ts';
import type { RuleContext } from '../rule.ts';
import { calledFunction, type CalledFunction } from './called.ts';
import { statementOf } from './commits.ts';
import { factoryFor } from './factory-in-reach.ts';
import { functionOf } from './sessions.ts';
import type { SharedSession } from './shared.ts';
import { isUntouched } from './untouched.ts';
import { holdsObjects, isCoroutine, isPlainType, onlyReads, returnsObjects } from './task-work.ts';
import type { Spawned } from './tasks.ts';

/** One task, taken apart. */
interface Work {
  readonly task: Spawned;
  readonly called: CalledFunction;
  /** The parameter that takes the session, and the argument that is the session. */
  readonly parameter: PyNode;
  readonly argument: PyNode;
  /** The parameters that take the other arguments, in the order of the function. */
  readonly passed: readonly {
    readonly name: string;
    readonly positional: boolean;
    readonly node: PyNode;
  }[];
}

/** The edits, and the factory that the sessions come from. */
export interface OwnSession {
  readonly edits: readonly Edit[];
  readonly factory: string;
}

/** The edits by which every task opens its own session; `null` where that could change what they do, or no factory is in reach. */
export function ownSessionEdits(shared: SharedSession, context: RuleContext): OwnSession | null {
  const { facts } = context;
  const { session, tasks } = shared;
  const definition = functionOf(shared.group.node);
  if (!definition || session.node.kind !== 'identifier') return null;
  const works = tasks.map((task) => workOf(task, session.node.text, context));
  const known = works.filter((work) => work !== null);
  const factory = factoryFor(session.node, facts);
  if (known.length !== works.length || factory === null) return null;
  const place = placeFor(known, definition);
  const first = place && firstOf(known);
  if (!place || !first || !isUntouched(session.node, first, facts)) return null;
  const wrappers = new Map<string, { readonly name: string; readonly work: Work }>();
  for (const work of known) {
    const callee = work.task.callee.text;
    const other = wrappers.get(callee);
    if (other && !sameShape(other.work, work)) return null;
    if (!other) wrappers.set(callee, { name: wrapperName(callee), work });
  }
  const all = [...wrappers.values()];
  if (all.some(({ name, work }) => !fits(name, work, factory, place, context))) return null;
  if (new Set(all.map(({ name }) => name)).size !== all.length) return null;
  return {
    factory,
    edits: [
      insertion(all, factory, place, context),
      ...known.flatMap((work) =>
        callEdits(work, wrappers.get(work.task.callee.text)?.name ?? '', context),
      ),
    ],
  };
}

function workOf(task: Spawned, session: string, { facts }: RuleContext): Work | null {
  const called = calledFunction(task.callee, facts);
  if (!called || !isCoroutine(called.definition)) return null;
  const call = readCall(task.call);
  if (!call || call.list.children.some(({ kind }) => kind === 'comment')) return null;
  // `start_soon(load, session, number)` names the function before its arguments, and takes keywords for itself.
  const before = call.callee === task.callee ? 0 : 1;
  if (before > 0 && call.keywords.length > 0) return null;
  if (call.list.named.some(({ kind }) => kind.endsWith('_splat'))) return null;
  const parameters = called.definition.child('parameters')?.named ?? [];
  const taken = parameters.flatMap((node) => {
    const argument = argumentFor(task.call, node, called.skipped - before);
    const name = parameterName(node);
    return typeof argument === 'string' || name === null ? [] : [{ node, argument, name }];
  });
  const own = taken.filter(({ argument }) => argument.text === session);
  const [first, ...more] = own;
  if (!first || more.length > 0 || taken.length + before !== call.list.named.length) return null;
  const others = taken.filter((each) => each !== first);
  const { definition, facts: home } = called;
  const keepsNothing = others.every(({ argument, node }) => {
    const type = node.child('type');
    return type
      ? isPlainType(type, home) || !holdsObjects(argument, facts)
      : !holdsObjects(argument, facts);
  });
  const discarded = isDiscarded(task);
  if (!keepsNothing || !onlyReads(definition, first.node, home)) return null;
  if (!discarded && returnsObjects(definition, home)) return null;
  return {
    task,
    called,
    parameter: first.node,
    argument: first.argument,
    passed: others.map(({ node, argument, name }) => ({
      name,
      node,
      positional: call.positional.includes(argument),
    })),
  };
}

/** Whether nobody sees what the tasks return: `await asyncio.gather(…)` as a statement. */
function isDiscarded({ call }: Spawned): boolean {
  const statement = statementOf(call);
  const only = statement?.named[0];
  return statement?.kind === 'expression_statement' && only?.kind === 'await';
}

function sameShape(one: Work, other: Work): boolean {
  const text = ({ passed }: Work): string =>
    passed.map(({ name, positional }) => `${name}${positional ? '' : '='}`).join();
  return text(one) === text(other);
}

/** The statement of the first task. */
function firstOf(works: readonly Work[]): PyNode | null {
  const [first] = works.toSorted((a, b) => a.task.call.start - b.task.call.start);
  return first ? statementOf(first.task.call) : null;
}

/** The statement before which the functions are written: the first one that makes a task, outside of its loops. */
function placeFor(works: readonly Work[], definition: PyNode): PyNode | null {
  const body = definition.child('body');
  let statement = firstOf(works);
  if (!body) return null;
  for (let each = statement; each && each !== body; each = each.parent)
    if (REPEATING.test(each.kind) || (each.kind === 'with_statement' && opensGroup(each)))
      statement = each;
  const place = statement;
  if (!place || !startsLine(place)) return null;
  return works.every(({ task }) => place.parent && contains(place.parent, task.call))
    ? place
    : null;
}

const REPEATING = /^(for|while)_statement$/;

/** `async with asyncio.TaskGroup() as group:`. */
function opensGroup({ children }: PyNode): boolean {
  const clause = children.find(({ kind }) => kind === 'with_clause');
  return /\b(TaskGroup|create_task_group|open_nursery)\(\) as \w+$/.test(clause?.text ?? '');
}

function wrapperName(callee: string): string {
  return `${callee.slice(callee.lastIndexOf('.') + 1).replace(/^_+/, '')}_in_session`;
}

/** Whether the names that a wrapper uses mean there what they mean at the task, and its own are free. */
function fits(
  name: string,
  { task, parameter, passed }: Work,
  factory: string,
  place: PyNode,
  { facts }: RuleContext,
): boolean {
  const own = [...passed.map((each) => each.name), parameterName(parameter) ?? ''];
  const used = [factory, task.callee.text].map((text) => text.split('.')[0] ?? '');
  if (facts.binding.isBound(name, place) || own.some((each) => used.includes(each))) return false;
  return used.every((each) => {
    const here = facts.binding.lookup(each, place);
    const there = facts.binding.lookup(each, task.call);
    if (!here || here.scope !== there?.scope) return false;
    return (
      here.scope.kind !== 'function' || here.bindings.every(({ node }) => node.end <= place.start)
    );
  });
}

function insertion(
  wrappers: readonly { readonly name: string; readonly work: Work }[],
  factory: string,
  place: PyNode,
  context: RuleContext,
): Edit {
  const indent = indentOf(place);
  const unit = indentUnit(place);
  const texts = wrappers.map(({ name, work }) => wrapperText(name, work, factory, context));
  const start = aboveComments(place.start - indent.length, context.source);
  const isFirst = /:[^\n]*\n$/.test(context.source.slice(0, start)) && opensBlock(place);
  const gap = isFirst || /\n[^\S\n]*\n$/.test(context.source.slice(0, start)) ? '' : '\n';
  const lines = texts
    .map((text) =>
      text
        .split('\n')
        .map((line) => indent + line.replaceAll('\t', unit))
        .join('\n'),
    )
    .join('\n\n');
  return context.before({ start, end: start }, `${gap}${lines}\n\n`);
}

/** Where the comment lines directly above a line begin. */
function aboveComments(start: number, source: string): number {
  const [comments] = /(?:^[^\S\n]*#[^\n]*\n)+$/m.exec(source.slice(0, start)) ?? [''];
  return start - comments.length;
}

function opensBlock(place: PyNode): boolean {
  return place.parent?.named.find(({ kind }) => kind !== 'comment') === place;
}

/** The function, its indentation written as tabs. Annotations are taken along where they mean the same. */
function wrapperText(
  name: string,
  { task, called, parameter, passed }: Work,
  factory: string,
  { facts }: RuleContext,
): string {
  const isHere = called.facts.module === facts.module && called.skipped === 0;
  const session = parameterName(parameter) ?? 'session';
  const written = passed.map(({ name: each, node }) => {
    const type = isHere ? node.child('type') : null;
    return type ? `${each}: ${type.text}` : each;
  });
  const result = isHere ? called.definition.child('return_type') : null;
  const own = called.definition.child('parameters')?.named ?? [];
  let named = false;
  const given = own.slice(called.skipped).flatMap((each) => {
    const text = each === parameter ? session : passed.find(({ node }) => node === each)?.name;
    named ||= text === undefined || /^(\*|keyword_separator)/.test(each.text);
    return text === undefined ? [] : [named ? `${text}=${text}` : text];
  });
  return [
    `async def ${name}(${written.join(', ')})${result ? ` -> ${result.text}` : ''}:`,
    `\tasync with ${factory}() as ${session}:`,
    `\t\treturn await ${task.callee.text}(${given.join(', ')})`,
  ].join('\n');
}

function callEdits({ task, argument }: Work, name: string, context: RuleContext): readonly Edit[] {
  const call = readCall(task.call);
  const item = argument.parent?.kind === 'keyword_argument' ? argument.parent : argument;
  const removals = call ? itemRemovals(call.list, [item]) : [];
  return [context.replace(task.callee, name), ...removals.map((span) => context.replace(span, ''))];
}
