// Reports relationships that are two halves of one pair without saying so.
import type { PyNode } from '../python/tree.ts';
import { declaredCall } from '../project/declared.ts';
import type { RelationshipAttribute } from '../project/models.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const JOINED = new Set(['foreign_keys', 'overlaps', 'primaryjoin', 'secondary', 'viewonly']);

export default defineTransform({
  id: 'rel-overlaps',
  summary: 'Report relationships of one foreign key that do not name each other',
  rationale: 'Two relationships that write one foreign key do not see what the other one did.',
  reference: 'https://docs.sqlalchemy.org/en/20/errors.html#error-qzyx',
  fixes: 'none',
  rows: ['rel-overlaps'],
  triggers: ['relation'],
  example: {
    before: 'orders: Mapped[list["Order"]] = relationship()\n',
    after: 'orders: Mapped[list["Order"]] = relationship()\n',
  },
  visit: {
    assignment: unpaired,
  },
});

function unpaired(node: PyNode, context: RuleContext): void {
  const { facts } = context;
  const declared = declaredCall(node, facts);
  if (declared?.callee !== 'sqlalchemy.orm.relationship' || declared.call.doubleStarred) return;
  const relation = declared.model.own.find(({ name }) => name === declared.name.text);
  if (relation?.kind !== 'relationship' || !isHalf(relation, 'one-to-many')) return;
  if (declared.call.keywords.some(({ name }) => JOINED.has(name))) return;
  const target = facts.models.classes.get(relation.target ?? '');
  const others = [...(target?.attributes.values() ?? [])].filter(
    (each) =>
      each.kind === 'relationship' &&
      each.target === declared.model.id &&
      isHalf(each, 'many-to-one') &&
      !speaksOfOverlaps(each, context),
  );
  const [other, ...more] = others;
  if (!target || !other || more.length > 0) return;
  context.manual({
    at: node,
    message: `${relation.name} and ${target.name}.${other.name} write the same foreign key`,
    reason: `name the other side on both: back_populates="${other.name}" here, back_populates="${relation.name}" there; or viewonly=True on one`,
  });
}

function isHalf(
  relation: RelationshipAttribute,
  direction: RelationshipAttribute['direction'],
): boolean {
  return relation.direction === direction && relation.reverse === null && !relation.viewonly;
}

function speaksOfOverlaps({ location }: RelationshipAttribute, { facts }: RuleContext): boolean {
  const source = facts.modules.byPath(location.path)?.tree.root.text ?? '';
  return source.slice(location.start, location.end).includes('overlaps');
}
