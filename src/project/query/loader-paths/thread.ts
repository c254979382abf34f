// Gives the functions that make loader options of names a parameter for the entity, and their callers the entity to pass. All options that share a function or file move together.
import type { Edit } from '../../../edits/edit.ts';
import { readMethodCall } from '../../../python/calls.ts';
import { stringValue } from '../../../python/strings.ts';
import { descendants, enclosing, type PyNode } from '../../../python/tree.ts';
import type { FunctionSource } from '../../infer/tracer.ts';
import type { Module } from '../../modules.ts';
import { placeOf } from '../../place.ts';
import type { NameUse, RuleContext } from '../../rule.ts';
import { newArgument, newParameter, type Insertion } from '../../thread-parameter.ts';
import { familyOf, unusual } from '../flow/functions.ts';
import { followOption } from './flow.ts';
import { entityFor, isDescribed } from './head.ts';
import { helperIn } from './helper.ts';
import { namedOptions, type NamedOption } from './sites.ts';

/** What was found about the options of a project that are given names. */
export type NamedOptionFixes = ReadonlyMap<PyNode, NamedOptionFix>;

/** What is known of one option: the rewrite of all that belong together, or why it stays. */
export type NamedOptionFix =
  | { readonly kind: 'kept'; readonly why: string }
  | {
      readonly kind: 'rewritten';
      /** The options, in source order. */
      readonly options: readonly NamedOption[];
      readonly edits: readonly Edit[];
      readonly uses: readonly NameUse[];
      readonly doubts: readonly string[];
    };

/** The rewrite of one option with the functions that it needs. */
interface Draft {
  readonly option: NamedOption;
  readonly entity: NameUse;
  /** The functions that get the parameter. */
  readonly functions: ReadonlySet<PyNode>;
}

/** A function that gets the parameter, with all its calls. */
interface Threaded {
  readonly source: FunctionSource;
  readonly edits: readonly Edit[];
  readonly uses: readonly NameUse[];
  readonly modules: readonly Module[];
  /** Callers that get the parameter too. */
  readonly callers: readonly FunctionSource[];
}

const NAME = 'entity';

type ContextAt = (module: Module) => RuleContext;

/** Judges all options of the project. */
export function judgeNamedOptions(ctx: RuleContext): NamedOptionFixes {
  const contexts = new Map<Module, RuleContext>();
  const contextAt = (module: Module): RuleContext => {
    const known = contexts.get(module) ?? ctx.at(module.path);
    contexts.set(module, known);
    return known;
  };
  const threading = new Map<PyNode, Threaded | string>();
  const fixes = new Map<PyNode, NamedOptionFix>();
  const drafts: Draft[] = [];
  for (const option of namedOptions(ctx.facts)) {
    const draft = draftOf(option, threading, contextAt);
    if (typeof draft === 'string') fixes.set(option.call.node, { kind: 'kept', why: draft });
    else drafts.push(draft);
  }
  for (const group of together(drafts, threading)) {
    const fix = rewrite(group, threading, contextAt);
    for (const { option } of group) fixes.set(option.call.node, fix);
  }
  return fixes;
}

function draftOf(
  option: NamedOption,
  threading: Map<PyNode, Threaded | string>,
  contextAt: ContextAt,
): Draft | string {
  const { module, call } = option;
  const ctx = contextAt(module);
  const entity = entityAt(call.node, ctx);
  if (typeof entity === 'string') return entity;
  if (isOfRewrittenQuery(option, entity, ctx)) return 'the rewrite of its query looks the name up';
  const functions = new Set<PyNode>();
  const pending = [...entity.functions];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (functions.has(next.node)) continue;
    functions.add(next.node);
    const threaded = threading.get(next.node) ?? thread(next, contextAt);
    threading.set(next.node, threaded);
    if (typeof threaded === 'string') return threaded;
    pending.push(...threaded.callers);
  }
  return { option, entity: entity.use, functions };
}

/** A name that the rewrite of its query looks up: see loader-names.ts. */
function isOfRewrittenQuery(
  { call, argument }: NamedOption,
  { use }: EntityAt,
  { facts }: RuleContext,
): boolean {
  const host = readMethodCall(call.node.parent?.parent ?? null);
  const value = facts.infer(argument)?.value;
  return (
    host?.method.text === 'options' &&
    call.node.parent === host.list &&
    value?.kind === 'instance' &&
    value.of === 'builtins.str' &&
    use.text !== NAME &&
    !isDescribed(use)
  );
}

interface EntityAt {
  readonly use: NameUse;
  /** The function around, where the entity is its new parameter. */
  readonly functions: readonly FunctionSource[];
}

/** How the entity is named where options are made, or received from a function. */
function entityAt(node: PyNode, ctx: RuleContext): EntityAt | string {
  const { module, index } = ctx.facts;
  const { sinks, lost } = followOption(node, ctx.facts);
  if (lost) return `${lost.why} (${placeOf(module, lost.node)})`;
  const found = new Map<string, NameUse>();
  const functions: FunctionSource[] = [];
  for (const sink of sinks) {
    if (sink.kind === 'returned') {
      functions.push(index.functionAt(module, sink.definition));
      found.set(NAME, { text: NAME, request: null });
      continue;
    }
    const use = entityFor(sink, node, ctx);
    if (typeof use === 'string') return `${use} (${placeOf(module, sink.call.node)})`;
    found.set(use.text, use);
  }
  const [use, other] = [...found.values()];
  if (!use) return `no query is seen that takes it (${placeOf(module, node)})`;
  if (other)
    return `queries of \`${use.text}\` and of \`${other.text}\` take it (${placeOf(module, node)})`;
  return { use, functions: functions.slice(0, 1) };
}

/** Gives a function the parameter. */
function thread(source: FunctionSource, contextAt: ContextAt): Threaded | string {
  const { facts } = contextAt(source.module);
  const { name, node, module } = source;
  const place = placeOf(module, node);
  const odd = unusual(source, facts);
  if (odd !== null) return `${odd} (${place})`;
  if (familyOf(source, facts).length > 1)
    return `\`${name}()\` is one of several methods that override each other (${place})`;
  const parameter = newParameter(node, NAME);
  if (!parameter) return `\`${name}()\` collects arguments by name (${place})`;
  if (facts.binding.isBound(NAME, node.child('body') ?? node))
    return `\`${NAME}\` is another name in \`${name}()\` (${place})`;
  const { calls, doubtful, escapes, tooMany } = facts.callsOf(source);
  const open = escapes ?? doubtful.map((each) => ({ module: each.module, node: each.call }))[0];
  if (open)
    return `\`${name}()\` may be called where its callers are not seen (${placeOf(open.module, open.node)})`;
  if (tooMany || calls.length === 0)
    return `nothing in the project is seen to call \`${name}()\` (${place})`;
  const edits = [insert(parameter, module), ...stubEdits(source, contextAt)];
  const uses: NameUse[] = [];
  const callers: FunctionSource[] = [];
  for (const call of calls) {
    const ctx = contextAt(call.module);
    const entity = entityAt(call.call, ctx);
    if (typeof entity === 'string') return entity;
    const argument = newArgument(call.call, NAME, entity.use.text);
    if (!argument)
      return `\`${name}()\` is called without brackets (${placeOf(call.module, call.call)})`;
    edits.push(insert(argument, call.module));
    uses.push(entity.use);
    callers.push(...entity.functions);
  }
  return { source, edits, uses, callers, modules: [module, ...calls.map((each) => each.module)] };
}

function insert({ at, text }: Insertion, { path }: Module): Edit {
  return { path, start: at, end: at, text, attach: 'after' };
}

/** The same parameter in the stub file beside the module. */
function stubEdits({ module, name, owner }: FunctionSource, contextAt: ContextAt): readonly Edit[] {
  const { modules } = contextAt(module).facts;
  const stub = modules.byPath(`${module.path}i`);
  if (!stub) return [];
  return descendants(stub.tree.root, 'function_definition').flatMap((node) => {
    const around = enclosing(node, 'class_definition', 'function_definition');
    const isIt =
      node.child('name')?.text === name &&
      (around?.child('name')?.text ?? null) === (owner?.name ?? null);
    const parameter = isIt ? newParameter(node, NAME) : null;
    return parameter ? [insert(parameter, stub)] : [];
  });
}

/** Those that change the same functions or files: a file gets one function for all its options. */
function together(
  drafts: readonly Draft[],
  threading: ReadonlyMap<PyNode, Threaded | string>,
): readonly (readonly Draft[])[] {
  const groups: { readonly drafts: Draft[]; readonly modules: Set<Module> }[] = [];
  for (const draft of drafts) {
    const modules = new Set([draft.option.module, ...[...draft.functions].flatMap(touched)]);
    const joined = groups.filter((each) => [...modules].some((module) => each.modules.has(module)));
    const [first, ...others] = joined;
    if (!first) {
      groups.push({ drafts: [draft], modules });
      continue;
    }
    for (const each of others) {
      first.drafts.push(...each.drafts);
      for (const module of each.modules) first.modules.add(module);
      groups.splice(groups.indexOf(each), 1);
    }
    first.drafts.push(draft);
    for (const module of modules) first.modules.add(module);
  }
  return groups.map((each) => each.drafts.toSorted(byPlace));

  function touched(node: PyNode): readonly Module[] {
    const known = threading.get(node);
    return known && typeof known !== 'string' ? known.modules : [];
  }
}

function byPlace({ option: a }: Draft, { option: b }: Draft): number {
  if (a.module === b.module) return a.call.node.start - b.call.node.start;
  return a.module.path < b.module.path ? -1 : 1;
}

function rewrite(
  group: readonly Draft[],
  threading: ReadonlyMap<PyNode, Threaded | string>,
  contextAt: ContextAt,
): NamedOptionFix {
  const functions = [...new Set(group.flatMap((each) => [...each.functions]))]
    .map((each) => threading.get(each))
    .filter((each) => each !== undefined && typeof each !== 'string');
  const needs = new Map<Module, PyNode>();
  for (const { option } of group)
    if (!isOneName(option, contextAt) && !needs.has(option.module))
      needs.set(option.module, option.call.node);
  const helpers = helperIn(needs, contextAt);
  const edits: Edit[] = functions.flatMap((each) => each.edits);
  const uses: NameUse[] = functions.flatMap((each) => each.uses);
  for (const { option, entity } of group) {
    const helper = needs.has(option.module) ? helpers.get(option.module) : undefined;
    if (typeof helper === 'string') return { kind: 'kept', why: helper };
    const isOne = isOneName(option, contextAt);
    const path = contextAt(option.module);
    if (path.facts.binding.isBound('getattr', option.argument))
      return { kind: 'kept', why: '`getattr` is another name there' };
    const lead = isOne || !helper ? `getattr(` : `*${helper.use.text}(`;
    edits.push(
      path.before(option.argument, `${lead}${entity.text}, `),
      path.after(option.argument, ')'),
    );
    uses.push(entity, ...(helper && !isOne ? [helper.use] : []));
  }
  for (const helper of helpers.values())
    if (typeof helper !== 'string') edits.push(...helper.edits);
  return {
    kind: 'rewritten',
    options: group.map(({ option }) => option),
    edits,
    uses,
    doubts: [
      ...functions.map(
        ({ source }) =>
          `\`${source.name}()\` gets a parameter for the entity, which callers outside of the project have to pass`,
      ),
      'names are looked up where the option is made, not where the query is executed',
    ],
  };
}

/** Whether the names are written out where they come from, and none is a path. */
function isOneName({ argument, module }: NamedOption, contextAt: ContextAt): boolean {
  const binding =
    argument.kind === 'identifier' ? contextAt(module).facts.definition(argument) : null;
  const names = binding?.value;
  if (!names || !/^(for|comprehension)$/.test(binding.kind) || binding.path.length > 0)
    return false;
  return (
    /^(list|tuple|set)$/.test(names.kind) &&
    names.named.every((each) => /^[^.*]+$/.test(stringValue(each) ?? '*'))
  );
}
