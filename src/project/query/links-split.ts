// What follows a union or from_self() and names the class: the query before becomes an alias of a subquery, made in a statement of its own. It ends no chain.
import { readMethodCall, type MethodCall } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import { indentOf, ownsLines } from '../core/blocks.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { COMPOUNDS, type QueryChain } from './chain.ts';
import type { Entity } from './entity.ts';
import { isFunc } from './items.ts';
import { mentionsIn } from './mentions.ts';
import type { Draft } from './statement.ts';

/** A chain that is cut in two: an alias of what its first part gives, and a query of the alias. */
export interface Split {
  /** The last link of the first part. */
  readonly link: MethodCall;
  readonly entity: Entity;
  /** The function that makes one statement of several, if the first part is such. */
  readonly compound: string | null;
  /** The name of the alias. */
  readonly name: string;
  /** The statement that the chain stands in. */
  readonly statement: PyNode;
}

const CUTS: ReadonlySet<string> = new Set([...COMPOUNDS, 'from_self']);
/** Links whose names can be adapted. */
const FOLLOWING = /^(distinct|filter|filter_by|join|limit|offset|order_by|outerjoin|slice|where)$/;
const TERMINALS = /^(all|count|first|one|one_or_none)$/;
/** Methods that say something of a column or relationship. */
const OF_COLUMNS =
  /^(and_|any|asc|between|contains|desc|endswith|has|ilike|in_|is_|is_not|isnot|like|not_|not_in|notin_|nullsfirst|nullslast|or_|startswith)$/;
/** Functions that give plain values. */
const OF_VALUES = /^(builtins|datetime|decimal|time|uuid)\./;
/** What the line may start with before the chain, which is moved below the alias. */
const LEAD =
  /^(?:(?:return|assert|for [\w, ]+ in|if(?: not)?|[\w.]+(?:, *\w+)* =)\s+)?(?:(?:[\w.]*\(|\[)\s*)*(?:[\w.]+ for \w+ in )?$/;

/** Cuts the chain after a link, if all that follows can name the alias. */
export function split(link: MethodCall, draft: Draft): boolean {
  const { chain, ctx } = draft;
  const { head, links, terminal } = chain;
  const [entity] = draft.items;
  const rest = links.slice(links.indexOf(link) + 1);
  if (!draft.mayBeSplit || head.kind === 'flow' || entity?.kind !== 'entity') return false;
  if (draft.items.length !== 1 || entity.isAlias || !entity.model) return false;
  // `cls` and variables stand for classes whose columns may be named otherwise.
  if (ctx.facts.mappedClass(entity.node)?.id !== entity.model.id) return false;
  if (head.starred || chain.inner.length > 0 || draft.forWhole || draft.eager) return false;
  if (rest.some((each) => CUTS.has(each.method.text) || !isAdaptable(each, entity, draft)))
    return false;
  const end = terminal?.node ?? chain.built;
  const isEnd = terminal ? TERMINALS.test(terminal.method.text) : isIterated(end);
  const statement = isEnd ? statementAround(end, head.start) : null;
  const name = `${snake(entity.model.name)}_alias`;
  if (!statement || ctx.facts.binding.isBound(name, head.node)) return false;
  draft.split = { link, entity, compound: draft.compound, name, statement };
  const alias = { ...entity, text: name };
  draft.items = [alias];
  draft.root = alias;
  draft.joinpoint = alias;
  draft.compound = null;
  draft.from.clear();
  draft.from.add(entity.key);
  draft.ordering.length = 0;
  draft.joined = false;
  draft.reframed = false;
  draft.distinct = false;
  draft.limited = false;
  for (const each of rest)
    for (const node of namesOf(each.list, entity, ctx)) draft.edits.push(ctx.replace(node, name));
  return true;
}

/** Whether every name of the class in a link is seen, and nothing else stands for its columns. */
function isAdaptable(link: MethodCall, entity: Entity, { ctx }: Draft): boolean {
  const { facts } = ctx;
  const { positional, keywords, method, list } = link;
  if (!FOLLOWING.test(method.text) || link.starred || link.doubleStarred) return false;
  if (method.text !== 'filter_by' && keywords.length > 0) return false;
  if (positional.some((each) => /^(string|concatenated_string|tuple)$/.test(each.kind)))
    return false;
  if (
    descendants(
      list,
      'lambda',
      'subscript',
      'list_comprehension',
      'generator_expression',
      'comment',
    ).length > 0
  )
    return false;
  const { keys, opaque } = mentionsIn(list.named, facts);
  if (opaque && !/^(limit|offset|slice)$/.test(method.text)) return false;
  const { classes } = facts.models;
  const related = [...keys].some((key) => {
    const other = classes.get(key);
    return (
      key !== entity.key &&
      (!other || isRelated(other.mro, entity) || entity.model?.mro.includes(key))
    );
  });
  if (related) return false;
  if (
    descendants(list, 'attribute').some((each) =>
      /^(c|columns|__table__)$/.test(each.child('attribute')?.text ?? ''),
    )
  )
    return false;
  return (
    descendants(list, 'call').every((each) => isPlainCall(each, entity, ctx)) &&
    descendants(list, 'identifier').every((each) => !holdsSql(each, entity, ctx))
  );
}

function isRelated(mro: readonly string[], entity: Entity): boolean {
  return mro.includes(entity.key);
}

function isPlainCall(node: PyNode, entity: Entity, ctx: RuleContext): boolean {
  const method = readMethodCall(node);
  const name = method?.method.text ?? node.child('function')?.text ?? '';
  if (/^(any|has)$/.test(name))
    return method !== null && namesOf(method.list, entity, ctx).length === 0;
  if (OF_COLUMNS.test(name) || (method && isFunc(method.receiver, ctx.facts))) return true;
  const callee = node.child('function');
  const called = callee && ctx.facts.qualifiedName(callee);
  return OF_VALUES.test(called ?? '') && namesOf(node, entity, ctx).length === 0;
}

/** Whether a variable holds an expression or query, which may be of the class. */
function holdsSql(node: PyNode, entity: Entity, { facts }: RuleContext): boolean {
  if (
    node.field === 'attribute' ||
    (node.parent?.kind === 'keyword_argument' && node.field === 'name')
  )
    return false;
  const value = facts.infer(node)?.value;
  if (value?.kind === 'instance' && value.of.startsWith('sqlalchemy.')) return true;
  return facts.binding
    .reaching(node)
    .some(
      (each) =>
        each.kind !== 'import' &&
        each.kind !== 'class' &&
        each.value !== null &&
        new RegExp(`\\b${entity.text.replaceAll('.', '\\.')}\\b`).test(each.value.text),
    );
}

/** The places that name the class. */
function namesOf(node: PyNode, entity: Entity, { facts }: RuleContext): readonly PyNode[] {
  return descendants(node, 'identifier', 'attribute').filter(
    (each) =>
      each.field !== 'attribute' &&
      facts.mappedClass(each)?.id === entity.model?.id &&
      !(each.parent?.kind === 'attribute' && facts.mappedClass(each.parent) !== null),
  );
}

function isIterated({ parent, field }: PyNode): boolean {
  return (
    field === 'right' && (parent?.kind === 'for_statement' || parent?.kind === 'for_in_clause')
  );
}

/** The statement around a chain that its lines belong to, where the alias can be made just before. */
function statementAround(chain: PyNode, start: number): PyNode | null {
  let node = chain;
  while (node.parent && !node.kind.endsWith('_statement')) {
    const { parent } = node;
    if (parent.kind === 'lambda') return null;
    if (/comprehension$|^generator_expression$/.test(parent.kind) && parent.named[1] !== node)
      return null;
    node = parent;
  }
  const isSimple = /^(assert|expression|for|if|return)_statement$/.test(node.kind);
  const lead = node.source.slice(node.start, start);
  return isSimple && ownsLines(node) && LEAD.test(lead) ? node : null;
}

function snake(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
}

/** The text before the first part, and that between the parts, which opens the query of the alias with `call`. */
export function splitTexts(
  { link, entity, compound, name, statement }: Split,
  chain: QueryChain,
  call: string,
  ctx: RuleContext,
): { readonly lead: string; readonly between: string; readonly uses: readonly NameUse[] } {
  const aliased = ctx.use('sqlalchemy.orm.aliased', chain.head.node);
  const select = ctx.use('sqlalchemy.select', chain.head.node);
  const made = compound === null ? null : ctx.use(`sqlalchemy.${compound}`, link.node);
  const moved = statement.source.slice(statement.start, chain.head.start);
  return {
    lead: `${name} = ${aliased.text}(${entity.text}, ${made ? `${made.text}(` : ''}${select.text}`,
    between: `.subquery())\n${indentOf(statement)}${moved}${call}${select.text}(${name})`,
    uses: [aliased, select, ...(made ? [made] : [])],
  };
}
