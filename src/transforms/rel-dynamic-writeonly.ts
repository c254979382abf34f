// Makes dynamic relationships write-only, with all their uses. Without being asked to, it leaves them as they are.
import { keyword } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import type { PyNode } from '../python/tree.ts';
import { declaredCall, type DeclaredCall } from '../project/declared.ts';
import type { RelationshipAttribute } from '../project/models.ts';
import { rewriteUses } from '../project/query/dynamic.ts';
import { together, type Ending } from '../project/query/rewrite.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const RELATIONSHIP = 'sqlalchemy.orm.relationship';

export default defineTransform({
  id: 'rel-dynamic-writeonly',
  summary: 'Replace `lazy="dynamic"` with `lazy="write_only"`, with all uses of the attribute',
  rationale:
    'A dynamic relationship gives a legacy Query; a write-only one gives a `select()`, and the session is named where it is executed.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/large_collections.html#write-only-relationships',
  fixes: 'unsafe',
  stillRuns: true,
  rows: ['rel-dynamic-writeonly', 'query-dynamic-attr'],
  triggers: ['dynamic'],
  example: {
    before: 'orders = relationship("Order", lazy="dynamic", passive_deletes=True)\n',
    after: 'orders = relationship("Order", lazy="write_only", passive_deletes=True)\n',
  },
  visit: {
    assignment(node, ctx) {
      if (ctx.settings.targetVersion === '1.4') return;
      const declared = declaredCall(node, ctx.facts);
      const lazy = declared?.callee === RELATIONSHIP ? keyword(declared.call, 'lazy') : null;
      if (!declared || !lazy || stringValue(lazy) !== 'dynamic') return;
      const relation = declared.model.own.find((each) => each.name === declared.name.text);
      if (relation?.kind !== 'relationship') return;
      const message = `\`${declared.model.name}.${relation.name}\` is a dynamic relationship, which gives a legacy Query`;
      const rewritten = rewrite(declared, relation, lazy, ctx);
      if (typeof rewritten === 'string')
        return ctx.manual({
          at: node,
          message,
          reason: `${rewritten}; to replace it, make it \`lazy="write_only"\` and execute \`.${relation.name}.select()\` with the session`,
        });
      ctx.fix({
        at: node,
        message,
        safety: 'unsafe',
        reason:
          'a write-only collection cannot be iterated, sliced or counted by itself, which templates and code that is not seen may do',
        edits: rewritten.edits,
        uses: rewritten.uses,
      });
    },
  },
});

function rewrite(
  declared: DeclaredCall,
  relation: RelationshipAttribute,
  lazy: PyNode,
  ctx: RuleContext,
): Ending | string {
  const { model, call, annotation } = declared;
  const target =
    relation.target === null ? undefined : ctx.facts.models.classes.get(relation.target);
  if (!target) return 'its target was not found in the project';
  const passive = keyword(call, 'passive_deletes');
  if (!relation.viewonly && passive?.kind !== 'true' && stringValue(passive) !== 'all')
    return `without \`passive_deletes=True\`, deleting an object of \`${model.name}\` would have to load the collection, which a write-only one refuses`;
  const uses = rewriteUses({ name: relation.name, owner: model, target }, ctx);
  if (typeof uses === 'string') return uses;
  const quote = lazy.text.startsWith("'") ? "'" : '"';
  return together(
    ctx.replace(lazy, `${quote}write_only${quote}`),
    annotated(annotation, ctx),
    uses,
  );
}

/** `DynamicMapped["Order"]` becomes `WriteOnlyMapped["Order"]`. */
function annotated(annotation: PyNode | null, ctx: RuleContext): Ending {
  const generic = annotation?.kind === 'generic_type' ? annotation.named[0] : null;
  const value = generic ?? annotation?.child('value');
  if (!value || ctx.facts.qualifiedName(value) !== 'sqlalchemy.orm.DynamicMapped')
    return { edits: [], uses: [] };
  const use = ctx.use('sqlalchemy.orm.WriteOnlyMapped', value);
  return { edits: [ctx.replace(value, use.text)], uses: [use] };
}
