// Says how the entity that a query starts with can be written where its loader options are made. It follows no options.
import { readCall, readMethodCall, unparenthesized, dottedParts } from '../../../python/calls.ts';
import { contains, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import type { NameUse, RuleContext } from '../../rule.ts';
import { entityOf } from '../entity.ts';
import { LINKS } from '../links.ts';
import { spellClass } from '../spell.ts';
import type { LoaderSink } from './flow.ts';

/** Links after which a query gives another entity, or a table under another name. */
const RESHAPING =
  /^(except_|except_all|from_self|intersect|intersect_all|select_entity_from|union|union_all|with_entities|with_only_columns|with_polymorphic)$/;
/** Links that statements have and queries do not. */
const OF_STATEMENTS: ReadonlySet<string> = new Set(['add_columns', 'join_from', 'outerjoin_from']);
const QUERIES =
  /^(sqlalchemy\.orm\.(Query|AppenderQuery|dynamic\.\w+)|sqlalchemy\.(Select|sql\.\w+\.Select))$/;

/** The expression at `at` that gives the entity of the query; a text says why there is none. */
export function entityFor(
  sink: Exclude<LoaderSink, { readonly kind: 'returned' }>,
  at: PyNode,
  ctx: RuleContext,
): NameUse | string {
  const search: Search = { ctx, at, sink: sink.call.node, seen: new Set() };
  const found =
    sink.kind === 'get' ? written(sink.entity, search) : behind(sink.call.receiver, search);
  if (found === 'several') return 'the query has several entities';
  return found ?? `what \`${shortened(sink.call.receiver)}\` queries is not known`;
}

/** `undefined`: the same as what is asked for already; `several`: which entity is meant cannot be told. */
type Found = NameUse | null | undefined | 'several';

/** The public way to ask a query or statement for its entity. */
const DESCRIPTION = '.column_descriptions[0]["entity"]';

/** Whether the query itself is asked for its entity. */
export function isDescribed({ text }: NameUse): boolean {
  return text.endsWith(DESCRIPTION);
}

interface Search {
  readonly ctx: RuleContext;
  readonly at: PyNode;
  /** The call that takes the options. */
  readonly sink: PyNode;
  readonly seen: Set<PyNode>;
}

function shortened(node: PyNode): string {
  return node.text.replaceAll(/\s+/g, ' ').slice(0, 50);
}

function behind(given: PyNode, search: Search): Found {
  const node = unparenthesized(given);
  const call = readMethodCall(node);
  const method = call?.method.text ?? '';
  if (call && method === 'query') return selected(call.positional, search);
  if (call && (LINKS.has(method) || OF_STATEMENTS.has(method)))
    return RESHAPING.test(method) ? null : behind(call.receiver, search);
  if (node.kind === 'call') {
    const callee = node.child('function');
    const name = callee && search.ctx.facts.qualifiedName(callee);
    if (name === 'sqlalchemy.select') return selected(readCall(node)?.positional ?? [], search);
  }
  if (node.kind === 'attribute' && node.child('attribute')?.text === 'query') {
    const object = node.child('object');
    const found = object && isClass(object, search.ctx.facts) ? written(object, search) : null;
    if (found) return found;
  }
  if (node.kind === 'identifier') return ofVariable(node, search);
  return inferred(node, search);
}

/** A mapped class, or what a class method calls its own. */
function isClass(node: PyNode, facts: Facts): boolean {
  return node.text === 'cls' || entityOf(node, facts) !== null;
}

/** The only entity that a query selects. */
function selected(positional: readonly PyNode[], search: Search): Found {
  const { facts } = search.ctx;
  const [only, ...more] = positional;
  const [entity, other] = positional.filter((each) => entityOf(each, facts) !== null);
  if (entity) return other ? 'several' : written(entity, search);
  return only && more.length === 0 && mayBeClass(only, facts) ? written(only, search) : null;
}

/** A parameter or attribute that holds the class to query; no column of a class. */
function mayBeClass(node: PyNode, facts: Facts): boolean {
  const object = node.kind === 'attribute' ? node.child('object') : null;
  const value = facts.infer(node)?.value;
  const isOther = value?.kind === 'instance' || value?.kind === 'library';
  return !isOther && (!object || entityOf(object, facts) === null);
}

/** A dotted name that means at `at` what it means where it stands. */
function written(node: PyNode, { ctx, at, sink }: Search): NameUse | null {
  if (!dottedParts(node)) return null;
  let root = node;
  while (root.kind === 'attribute') root = root.child('object') ?? root;
  return isSame(root, at, sink, ctx.facts) ? { text: node.text, request: null } : null;
}

function isSame(name: PyNode, at: PyNode, sink: PyNode, facts: Facts): boolean {
  const { binding } = facts;
  const there = binding.lookup(name.text, name);
  if (!there || binding.lookup(name.text, at)?.scope !== there.scope) return false;
  if (there.scope.kind === 'module' || contains(sink, at)) return true;
  return binding
    .reaching(name)
    .every((each) => each.kind === 'parameter' || each.statement.end <= at.start);
}

/** A query in a variable: what it was made of; else what the query itself says, where it is at hand. */
function ofVariable(node: PyNode, search: Search): Found {
  const { ctx, at, sink, seen } = search;
  const { binding } = ctx.facts;
  const bindings = binding.reaching(node);
  const found = bindings
    .filter((each) => !seen.has(each.node))
    .map((each) => {
      seen.add(each.node);
      const isMade = each.kind === 'assignment' && each.path.length === 0;
      return isMade && each.value ? behind(each.value, search) : null;
    });
  // A query that is built on from itself says nothing new.
  if (bindings.length > 0 && found.length === 0) return undefined;
  if (found.includes('several')) return 'several';
  const told = found.filter((each) => each !== undefined && each !== 'several');
  const [first] = told;
  if (first && told.every((each) => each?.text === first.text)) return first;
  const [only, ...more] = binding.lookup(node.text, node)?.bindings ?? [];
  const isPassed = only?.kind === 'parameter' && more.length === 0;
  const isAtHand =
    contains(sink, at) || (isPassed && binding.lookup(node.text, at)?.scope === only.scope);
  return isAtHand && isQuery(node, ctx.facts)
    ? { text: `${node.text}${DESCRIPTION}`, request: null }
    : inferred(node, search);
}

/** Whether a variable may hold a query or statement, as the loader options that it takes say. */
function isQuery(node: PyNode, facts: Facts): boolean {
  const value = facts.infer(node)?.value;
  // A loader option has `options()` too.
  if (!value) return !/load|opt|strateg/i.test(node.text);
  return value.kind === 'instance' && QUERIES.test(value.of);
}

/** The class of the objects that a query made elsewhere gives. */
function inferred(node: PyNode, { ctx, at }: Search): NameUse | null {
  const value = ctx.facts.infer(node)?.value;
  const element = value?.kind === 'instance' && QUERIES.test(value.of) ? value.element : null;
  const model = element?.kind === 'instance' ? ctx.facts.models.classes.get(element.of) : null;
  return model?.role === 'mapped' ? spellClass(model, at, ctx) : null;
}
