// Rewrites `Column(…)` of mapped classes to typed `mapped_column(…)`.
import type { Edit } from '../edits/edit.ts';
import { readCall } from '../python/calls.ts';
import {
  columnOf,
  columnOnlyUse,
  escapingUse,
  compositeUses,
  type ColumnCall,
} from '../project/declared-column.ts';
import {
  declaredCall,
  declaredFunction,
  isDataclass,
  type DeclaredCall,
} from '../project/declared.ts';
import { isTypeless, typedColumn, type TypedColumn } from '../project/annotations/column.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'model-column',
  summary: 'Replace `Column` in mapped classes with a typed `mapped_column`',
  rationale:
    'mapped_column() reads the type and nullability from the Mapped[] annotation, so that type checkers and the schema agree.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html#step-two-replace-declarative-use-of-column-with-mapped-column',
  fixes: 'safe',
  stillRuns: true,
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
    'deferred-column',
    'column-property-column',
    'declared-attr-return',
    'declared-attr-mapped',
    // What must stay as it is beside the columns.
    'table-args-columns',
    'imperative-table',
    'dataclass-14',
    'column-order',
    'type-checking-import',
    'future-annotations',
    'post-class-assign',
  ],
  triggers: ['Column('],
  example: {
    before: 'email = Column(String(120), nullable=False, unique=True)\n',
    after: 'email: Mapped[str] = mapped_column(String(120), unique=True)\n',
  },
  visit: {
    assignment(node, context) {
      if (node.child('left')?.kind === 'attribute') return lateColumn(node, context);
      const outer = declaredCall(node, context.facts);
      const declared = outer && columnOf(outer, context.facts);
      if (!declared || isKept(declared, context)) return;
      const column = declared.model.own.find((each) => each.name === declared.name.text);
      if (column?.kind !== 'column') return;
      const use = columnOnlyUse(declared, context.facts);
      if (use)
        return context.manual({
          at: node,
          message: '`Column` in a mapped class',
          reason: use,
        });
      const escape = escapingUse(declared, context.facts);
      if (escape)
        return context.manual({
          at: node,
          message: '`Column` in a mapped class',
          reason: `the class body hands it on in \`${escape.text.replaceAll(/\s+/g, ' ').slice(0, 60)}\`, where more than operators may be asked of it: do that with the columns of the table once the class is mapped`,
        });
      if (isTypeless(declared.call, context)) return reportTypeless(node, context);
      const { name, annotationNode } = declared;
      const typed = typedColumn(declared, column, context);
      const edits = callEdits(declared, typed, context);
      if (typed.annotation !== null) {
        if (!annotationNode) edits.push(context.after(name, `: ${typed.annotation}`));
        else if (annotationNode.text !== typed.annotation)
          edits.push(context.replace(annotationNode, typed.annotation));
      } else if (annotationNode)
        edits.push(context.replace({ start: name.end, end: annotationNode.end }, ''));
      propose(node, declared, typed, edits, context);
    },
    function_definition(node, context) {
      const declared = declaredFunction(node, context.facts);
      if (!declared || isKept(declared, context)) return;
      const column = declared.model.own.find((each) => each.name === declared.name.text);
      if (column?.kind !== 'column' || declared.callee !== 'sqlalchemy.Column') return;
      if (isTypeless(declared.call, context)) return reportTypeless(node, context);
      const typed = typedColumn(declared, column, context);
      if (typed.annotation === null && declared.annotationNode) return;
      const edits = callEdits({ ...declared, outer: null, added: [] }, typed, context);
      if (declared.annotationNode && typed.annotation !== null)
        edits.push(context.replace(declared.annotationNode, typed.annotation));
      else if (typed.annotation !== null)
        edits.push(context.after(node.child('parameters') ?? node, ` -> ${typed.annotation}`));
      propose(node, declared, typed, edits, context);
    },
  },
});

function isKept({ model, classNode, name }: DeclaredCall, context: RuleContext): boolean {
  const { facts, settings } = context;
  return (
    settings.targetVersion === '1.4' ||
    model.imperative ||
    // 2.0 refuses an attribute of this name: a person has to name it otherwise.
    name.text === 'metadata' ||
    isDataclass(classNode, facts)
  );
}

function reportTypeless(node: PyNode, context: RuleContext): void {
  context.manual({
    at: node,
    message: '`Column` in a mapped class',
    reason: 'it has no type, which mapped_column() needs: give it one',
  });
}

/** The edits of the call itself: what is called, arguments that the annotation makes redundant, arguments that are new. */
function callEdits(declared: ColumnCall, typed: TypedColumn, context: RuleContext): Edit[] {
  const { call, outer, added } = declared;
  const callee = context.use('sqlalchemy.orm.mapped_column', declared.assignment);
  const start = outer?.callee.start ?? call.callee.start;
  const edits = [context.replace({ start, end: call.callee.end }, callee.text)];
  if (outer) edits.push(context.replace({ start: call.node.end, end: outer.node.end }, ''));
  edits.push(...typed.removals.map((span) => context.replace(span, '')));
  const more = [...added, ...(typed.argument === null ? [] : [typed.argument])].join(', ');
  if (more === '') return edits;
  const kept = call.list.named.findLast(
    ({ start: at }) => !typed.removals.some((span) => span.start <= at && at < span.end),
  );
  const end = kept?.end ?? call.list.start + 1;
  return [...edits, context.after({ start: end, end }, kept ? `, ${more}` : more)];
}

function propose(
  node: PyNode,
  declared: DeclaredCall,
  typed: TypedColumn,
  edits: readonly Edit[],
  context: RuleContext,
): void {
  const { id, base } = declared.model;
  const named = compositeUses(declared, context.facts).map((use) =>
    context.replace(use, `"${declared.name.text}"`),
  );
  context.fix({
    at: node,
    message: '`Column` in a mapped class',
    safety: 'safe',
    edits: [...edits, ...named],
    uses: [context.use('sqlalchemy.orm.mapped_column', declared.assignment), ...typed.uses],
    evidence: [
      `${id} is a mapped class of ${base ?? 'several bases'}`,
      ...(typed.annotation === null ? [`untyped: ${typed.reason}`] : []),
    ],
  });
}

/** `User.phone = Column(…)` after the class: nothing beside the class declares its type. */
function lateColumn(node: PyNode, context: RuleContext): void {
  const { facts } = context;
  const owner = node.child('left')?.child('object');
  const call = readCall(node.child('right'));
  if (!owner || !call || facts.qualifiedName(call.callee) !== 'sqlalchemy.Column') return;
  const model = facts.mappedClass(owner);
  if (model?.role !== 'mapped' || model.imperative || model.sqlModel) return;
  if (context.settings.targetVersion === '1.4') return;
  if (isTypeless(call, context)) return reportTypeless(node, context);
  const use = context.use('sqlalchemy.orm.mapped_column', node);
  context.fix({
    at: node,
    message: '`Column` for a mapped class',
    safety: 'safe',
    edits: [context.replace(call.callee, use.text)],
    uses: [use],
    evidence: [`${model.id} is a mapped class of ${model.base ?? 'several bases'}`],
  });
}
