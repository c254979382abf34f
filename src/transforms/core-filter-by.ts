// Names the entity that `filter_by()` of a statement means, where 2.1 finds the name in several. Chains from select() to it, in one expression.
import type { Edit } from '../edits/edit.ts';
import { readCall, readMethodCall, type MethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { entityOf, relationshipOf, type Entity } from '../project/query/entity.ts';
import { itemOf } from '../project/query/items.ts';
import { spellClass } from '../project/query/spell.ts';
import { defineTransform, type NameUse, type RuleContext } from '../project/rule.ts';

/** Methods that change neither the entities nor the one that `filter_by()` means. */
const NEUTRAL: ReadonlySet<string> = new Set(
  'distinct execution_options filter filter_by group_by having limit offset options order_by where with_for_update'.split(
    ' ',
  ),
);
const JOINS: ReadonlySet<string> = new Set(['join', 'outerjoin']);

export default defineTransform({
  id: 'core-filter-by',
  summary: 'Name the entity that `filter_by()` means after a join',
  rationale:
    'Only with `--target-version 2.1`: it looks for names in all entities and raises where several have one; 2.0 took the last joined.',
  reference:
    'https://docs.sqlalchemy.org/en/21/changelog/migration_21.html#filter-by-now-searches-across-all-from-clause-entities',
  fixes: 'safe',
  rows: ['v21-filter-by'],
  triggers: ['.filter_by('],
  example: {
    before: 'stmt = select(User).join(User.orders).filter_by(id=5)\n',
    after: 'stmt = select(User).join(User.orders).where(Order.id == 5)\n',
    targetVersion: '2.1',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node);
      if (call?.method.text !== 'filter_by' || context.settings.targetVersion !== '2.1') return;
      if (call.keywords.length === 0 || call.positional.length > 0) return;
      const entities = entitiesOf(call.receiver, context);
      if (!entities || entities.all.length < 2) return;
      judge(call, entities, context);
    },
  },
});

/** What a statement selects from, and what 2.0 filters. */
interface Entities {
  readonly all: readonly Entity[];
  readonly filtered: Entity;
}

/** Reads a chain; `null` where an entity or a link of it is not known, or it starts from no `select()`. */
function entitiesOf(node: PyNode, context: RuleContext): Entities | null {
  const { facts } = context;
  const method = readMethodCall(node);
  const call = readCall(node);
  if (call && facts.qualifiedName(call.callee) === 'sqlalchemy.select') {
    const all = call.list.named.flatMap((each) => selected(each, context) ?? []);
    const [first] = all;
    return first && all.length === call.list.named.length
      ? { all: distinct(all), filtered: first }
      : null;
  }
  if (!method) return null;
  const before = entitiesOf(method.receiver, context);
  if (!before || NEUTRAL.has(method.method.text)) return before;
  const [target] = method.positional;
  if (!target || !JOINS.has(method.method.text)) return null;
  const joined = entityOf(target, facts) ?? targetOf(target, context);
  return joined && joined.isOpen !== true
    ? { all: distinct([...before.all, joined]), filtered: joined }
    : null;
}

function selected(node: PyNode, { facts }: RuleContext): Entity | null {
  const item = itemOf(node, facts);
  const entity = item.kind === 'entity' ? item : item.kind === 'columns' ? item.owner : null;
  return entity?.model && entity.isOpen !== true ? entity : null;
}

function distinct(entities: readonly Entity[]): readonly Entity[] {
  return entities.filter(
    ({ key }, index) => entities.findIndex((each) => each.key === key) === index,
  );
}

/** The class that a relationship leads to. */
function targetOf(node: PyNode, { facts }: RuleContext): Entity | null {
  const model = facts.models.classes.get(relationshipOf(node, facts)?.relation.target ?? '');
  return model
    ? { kind: 'entity', node, text: '', key: model.id, model, among: [model], isAlias: false }
    : null;
}

function judge(call: MethodCall, { all, filtered }: Entities, context: RuleContext): void {
  const others = all.filter(({ key }) => key !== filtered.key);
  const isSeen = (entity: Entity): boolean =>
    entity.model !== null && entity.model.unknownBases.length === 0 && !entity.model.imperative;
  const names = call.keywords.map(({ name }) => name);
  const hasName = (entity: Entity, name: string): boolean =>
    entity.model?.attributes.has(name) === true;
  const ambiguous = names.filter((name) => others.some((each) => hasName(each, name)));
  const message = `\`filter_by()\` with a name that several entities have`;
  if (ambiguous.length === 0) return;
  const use: NameUse | null =
    filtered.text === ''
      ? filtered.model && spellClass(filtered.model, call.node, context)
      : { text: filtered.text, request: null };
  const isKnown = isSeen(filtered) && names.every((name) => hasName(filtered, name));
  if (!use || !isKnown || call.doubleStarred)
    return context.manual({
      at: call.node,
      message,
      reason: `2.1 raises AmbiguousColumnError for \`${ambiguous[0] ?? ''}\`: write .where(Entity.${ambiguous[0] ?? ''} == value)`,
    });
  context.fix({
    at: call.node,
    message,
    safety: 'safe',
    edits: [context.replace(call.method, 'where'), ...criteria(call, use.text, context)],
    uses: [use],
  });
}

const BINDS_WEAKLY =
  /^(boolean_operator|comparison_operator|conditional_expression|lambda|named_expression|not_operator)$/;

function criteria(call: MethodCall, entity: string, context: RuleContext): readonly Edit[] {
  return call.keywords.flatMap(({ node, name, value }) => {
    if (value.kind === 'none') return [context.replace(node, `${entity}.${name}.is_(None)`)];
    const before = { start: node.start, end: value.start };
    return BINDS_WEAKLY.test(value.kind)
      ? [context.replace(before, `${entity}.${name} == (`), context.after(value, ')')]
      : [context.replace(before, `${entity}.${name} == `)];
  });
}
