// Reads one loader option: whether it loads a collection in the same rows, and how names in it are written as attributes. It knows no chain around it.
import type { Edit } from '../../edits/edit.ts';
import {
  callsOfChain,
  readMethodCall,
  type Call,
  type KeywordArgument,
} from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { LibraryClass } from '../../sqlalchemy/returns.ts';
import { isInstance } from '../core/receivers.ts';
import type { MappedAttribute } from '../models.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { bringsCollection } from './eager.ts';
import { entityOf } from './entity.ts';
import { isName, lookUp, named, type Place, type Reading, type Step } from './loader-names.ts';

/** What a loader option means. */
export interface LoaderOption {
  /** It may load a collection by joining, so that rows repeat. */
  readonly collection: boolean;
  readonly edits: readonly Edit[];
  readonly uses: readonly NameUse[];
  /** Why its names cannot be written as attributes. */
  readonly refusal: string | null;
  /** What the attributes written may not say as the names did. */
  readonly doubts: readonly string[];
}

const JOINING: ReadonlySet<string> = new Set(['joinedload', 'contains_eager']);
const RELATIONSHIP: ReadonlySet<string> = new Set([
  'contains_eager',
  'defaultload',
  'immediateload',
  'joinedload',
  'lazyload',
  'noload',
  'raiseload',
  'selectinload',
  'subqueryload',
]);
const COLUMN: ReadonlySet<string> = new Set(['load_only', 'defer', 'undefer']);
/** Options that never join. */
const HARMLESS: ReadonlySet<string> = new Set([
  'undefer_group',
  'with_expression',
  'with_loader_criteria',
  'selectin_polymorphic',
  'set_relationship_caching',
]);
/** Options of the user's own, which listeners read. */
const USER_DEFINED: readonly LibraryClass[] = [
  'sqlalchemy.orm.UserDefinedOption',
  'sqlalchemy.orm.interfaces.UserDefinedOption',
];
const OLD_NAMES: ReadonlyMap<string, string> = new Map([
  ['baked_lazyload', 'lazyload'],
  ['eagerload', 'joinedload'],
  ['eagerload_all', 'joinedload_all'],
]);

/** Whether a library name is that of a function that makes loader options. */
export function isLoaderFunction(name: string | null): boolean {
  const [, last = ''] = /^sqlalchemy\.orm\.(\w+)$/.exec(name ?? '') ?? [];
  const strategy = (OLD_NAMES.get(last) ?? last).replace(/_all$/, '');
  return last === 'Load' || RELATIONSHIP.has(strategy) || COLUMN.has(strategy);
}

/** Reads an argument of `.options()`. */
export function readLoaderOption(
  node: PyNode,
  entities: readonly Place[],
  ctx: RuleContext,
): LoaderOption {
  const reading: Reading = {
    ctx,
    inRows: true,
    collection: false,
    refusal: null,
    doubts: [],
    edits: [],
    uses: [],
  };
  readOption(node, entities, reading, true);
  return reading;
}

function readOption(
  node: PyNode,
  places: readonly Place[],
  reading: Reading,
  rewrite: boolean,
): void {
  const calls = callsOfChain(node);
  if (!calls) {
    const source = node.kind === 'identifier' ? reading.ctx.facts.definition(node) : null;
    const value = source?.kind === 'assignment' && source.path.length === 0 ? source.value : null;
    if (value && callsOfChain(value)) readOption(value, places, reading, false);
    else reading.collection = true;
    return;
  }
  let current = places;
  for (const [index, call] of calls.entries()) {
    const method = index > 0;
    const name = (call.callee.child('attribute') ?? call.callee).text;
    const [first] = call.positional;
    if (name === 'Load' && first) {
      const entity = entityOf(first, reading.ctx.facts);
      current = entity ? [entity] : [];
    } else if (name === 'options' && method) {
      for (const each of call.positional) readNested(each, current, reading, rewrite);
    } else current = readStep(call, name, method, current, reading, rewrite);
  }
}

/** An option inside `.options(…)` of another: what it says holds for itself only. */
function readNested(
  node: PyNode,
  places: readonly Place[],
  reading: Reading,
  rewrite: boolean,
): void {
  const { inRows } = reading;
  readOption(node, places, reading, rewrite);
  reading.inRows = inRows;
}

/** Goes on below a relationship: its target is in the same rows only if it is joined. */
function descend(strategy: string, attribute: MappedAttribute | null, reading: Reading): void {
  const lazy = attribute?.kind === 'relationship' ? attribute.lazy : null;
  const joined =
    JOINING.has(strategy) || (strategy === 'defaultload' && (lazy === null || lazy === 'joined'));
  reading.inRows &&= joined;
}

function readStep(
  call: Call,
  written: string,
  method: boolean,
  places: readonly Place[],
  reading: Reading,
  rewrite: boolean,
): readonly Place[] {
  const name = OLD_NAMES.get(written) ?? written;
  const all = name.endsWith('_all') && RELATIONSHIP.has(name.slice(0, -4));
  const strategy = all ? name.slice(0, -4) : name;
  if (COLUMN.has(strategy)) {
    if (rewrite) columnNames(call, strategy, method, places, reading);
    return places;
  }
  if (!RELATIONSHIP.has(strategy)) {
    if (!HARMLESS.has(strategy) && (method || !loadsNothing(call, reading.ctx)))
      reading.collection = true;
    return places;
  }
  const [first] = call.positional;
  if (first && stringValue(first) === '*') {
    if (JOINING.has(strategy)) reading.collection ||= reading.inRows;
    return places;
  }
  const names = call.positional.map((each) => stringValue(each));
  if (names.every((each) => each === null) && !all && name === written)
    return attributeSteps(call, strategy, places, reading, rewrite);
  return namedSteps(call, { strategy, all, method }, places, reading, rewrite);
}

/** Whether a call makes an option that only carries what its class says, or that adds criteria. */
function loadsNothing({ node, callee }: Call, { facts }: RuleContext): boolean {
  if (isInstance(node, USER_DEFINED, facts) === 'proven') return true;
  const symbol = facts.symbols.symbolOf(facts.module, callee);
  const definition =
    symbol?.kind === 'definition' && symbol.binding.kind === 'function'
      ? symbol.binding.value
      : null;
  const returned = definition ? descendants(definition, 'return_statement') : [];
  return (
    returned.length > 0 &&
    returned.every(({ named: [value] }) => {
      const [made, ...more] = (value && callsOfChain(value)) ?? [];
      const name = made && (made.callee.child('attribute') ?? made.callee).text;
      return name !== undefined && more.length === 0 && HARMLESS.has(name);
    })
  );
}

/** `joinedload(User.orders)`; of several attributes only the last is loaded so. */
function attributeSteps(
  call: Call,
  strategy: string,
  places: readonly Place[],
  reading: Reading,
  rewrite: boolean,
): readonly Place[] {
  let current = places;
  for (const [index, node] of call.positional.entries()) {
    if (isName(node, reading))
      lookUp(node, rewrite && call.positional.length === 1 ? places : [], reading);
    const found = attributeOf(node, reading.ctx);
    const isLast = index === call.positional.length - 1;
    if (JOINING.has(strategy) && isLast && reading.inRows)
      reading.collection ||= joins(found?.attribute ?? null, reading);
    descend(isLast ? strategy : 'defaultload', found?.attribute ?? null, reading);
    current = targetOf(found?.attribute ?? null, reading);
  }
  return current;
}

function attributeOf(
  node: PyNode,
  ctx: RuleContext,
): { readonly attribute: MappedAttribute | null } | null {
  const method = readMethodCall(node);
  if (method && /^(of_type|and_)$/.test(method.method.text))
    return attributeOf(method.receiver, ctx);
  const object = node.kind === 'attribute' ? node.child('object') : null;
  const owner = object && entityOf(object, ctx.facts);
  const name = node.child('attribute')?.text ?? '';
  return owner ? { attribute: owner.model?.attributes.get(name) ?? null } : null;
}

function joins(attribute: MappedAttribute | null, reading: Reading): boolean {
  return (
    attribute?.kind !== 'relationship' || bringsCollection(attribute, reading.ctx.facts.models)
  );
}

function targetOf(attribute: MappedAttribute | null, reading: Reading): readonly Place[] {
  const id = attribute?.kind === 'relationship' ? attribute.target : null;
  const model = id === null ? null : (reading.ctx.facts.models.classes.get(id) ?? null);
  return model ? [{ text: '', model }] : [];
}

interface Strategy {
  readonly strategy: string;
  readonly all: boolean;
  /** It continues another option: `….joinedload("items")`. */
  readonly method: boolean;
}

/** `joinedload("orders.items")`: every link but the last keeps its own strategy, unless the function said `_all`. */
function namedSteps(
  call: Call,
  { strategy, all, method }: Strategy,
  places: readonly Place[],
  reading: Reading,
  rewrite: boolean,
): readonly Place[] {
  const steps: string[] = [];
  let current = places;
  const path = call.positional.flatMap(
    (each): readonly (string | PyNode)[] => stringValue(each)?.split('.') ?? [each],
  );
  for (const [index, part] of path.entries()) {
    const isLast = index === path.length - 1;
    const step =
      typeof part === 'string' ? named(part, current, call.node, reading) : written(part, reading);
    if (!step) {
      reading.collection ||= JOINING.has(strategy) && reading.inRows;
      if (rewrite)
        reading.refusal ??= `\`${call.node.text.replaceAll(/\s+/g, ' ').slice(0, 60)}\`: what \`${typeof part === 'string' ? part : part.text}\` names is not known`;
      return [];
    }
    if (JOINING.has(strategy) && (all || isLast) && reading.inRows)
      reading.collection ||= joins(step.attribute, reading);
    const kept = all || isLast ? strategy : 'defaultload';
    descend(kept, step.attribute, reading);
    const attribute = isLast ? withAlias(step.text, call, reading) : step.text;
    const isHead = index === 0 && !method;
    steps.push(`${isHead ? imported(kept, call, reading) : kept}(${attribute}`);
    current = targetOf(step.attribute, reading);
  }
  const last = call.positional.at(-1);
  const start = method ? call.callee.child('attribute')?.start : call.callee.start;
  const end = aliasOf(call, reading)?.node.end ?? last?.end;
  if (rewrite && start !== undefined && end !== undefined)
    reading.edits.push(reading.ctx.replace({ start, end }, steps.join(').')));
  return current;
}

function imported(name: string, call: Call, reading: Reading): string {
  if ((call.callee.child('attribute') ?? call.callee).text === name) return call.callee.text;
  const use = reading.ctx.use(`sqlalchemy.orm.${name}`, call.node);
  reading.uses.push(use);
  return use.text;
}

/** `contains_eager("orders", alias=a)` loads from the alias of a class: `User.orders.of_type(a)`. */
function withAlias(text: string, call: Call, reading: Reading): string {
  const alias = aliasOf(call, reading);
  return alias ? `${text}.of_type(${alias.value.text})` : text;
}

/** The argument `alias=` if it is an alias of a class; that of a table stays, as `of_type()` takes none. */
function aliasOf(call: Call, { ctx }: Reading): KeywordArgument | undefined {
  return call.keywords.find(
    ({ name, value }) => name === 'alias' && entityOf(value, ctx.facts) !== null,
  );
}

function written(node: PyNode, reading: Reading): Step | null {
  const found = attributeOf(node, reading.ctx);
  return found && { text: node.text, attribute: found.attribute };
}

/** `load_only("a", "b")`, `load_only([User.a])`, `defer("a")`, `defer("orders", "note")`. */
function columnNames(
  call: Call,
  strategy: string,
  method: boolean,
  places: readonly Place[],
  reading: Reading,
): void {
  const [first] = call.positional;
  const list =
    strategy === 'load_only' && call.positional.length === 1 && first?.kind === 'list'
      ? first
      : null;
  const nodes = list ? list.named : call.positional;
  if (list) {
    const open = list.children[0];
    const close = list.children.at(-1);
    if (open && close)
      reading.edits.push(reading.ctx.replace(open, ''), reading.ctx.replace(close, ''));
  }
  const isPath = strategy !== 'load_only' && nodes.length > 1;
  const dotted = nodes.some((each) => stringValue(each)?.includes('.'));
  if ((isPath || dotted) && nodes.some((each) => stringValue(each) !== null)) {
    if (strategy === 'load_only') reading.refusal ??= '`load_only()` takes attributes of one class';
    else namedSteps(call, { strategy, all: false, method }, places, reading, true);
    return;
  }
  for (const node of nodes) {
    const name = stringValue(node);
    if (name === null) {
      if (isName(node, reading)) lookUp(node, isPath ? [] : places, reading);
      continue;
    }
    const step = named(name, places, call.node, reading);
    if (step) reading.edits.push(reading.ctx.replace(node, step.text));
    else
      reading.refusal ??= `\`${name}\` in \`${strategy}()\`: the class that it belongs to is not known`;
  }
}
