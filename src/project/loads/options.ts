// What loader options load: the paths of attributes that they name, and whether they load them at once. It rewrites nothing.
import { keyword, readCall, readMethodCall, callsOfChain } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { argumentFor, callArguments } from '../infer/arguments.ts';
import type { Frame, Origin } from './loaded.ts';

/** One attribute named by an option, below those before it. */
export interface OptionStep {
  /** `selectinload`, `joinedload`, `load_only`, … */
  readonly strategy: string;
  /** The attribute, `*` for all; `null` where it cannot be told. */
  readonly name: string | null;
  readonly node: PyNode;
}

/** A chain of steps from the entity on. */
export type OptionPath = readonly OptionStep[];

/** What is known of the options of a query. */
export interface QueryOptions {
  readonly paths: readonly OptionPath[];
  /** Some options are held in variables or made by functions: they may load anything. */
  readonly unknown: boolean;
}

const EAGER: ReadonlySet<string> = new Set([
  'selectinload',
  'joinedload',
  'subqueryload',
  'immediateload',
  'contains_eager',
  'eagerload',
  'joinedload_all',
  'subqueryload_all',
  'noload',
]);

/** What else loader options are made with. */
const STRATEGIES: ReadonlySet<string> = new Set([
  ...EAGER,
  'baked_lazyload',
  'defaultload',
  'defer',
  'lazyload',
  'load_only',
  'options',
  'raiseload',
  'selectin_polymorphic',
  'undefer',
  'undefer_group',
  'with_expression',
  'with_loader_criteria',
]);

/** Whether a strategy loads what it names before anybody reads it. */
export function isEager(strategy: string): boolean {
  return EAGER.has(strategy);
}

/** The options of the query that an object comes from. */
export function optionsOf(origin: Origin): QueryOptions {
  const paths: OptionPath[] = [];
  let unknown = false;
  for (const node of optionNodes(origin)) {
    const read = readOption(node, homeOf(node, origin), 0, origin.frames);
    paths.push(...read.paths);
    unknown ||= read.unknown;
  }
  return { paths, unknown };
}

/** Facts of the file that an option is written in: that of the execution, or that of the statement. */
function homeOf({ source }: PyNode, { facts, statement }: Origin): Facts {
  return statement && source !== facts.module.tree.text ? statement.facts : facts;
}

function optionNodes(origin: Origin): readonly PyNode[] {
  const links = (origin.statement?.links ?? []).filter(({ method }) => method.text === 'options');
  const call = readCall(origin.node);
  const given = call && origin.kind === 'get' ? keyword(call, 'options') : null;
  return [...links.flatMap((link) => link.list.named), ...(given ? [given] : [])].flatMap(items);
}

function items(node: PyNode): readonly PyNode[] {
  if (node.kind === 'list' || node.kind === 'tuple') return node.named.flatMap(items);
  return [node];
}

/** Reads one option; a variable that holds one is looked up. */
export function readOption(
  node: PyNode,
  facts: Facts,
  depth = 0,
  frames: readonly Frame[] = [],
): QueryOptions {
  const held = node.kind === 'list_splat' ? (node.named[0] ?? node) : node;
  if (held.kind === 'none' || (EMPTY.test(held.text) && /^(list|tuple)$/.test(held.kind)))
    return { paths: [], unknown: false };
  if (held.kind === 'identifier' && depth < MAX_DEPTH) {
    const passed = frames.length > 0 ? passedOption(held, facts, frames) : null;
    if (passed)
      return merged(
        passed.nodes
          .flatMap(items)
          .map((each) => readOption(each, passed.facts, depth + 1, passed.frames)),
      );
    const symbol = facts.symbols.symbolOf(facts.module, held);
    const value =
      facts.definition(held)?.value ??
      (symbol?.kind === 'definition' ? symbol.binding.value : null);
    const parts = value ? items(value) : [];
    if (parts.length > 0 && parts.every(({ kind }) => kind === 'call'))
      return merged(parts.map((part) => readOption(part, facts, depth + 1)));
    return { paths: [], unknown: true };
  }
  const calls = callsOfChain(held);
  if (!calls) return { paths: [], unknown: true };
  const steps: OptionStep[] = [];
  const paths: OptionPath[] = [];
  let unknown = false;
  for (const call of calls) {
    const strategy = (call.callee.child('attribute') ?? call.callee).text;
    if (strategy === 'Load') continue;
    // A function of the project makes any options.
    const isOwn = strategy === 'options' && call === calls[0];
    if (isOwn || !STRATEGIES.has(strategy)) return { paths: [], unknown: true };
    if (strategy === 'options') {
      for (const each of call.positional) {
        const nested = readOption(each, facts, depth + 1, frames);
        paths.push(...nested.paths.map((path) => [...steps, ...path]));
        unknown ||= nested.unknown;
      }
      continue;
    }
    const named = call.positional.flatMap((each) => stepsOf(strategy, each));
    const columns = COLUMNS.has(strategy);
    if (columns || named.length !== 1) for (const step of named) paths.push([...steps, step]);
    else steps.push(...named);
  }
  return { paths: steps.length > 0 ? [steps, ...paths] : paths, unknown };
}

const EMPTY = /^[[(]\s*[\])]$/;
const MAX_DEPTH = 3;

/** The argument that the call on the way passes for a parameter, or its default. */
function passedOption(
  held: PyNode,
  facts: Facts,
  frames: readonly Frame[],
): {
  readonly nodes: readonly PyNode[];
  readonly facts: Facts;
  readonly frames: readonly Frame[];
} | null {
  const [binding, ...others] = facts.binding.reaching(held);
  if (binding?.kind !== 'parameter' || others.length > 0) return null;
  const definition = enclosing(binding.statement, 'function_definition');
  const index = frames.findIndex((frame) => frame.definition === definition);
  const frame = frames[index];
  if (!frame) return null;
  const rest = { facts: frame.facts, frames: frames.slice(index + 1) };
  if (binding.statement.kind === 'list_splat_pattern') {
    const before = binding.statement.parent?.named.indexOf(binding.statement) ?? -1;
    const { positional, splat } = callArguments(frame.call);
    return splat || before < 0
      ? null
      : { nodes: positional.slice(before - frame.skipped), ...rest };
  }
  const argument = argumentFor(frame.call, binding.statement, frame.skipped);
  if (argument === 'unknown') return null;
  if (argument !== 'default') return { nodes: [argument], ...rest };
  return binding.value ? { nodes: [binding.value], facts, frames: [] } : null;
}

const COLUMNS: ReadonlySet<string> = new Set(['load_only', 'defer', 'undefer', 'undefer_group']);

function merged(all: readonly QueryOptions[]): QueryOptions {
  return { paths: all.flatMap(({ paths }) => paths), unknown: all.some(({ unknown }) => unknown) };
}

/** `A.b` is a step, `A.b.of_type(C)` and `A.b.and_(…)` too; a string names all at once. */
function stepsOf(strategy: string, argument: PyNode): readonly OptionStep[] {
  const text = stringValue(argument);
  if (text !== null) return text.split('.').map((name) => ({ strategy, name, node: argument }));
  let node = argument;
  for (let call = readMethodCall(node); call; call = readMethodCall(node)) node = call.receiver;
  const name = node.kind === 'attribute' ? (node.child('attribute')?.text ?? null) : null;
  return [{ strategy, name, node: argument }];
}
