// Rewrites `Column(…)` of mapped classes to typed `mapped_column(…)`.
import { declaredCall, isDataclass } from '../project/declared.ts';
import { typedColumn } from '../project/annotations/column.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'model-column',
  summary: 'Replace `Column` in mapped classes with a typed `mapped_column`',
  rationale:
    'mapped_column() reads the type and nullability from the Mapped[] annotation, so that type checkers and the schema agree.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html#step-two-replace-declarative-use-of-column-with-mapped-column',
  fixes: 'safe',
  rows: [
    'col-to-mapped-column',
    'col-to-mapped-typed',
    'col-nullable-default',
    'col-pk',
    'col-fk-only',
    'col-explicit-name',
    'col-annotated-plain',
    'col-annotated-mapped',
    'enum-typed',
    'server-generated',
    'annotation-name-shadow',
    'fsa-column',
  ],
  triggers: ['Column('],
  example: {
    before: 'email = Column(String(120), nullable=False, unique=True)\n',
    after: 'email: Mapped[str] = mapped_column(String(120), unique=True)\n',
  },
  visit: {
    assignment(node, context) {
      if (context.settings.targetVersion === '1.4') return;
      const declared = declaredCall(node, context.facts);
      if (declared?.callee !== 'sqlalchemy.Column' || declared.model.imperative) return;
      if (isDataclass(declared.classNode, context.facts)) return;
      const column = declared.model.own.find((each) => each.name === declared.name.text);
      if (column?.kind !== 'column') return;
      const { call, name, annotationNode } = declared;
      const callee = context.use('sqlalchemy.orm.mapped_column', node);
      const typed = typedColumn(declared, column, context);
      const edits = [context.replace(call.callee, callee.text)];
      if (typed.annotation !== null) {
        if (!annotationNode) edits.push(context.after(name, `: ${typed.annotation}`));
        else if (annotationNode.text !== typed.annotation)
          edits.push(context.replace(annotationNode, typed.annotation));
      } else if (annotationNode)
        edits.push(context.replace({ start: name.end, end: annotationNode.end }, ''));
      edits.push(...typed.removals.map((span) => context.replace(span, '')));
      const last = call.list.named.at(-1);
      if (typed.argument && last) edits.push(context.after(last, `, ${typed.argument}`));
      context.fix({
        at: node,
        message: '`Column` in a mapped class',
        safety: 'safe',
        edits,
        uses: [callee, ...typed.uses],
        evidence: [
          `${declared.model.id} is a mapped class of ${declared.model.base ?? 'several bases'}`,
          ...(typed.annotation === null ? [`untyped: ${typed.reason}`] : []),
        ],
      });
    },
  },
});
