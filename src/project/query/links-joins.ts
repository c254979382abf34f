// join(), outerjoin(), select_from() and reset_joinpoint() as statements have them: string targets, chains and tuples are written out.
import { calledName, keyword, readMethodCall, type MethodCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass, RelationshipAttribute } from '../models.ts';
import { chainCalls } from './chain.ts';
import { isScalar } from './eager.ts';
import { entityOf, relationshipOf, type Entity } from './entity.ts';
import { itemOf } from './items.ts';
import { needsNoAlias, aliasAdvice } from './links-aliased.ts';
import { dropLink } from './link-edits.ts';
import { spellClass } from './spell.ts';
import { refuse, type Draft } from './statement.ts';

/** `.join(…)`, `.outerjoin(…)`. */
export function join(link: MethodCall, draft: Draft): void {
  const problem = joinpointProblem(link, draft);
  if (problem !== null) return refuse(draft, link, problem);
  if (link.starred || link.doubleStarred)
    return refuse(draft, link, 'what it joins to is not known');
  // Each call of join() starts again from the first entity.
  draft.joinpoint = draft.root;
  draft.joined = true;
  const [first, second] = link.positional;
  if (!first) return joinKeywords(link, draft);
  if (link.positional.every((each) => each.kind === 'tuple')) return joinTuples(link, draft);
  if (isPath(first, draft) || stringValue(first) !== null) return joinPath(link, draft);
  if (link.positional.length > 2) return refuse(draft, link, 'call it once for each target');
  joinTarget(first, second ?? keyword(link, 'onclause'), link, draft);
}

/** Why `aliased=True` or `from_joinpoint=True` stands in the way. An alias of what is nowhere else in the query is left out. */
function joinpointProblem(link: MethodCall, draft: Draft): string | null {
  for (const name of ['aliased', 'from_joinpoint']) {
    const given = link.keywords.find((each) => each.name === name);
    if (!given) continue;
    if (given.value.kind === 'false') return `\`${name}=\` is gone; remove it`;
    const before = link.list.named[link.list.named.indexOf(given.node) - 1];
    const isLast = link.list.named.at(-1) === given.node;
    if (name !== 'aliased' || !before || !isLast || !needsNoAlias(link, draft))
      return aliasAdvice(name, link, draft);
    draft.edits.push(draft.ctx.replace({ start: before.end, end: given.node.end }, ''));
  }
  return null;
}

function joinKeywords(link: MethodCall, draft: Draft): void {
  const target = keyword(link, 'target');
  if (target) joinTarget(target, keyword(link, 'onclause'), link, draft);
  else refuse(draft, link, 'what it joins to is not known');
}

/** `.join((B, condition), (C, condition))`. */
function joinTuples(link: MethodCall, draft: Draft): void {
  for (const [index, tuple] of link.positional.entries()) {
    const [target, onclause] = tuple.named;
    const open = tuple.children[0];
    const close = tuple.children.at(-1);
    if (!target || tuple.named.length > 2 || !open || !close)
      return refuse(draft, link, 'call it once for each target');
    joinTarget(target, onclause ?? null, link, draft);
    const next = link.positional[index + 1];
    draft.edits.push(draft.ctx.replace(open, ''));
    if (next) splitCall(link, close.start, next.start, draft);
    else draft.edits.push(draft.ctx.replace(close, ''));
  }
}

/** `.join("orders", "items")`, `.join(User.orders, "items")`: each follows from the one before. */
function joinPath(link: MethodCall, draft: Draft): void {
  const [first, second] = link.positional;
  if (
    first &&
    second &&
    isPath(first, draft) &&
    !isPath(second, draft) &&
    stringValue(second) === null
  )
    // `.join(User.orders, condition)` was never valid.
    return refuse(draft, link, 'an ON clause cannot be given beside a relationship');
  for (const [index, step] of link.positional.entries()) {
    const name = stringValue(step);
    const relationship = name === null ? pathStep(step, draft) : namedStep(name, step, link, draft);
    if (!relationship) {
      if (name === null) refuse(draft, link, `what \`${step.text}\` joins to is not known`);
      return;
    }
    const next = link.positional[index + 1];
    if (next) splitCall(link, step.end, next.start, draft);
  }
}

/** Ends the call and starts another of the same name, in place of the text between two arguments. */
function splitCall(link: MethodCall, start: number, end: number, draft: Draft): void {
  const kept = link.keywords.filter((each) => each.name !== 'aliased');
  const rest = kept.map((each) => `, ${each.node.text}`).join('');
  draft.edits.push(draft.ctx.replace({ start, end }, `${rest}).${link.method.text}(`));
}

/** A relationship name, looked up where the path stands, and written as an attribute. */
function namedStep(name: string, node: PyNode, link: MethodCall, draft: Draft): boolean {
  const left = draft.joinpoint;
  const attribute = left?.model?.attributes.get(name);
  if (!left || attribute?.kind !== 'relationship') {
    refuse(
      draft,
      link,
      `no relationship \`${name}\` is known on ${left?.model ? `\`${left.model.name}\`` : 'what it joins from'}`,
    );
    return false;
  }
  const text = entityName(left, node, draft);
  if (text === null) {
    refuse(
      draft,
      link,
      `\`${left.model?.name ?? left.text}\` is not imported here; write \`.join(${left.model?.name ?? ''}.${name})\``,
    );
    return false;
  }
  draft.edits.push(draft.ctx.replace(node, `${text}.${name}`));
  along(attribute, null, draft);
  return true;
}

/** `User.orders`, `User.orders.of_type(x)`, `User.orders.and_(…)`. */
function pathStep(node: PyNode, draft: Draft): boolean {
  const method = readMethodCall(node);
  if (method && (method.method.text === 'of_type' || method.method.text === 'and_')) {
    const attribute =
      relationshipOf(method.receiver, draft.ctx.facts)?.relation ??
      relationshipOf(readMethodCall(method.receiver)?.receiver ?? method.receiver, draft.ctx.facts)
        ?.relation;
    const argument = ofType(method);
    if (!attribute) return alongUnseen(innermost(method), argument, draft);
    along(attribute, argument ? entityOf(argument, draft.ctx.facts) : null, draft);
    return true;
  }
  const attribute = relationshipOf(node, draft.ctx.facts)?.relation;
  if (!attribute) return alongUnseen(node, null, draft);
  along(attribute, null, draft);
  return true;
}

/** The class that `.of_type(X)` names, with or without `.and_(…)` after it. */
function ofType(method: MethodCall): PyNode | null {
  const each = method.method.text === 'and_' ? readMethodCall(method.receiver) : method;
  return each?.method.text === 'of_type' ? (each.positional[0] ?? null) : null;
}

/** The attribute that `.of_type(…)` and `.and_(…)` are called on. */
function innermost(method: MethodCall): PyNode {
  const inner = readMethodCall(method.receiver);
  return inner && /^(of_type|and_)$/.test(inner.method.text) ? innermost(inner) : method.receiver;
}

/** Joins along an attribute of a class that cannot be seen. */
function alongUnseen(node: PyNode, argument: PyNode | null, draft: Draft): boolean {
  if (!isUnseen(node, draft)) return false;
  const target = argument && itemOf(argument, draft.ctx.facts);
  draft.joinpoint = target?.kind === 'entity' ? target : null;
  draft.multiplied.add(node.text);
  if (draft.joinpoint) draft.from.add(draft.joinpoint.key);
  return true;
}

/** An attribute of a class that cannot be seen, or not as a whole. */
function isUnseen(node: PyNode, draft: Draft): boolean {
  const item = node.kind === 'attribute' ? itemOf(node, draft.ctx.facts) : null;
  if (item?.kind !== 'columns' || !item.owner || item.attribute) return false;
  const { model } = item.owner;
  return model === null || model.imperative || model.unknownBases.length > 0;
}

function isPath(node: PyNode, draft: Draft): boolean {
  const method = readMethodCall(node);
  if (method && (method.method.text === 'of_type' || method.method.text === 'and_')) return true;
  if (relationshipOf(node, draft.ctx.facts)?.relation) return true;
  // `Unseen.things`: an attribute of a class that cannot be seen.
  const item = node.kind === 'attribute' ? itemOf(node, draft.ctx.facts) : null;
  return item?.kind === 'columns' && item.owner !== null;
}

/** Moves the joinpoint along a relationship. */
function along(attribute: RelationshipAttribute, to: Entity | null, draft: Draft): void {
  const { classes } = draft.ctx.facts.models;
  const model = attribute.target === null ? null : (classes.get(attribute.target) ?? null);
  const target: Entity | null =
    to ??
    (model && {
      kind: 'entity',
      node: draft.chain.head.node,
      text: '',
      key: model.id,
      model,
      among: [model],
      isAlias: false,
    });
  const key = target?.key ?? `relationship ${attribute.name}`;
  draft.joinpoint = target;
  draft.from.add(key);
  if (!isScalar(attribute)) draft.multiplied.add(key);
}

/** `.join(B)`, `.join(B, condition)`, `.join(B, "bs")`. */
function joinTarget(target: PyNode, onclause: PyNode | null, link: MethodCall, draft: Draft): void {
  const entity = entityOf(target, draft.ctx.facts);
  if (!entity && isText(target, draft.ctx.facts))
    return refuse(
      draft,
      link,
      `\`${target.text}\` is the name of a relationship; write the attribute itself`,
    );
  if (!entity && isStatement(target, draft.ctx.facts))
    return refuse(draft, link, `join to \`${target.text}.subquery()\``);
  const item = entity ?? itemOf(target, draft.ctx.facts);
  const joined = item.kind === 'entity' ? item : null;
  const name = stringValue(onclause);
  let scalar = joined !== null && onclause === null && !joined.isAlias && refersTo(draft, joined);
  if (name !== null && onclause) {
    const left = draft.root;
    const attribute = left?.model?.attributes.get(name);
    const text = left && entityName(left, target, draft);
    if (!text || attribute?.kind !== 'relationship')
      return refuse(draft, link, `no relationship \`${name}\` is known on what it joins from`);
    draft.edits.push(draft.ctx.replace(onclause, `${text}.${name}`));
    scalar = isScalar(attribute);
  } else if (onclause) {
    const attribute = relationshipOf(onclause, draft.ctx.facts)?.relation ?? null;
    scalar = attribute !== null && isScalar(attribute);
  }
  const key = joined?.key ?? target.text;
  draft.joinpoint = joined;
  draft.from.add(key);
  if (!scalar) draft.multiplied.add(key);
}

/** Whether an expression gives a string. */
function isText(node: PyNode, facts: Facts): boolean {
  const value = facts.infer(node)?.value;
  return value?.kind === 'instance' && value.of === 'builtins.str';
}

/** Whether an expression gives a SELECT, of which Query made a subquery itself. */
function isStatement(node: PyNode, facts: Facts): boolean {
  const value = facts.infer(node)?.value;
  if (value?.kind === 'instance')
    return /^sqlalchemy\.(Select|CompoundSelect|TextualSelect|orm\.Query)$/.test(value.of);
  const source = node.kind === 'identifier' ? (facts.definition(node)?.value ?? null) : node;
  const last = calledName(source ?? node) ?? '';
  return source !== null && SELECTS.test(last) && chainCalls(source, SELECT);
}

const SELECT: ReadonlySet<string> = new Set(['select']);
const SELECTS = /^(select|where|filter|filter_by|order_by|group_by|join|outerjoin|distinct|limit)$/;

/** Whether something in FROM has a foreign key to the joined class, and nothing of the joined class refers back. */
function refersTo(draft: Draft, joined: Entity): boolean {
  const { classes } = draft.ctx.facts.models;
  const target = joined.model;
  if (!target || draft.from.has(target.id)) return false;
  const present = [...draft.from].map((key) => classes.get(key) ?? null);
  if (present.some((each) => each === null || each.unknownBases.length > 0)) return false;
  const known = present.filter((each) => each !== null);
  return (
    known.some((each) => hasKeyTo(each, target, false)) &&
    !known.some((each) => hasKeyTo(target, each, true))
  );
}

/** Whether a foreign key leads from one class to another; one to an unknown table counts as `unknown` says. */
function hasKeyTo(from: MappedClass, to: MappedClass, unknown: boolean): boolean {
  return [...from.attributes.values()].some(
    (attribute) =>
      attribute.kind === 'column' &&
      attribute.foreignKeys.some(({ attribute: target }) =>
        target === null ? unknown : target.owner === to.id || to.mro.includes(target.owner),
      ),
  );
}

/** How an entity is named at a place. */
function entityName(entity: Entity, at: PyNode, draft: Draft): string | null {
  if (entity.text !== '') return entity.text;
  const spelling = entity.model && spellClass(entity.model, at, draft.ctx);
  if (!spelling) return null;
  draft.uses.push(spelling);
  return spelling.text;
}

/** `.select_from(…)`. */
export function selectFrom(link: MethodCall, draft: Draft): void {
  const entities = link.positional.map((each) => entityOf(each, draft.ctx.facts));
  const [first] = entities;
  draft.reframed = true;
  draft.root = first ?? null;
  draft.joinpoint = first ?? null;
  for (const [index, node] of link.positional.entries()) {
    const key = entities[index]?.key ?? node.text;
    if (draft.from.has(key)) continue;
    draft.from.add(key);
    draft.multiplied.add(key);
  }
}

/** `.reset_joinpoint()`. */
export function resetJoinpoint(link: MethodCall, draft: Draft): void {
  draft.joinpoint = draft.root;
  dropLink(link, draft);
}
