// Rewrites the uses of a dynamic relationship, all over the project, as those of a write-only one. It finds no relationships.
import { unparenthesized } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Mention } from '../infer/tracer.ts';
import type { MappedClass } from '../models.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { readLinks, type FlowHead, type QueryChain } from './chain.ts';
import type { Entity } from './entity.ts';
import { finishOf } from './finish.ts';
import { placeOf } from '../place.ts';
import { queryPropertyOf } from './query-properties.ts';
import { together, type Ending } from './rewrite.ts';
import { DIRECT, type QuerySite } from './site.ts';
import { spellName } from './spell.ts';
import { readStatement } from './statement.ts';
import { useOf } from './use.ts';

/** A dynamic relationship. */
export interface DynamicRelationship {
  readonly name: string;
  readonly owner: MappedClass;
  readonly target: MappedClass;
}

/** Methods of the collection itself, and how a write-only one calls them. */
const CHANGES: ReadonlyMap<string, string> = new Map([
  ['add', 'add'],
  ['add_all', 'add_all'],
  ['append', 'add'],
  ['extend', 'add_all'],
  ['remove', 'remove'],
]);

/** What a write-only collection has no counterpart for that is written by itself. */
const REFUSED: ReadonlySet<string> = new Set(['delete', 'get', 'get_or_404', 'update']);

/** The edits of all uses, or why one of them cannot be rewritten. */
export function rewriteUses(relation: DynamicRelationship, ctx: RuleContext): Ending | string {
  const parts: Ending[] = [];
  for (const mention of ctx.facts.index.mentions(relation.name)) {
    const node = attributeOf(mention);
    const use = node && rewriteUse(node, relation, ctx.at(mention.module.path));
    if (typeof use === 'string')
      return `\`${short(node)}\` (${placeOf(mention.module, mention.node)}) ${use}`;
    if (use) parts.push(use);
  }
  for (const { module, node } of ctx.facts.index.attributeAssignments(relation.name))
    if (isOwned(node.child('object') ?? node, relation, ctx.at(module.path)) !== 'other')
      return `\`${short(node)}\` (${placeOf(module, node)}) is assigned`;
  return together(...parts);
}

function attributeOf({ node }: Mention): PyNode | null {
  if (node.kind === 'attribute') return node;
  return node.field === 'attribute' && node.parent?.kind === 'attribute' ? node.parent : null;
}

function short(node: PyNode | null): string {
  return (node?.text ?? '').replaceAll(/\s+/g, ' ').slice(-60);
}

/** The edits of one use; `null` if it is none, a text if it cannot be rewritten. */
function rewriteUse(
  node: PyNode,
  relation: DynamicRelationship,
  ctx: RuleContext,
): Ending | string | null {
  const object = node.child('object');
  const owned = object && isOwned(object, relation, ctx);
  if (!object || owned === 'other') return null;
  if (owned !== 'object') return 'may be it, as what it is read from is not known';
  const { parent } = node;
  if (parent?.kind === 'assignment' && node.field === 'left') return 'is assigned';
  const method = parent?.kind === 'attribute' && node.field === 'object' ? parent : null;
  const change = method && CHANGES.get(method.child('attribute')?.text ?? '');
  const name = method?.child('attribute');
  if (method?.parent?.kind === 'call' && change && name)
    return { edits: change === name.text ? [] : [ctx.replace(name, change)], uses: [] };
  return rewriteQuery(node, object, relation, ctx);
}

/** Whether an expression gives an object of the class, the class itself or an alias of it (`other`), or something unknown. */
function isOwned(
  object: PyNode,
  { owner }: DynamicRelationship,
  { facts }: RuleContext,
): 'object' | 'other' | null {
  const value = facts.infer(unparenthesized(object))?.value;
  if (!value) return facts.mappedClass(object) ? 'other' : null;
  if (value.kind !== 'instance') return 'other';
  if (value.of === 'builtins.object') return null;
  const model = facts.models.classes.get(value.of);
  if (!model) return facts.index.classById(value.of) ? null : 'other';
  if (model.id === owner.id || model.mro.includes(owner.id)) return 'object';
  return model.role === 'mixin' ? null : 'other';
}

function rewriteQuery(
  node: PyNode,
  object: PyNode,
  relation: DynamicRelationship,
  ctx: RuleContext,
): Ending | string {
  const name = node.child('attribute');
  const executor = sessionOf(object, relation.owner, ctx);
  if (!name || !executor) return 'is read from a call; give that a name first';
  const chain: QueryChain = { head: headOf(node, relation.target, executor), ...readLinks(node) };
  const use = useOf(chain, ctx.facts.binding);
  if (use.kind === 'kept') return `stays a Query: ${use.how}`;
  if (use.kind === 'property') return `has \`.${use.name}\` taken from it`;
  if (use.kind === 'terminal' && REFUSED.has(use.call.method.text))
    return `is asked for \`.${use.call.method.text}()\``;
  const site: QuerySite = {
    chain,
    use,
    session: DIRECT,
    span: node,
    blocked: null,
    doubts: [],
    executor,
    extension: null,
    isProperty: false,
    holder: null,
  };
  const statement = readStatement(chain, ctx);
  const [refusal] = statement.refusals;
  const finish = finishOf(site);
  const ending = finish ? finish(statement, site, ctx) : 'has no counterpart on a statement';
  if (refusal !== undefined) return `cannot be rewritten: ${refusal}`;
  if (typeof ending === 'string') return `cannot be rewritten: ${ending}`;
  return together(
    ctx.replace(name, `${name.text}.select()`),
    { edits: statement.edits, uses: [...statement.uses, executor] },
    ending,
  );
}

/** The session of Flask-SQLAlchemy for its models, else that of the object. */
function sessionOf(object: PyNode, owner: MappedClass, ctx: RuleContext): NameUse | null {
  const holder = queryPropertyOf(owner, ctx.facts)?.holder;
  const named = holder ? spellName(holder, object, ctx) : null;
  if (holder && named) return { ...named, text: `${named.text}${holder.path}` };
  if (object.kind !== 'identifier' && object.kind !== 'attribute') return null;
  const use = ctx.use('sqlalchemy.orm.object_session', object);
  return { ...use, text: `${use.text}(${object.text})` };
}

function headOf(node: PyNode, target: MappedClass, executor: NameUse): FlowHead {
  const entity: Entity = {
    kind: 'entity',
    node,
    text: target.name,
    key: target.id,
    model: target,
    among: [target],
    isAlias: false,
  };
  return {
    kind: 'flow',
    node,
    selected: [],
    name: node,
    start: node.start,
    starred: false,
    state: {
      items: [entity],
      joinpoint: entity,
      root: entity,
      from: new Set([entity.key]),
      multiplied: new Set(),
      joined: false,
      reframed: false,
      eager: false,
      yieldPer: false,
      fromStatement: false,
      grouped: false,
      distinct: false,
      sometimesDistinct: false,
      limited: false,
      locked: false,
      loaderOptions: false,
      criteria: true,
      compound: null,
      forWhole: true,
      extended: false,
      parameters: false,
      ordering: [],
      session: { kind: 'lost', why: executor.text },
      model: { kind: 'lost', why: 'it is the target of a relationship' },
      passed: { items: null, joinpoint: null, rows: null, session: null },
      conflicts: [],
    },
  };
}
