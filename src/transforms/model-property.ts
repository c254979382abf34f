// Annotates what mapped classes have beside columns and relationships: synonyms, composites, SQL expressions, association proxies.
import {
  compositeType,
  expressionType,
  proxyType,
  synonymType,
} from '../project/annotations/property.ts';
import type { AnnotationText } from '../project/annotations/python-type.ts';
import { declaredCall, isDataclass, type DeclaredCall } from '../project/declared.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

type TypeReader = (declared: DeclaredCall, context: RuleContext) => AnnotationText | null;

const READERS: ReadonlyMap<string, TypeReader> = new Map([
  ['sqlalchemy.ext.associationproxy.association_proxy', proxyType],
  ['sqlalchemy.orm.column_property', expressionType],
  ['sqlalchemy.orm.composite', compositeType],
  ['sqlalchemy.orm.synonym', synonymType],
]);
const TYPED =
  /^sqlalchemy\.(?:orm\.(?:Mapped|DynamicMapped|WriteOnlyMapped)|ext\.associationproxy\.AssociationProxy)$/;

export default defineTransform({
  id: 'model-property',
  summary: 'Annotate synonyms, composites, SQL expressions and association proxies',
  rationale:
    'Type checkers learn what the attribute holds; SQLAlchemy 2.0 refuses other annotations beside these attributes.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html#step-four-apply-annotations-as-needed-using-mapped',
  fixes: 'safe',
  stillRuns: true,
  rows: ['association-proxy-typed', 'column-property-expr', 'composite-typed', 'synonym-typed'],
  triggers: ['synonym(', 'composite(', 'column_property(', 'association_proxy('],
  example: {
    before: 'login = synonym("name")\n',
    after: 'login: Mapped[str] = synonym("name")\n',
  },
  visit: {
    assignment(node, context) {
      if (context.settings.targetVersion === '1.4') return;
      const declared = declaredCall(node, context.facts);
      const read = declared && READERS.get(declared.callee);
      if (!declared || !read || isDataclass(declared.classNode, context.facts)) return;
      const { annotation, annotationNode, name, callee } = declared;
      if (annotation ? isTyped(declared, context) : isBoundAbove(declared, context)) return;
      const typed = read(declared, context);
      const message = `\`${declared.call.callee.text}\` without Mapped[…]`;
      if (typed) {
        const edit = annotationNode
          ? context.replace(annotationNode, typed.text)
          : context.after(name, `: ${typed.text}`);
        const isComposite = callee === 'sqlalchemy.orm.composite';
        const reason =
          'the annotation says that it is never None, which no rule of the class checks';
        context.fix({
          at: node,
          message,
          safety: isComposite ? 'unsafe' : 'safe',
          ...(isComposite ? { reason } : {}),
          edits: [edit],
          uses: typed.uses,
        });
      } else if (annotation) {
        const reason =
          'SQLAlchemy 2.0 refuses the annotation: write Mapped[…], or __allow_unmapped__ = True in the class';
        context.manual({ at: node, message, reason });
      }
    },
  },
});

/** `tags = synonym("_tags", descriptor=tags)` below a property of that name: checkers take no second declaration. */
function isBoundAbove({ assignment, name }: DeclaredCall, { facts }: RuleContext): boolean {
  const bindings = facts.binding.scopeOf(assignment).bindings.get(name.text) ?? [];
  return bindings.some(({ node }) => node.end <= name.start);
}

function isTyped({ annotation }: DeclaredCall, { facts }: RuleContext): boolean {
  const head = annotation?.named[0] ?? annotation;
  return head !== null && TYPED.test(facts.qualifiedName(head) ?? '');
}
