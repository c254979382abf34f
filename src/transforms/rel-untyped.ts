// Annotates relationships of mapped classes.
import { itemRemovals } from '../python/calls.ts';
import {
  declaredCall,
  declaredFunction,
  isDataclass,
  type DeclaredCall,
} from '../project/declared.ts';
import { typedRelationship } from '../project/annotations/relationship.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const RELATIONSHIPS: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.relationship',
  'sqlalchemy.orm.relation',
]);
const MAPPED = /^sqlalchemy\.orm\.(Mapped|DynamicMapped|WriteOnlyMapped)$/;

export default defineTransform({
  id: 'rel-untyped',
  summary: 'Annotate `relationship()` with `Mapped[…]`',
  rationale:
    'The annotation says what the attribute holds (one object, None, a collection); SQLAlchemy 2.0 refuses other annotations beside a relationship.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html#step-four-apply-annotations-as-needed-using-mapped',
  fixes: 'safe',
  stillRuns: true,
  rows: [
    'rel-typed-collection',
    'rel-typed-scalar',
    'rel-typed-one-to-one',
    'rel-typed-collection-class',
    'rel-typed-forward',
    'rel-annotation-unmapped',
    'rel-dynamic-typed',
  ],
  triggers: ['relationship(', 'relation('],
  example: {
    before: 'orders = relationship("Order", back_populates="user")\n',
    after: 'orders: Mapped[List["Order"]] = relationship(back_populates="user")\n',
  },
  visit: {
    assignment(node, context) {
      if (context.settings.targetVersion === '1.4') return;
      const declared = declaredCall(node, context.facts);
      if (
        !declared ||
        !RELATIONSHIPS.has(declared.callee) ||
        isDataclass(declared.classNode, context.facts)
      )
        return;
      if (isTyped(declared, context)) return;
      const relation = declared.model.own.find((each) => each.name === declared.name.text);
      if (relation?.kind !== 'relationship') return;
      const typed = typedRelationship(declared, relation, context);
      if ('refusal' in typed) {
        context.manual({
          at: node,
          message: `relationship \`${relation.name}\` without Mapped[…]`,
          reason: `${typed.refusal}; annotate it by hand`,
        });
        return;
      }
      const { annotationNode, name, call } = declared;
      const edits = [
        annotationNode
          ? context.replace(annotationNode, typed.annotation)
          : context.after(name, `: ${typed.annotation}`),
      ];
      const uses = [...typed.uses];
      if (declared.callee.endsWith('.relation')) {
        const callee = context.use('sqlalchemy.orm.relationship', node);
        edits.push(context.replace(call.callee, callee.text));
        uses.push(callee);
      }
      const [target] = call.positional;
      if (
        typed.impliesTarget &&
        target &&
        call.positional.length === 1 &&
        !context.settings.explicitTypes
      )
        edits.push(...itemRemovals(call.list, [target]).map((span) => context.replace(span, '')));
      context.fix({
        at: node,
        message: '`relationship` without Mapped[…]',
        safety: 'safe',
        edits,
        uses,
      });
    },
    function_definition(node, context) {
      if (context.settings.targetVersion === '1.4') return;
      const declared = declaredFunction(node, context.facts);
      if (!declared || !RELATIONSHIPS.has(declared.callee) || isTyped(declared, context)) return;
      const relation = declared.model.own.find((each) => each.name === declared.name.text);
      if (relation?.kind !== 'relationship') return;
      const typed = typedRelationship(declared, relation, context);
      const { annotationNode } = declared;
      // Without an annotation nothing is wrong with it; another annotation is an error in 2.0.
      if ('refusal' in typed) {
        if (annotationNode)
          context.manual({
            at: node,
            message: `relationship \`${relation.name}\` without Mapped[…]`,
            reason: `${typed.refusal}; annotate what the function returns by hand`,
          });
        return;
      }
      context.fix({
        at: node,
        message: '`relationship` without Mapped[…]',
        safety: 'safe',
        edits: [
          annotationNode
            ? context.replace(annotationNode, typed.annotation)
            : context.after(node.child('parameters') ?? node, ` -> ${typed.annotation}`),
        ],
        uses: typed.uses,
      });
    },
  },
});

function isTyped({ annotation }: DeclaredCall, context: RuleContext): boolean {
  const head = annotation?.named[0] ?? annotation;
  return head !== null && MAPPED.test(context.facts.qualifiedName(head) ?? '');
}
