// Makes annotations harmless that 2.x refuses and that declare nothing mapped; for a target without Mapped[…] all that it refuses.
import { readCall } from '../python/calls.ts';
import { columnOf } from '../python/displays.ts';
import type { PyNode } from '../python/tree.ts';
import { quotedWhole } from '../project/annotations/forward.ts';
import { ownsLines } from '../project/core/blocks.ts';
import { allowsUnmapped, classAt, isDataclass, isUnmapped } from '../project/declared.ts';
import type { MappedClass } from '../project/models.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const CONSTRUCTS =
  /^sqlalchemy\.orm\.(?:column_property|composite|deferred|dynamic_loader|query_expression|relation|relationship|synonym)$/;
const DECLARED_ATTR = /^sqlalchemy\.orm\.declared_attr(?:\.cascading)?$/;

export default defineTransform({
  id: 'model-allow-unmapped',
  summary: 'Allow annotations of models that declare nothing mapped',
  rationale:
    '2.0 raises for an annotation without `Mapped[…]` that has no value or None, and beside a relationship while 1.4, which has no `Mapped[…]` that declares, is still supported: `__allow_unmapped__` lets the class run on both.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-to-2-0-step-six-add-allow-unmapped-to-explicitly-typed-orm-models',
  fixes: 'safe',
  stillRuns: true,
  rows: ['allow-unmapped', 'bare-annotation'],
  triggers: ['Column(', 'relationship(', 'declared_attr', '__table', '__mapper', 'mapped_column('],
  example: {
    before:
      'class User(Base):\n    __tablename__ = "users"\n\n    id: int = Column(Integer, primary_key=True)\n    cached: Optional[dict] = None\n',
    after:
      'class User(Base):\n    __tablename__ = "users"\n    __allow_unmapped__ = True\n\n    id: Mapped[int] = mapped_column(Integer, primary_key=True)\n    cached: Optional[dict] = None\n',
  },
  visit: {
    class_definition(node, context) {
      const { facts, settings } = context;
      const model = classAt(facts, node);
      const body = node.child('body');
      if (!model || model.sqlModel || model.dataclass || !body) return;
      const statements = body.named;
      if (model.role !== 'mapped') {
        if (settings.targetVersion === '1.4')
          for (const statement of statements) dropAnnotation(statement, context);
        return;
      }
      // What is mapped by a call is not read by its annotations.
      const hasTable = facts.binding.scopeOf(statements[0] ?? body).bindings.has('__table__');
      if (model.imperative && !hasTable) return;
      if (!isDataclass(node, facts)) allow(node, model, statements, context);
      quote(node, statements, context);
    },
  },
});

/** `__allow_unmapped__ = True` in a mapped class; on mixins it helps nobody. */
function allow(
  node: PyNode,
  model: MappedClass,
  statements: readonly PyNode[],
  context: RuleContext,
): void {
  const refused = statements
    .map((statement) => annotated(statement))
    .find((each) => each && isRefused(each, context));
  if (!refused || allowsUnmapped(model, node, context.facts)) return;
  const message = 'an annotation that 2.0 refuses without Mapped[…]';
  const anchor =
    statements.find((each) => each.named[0]?.child('left')?.text === '__tablename__') ??
    statements.find((each) => each.named[0] === refused);
  if (!anchor || !ownsLines(anchor))
    return context.manual({
      at: refused,
      message,
      reason: 'write `__allow_unmapped__ = True` in the class',
    });
  const { source } = anchor;
  const indent = source.slice(anchor.start - columnOf(anchor), anchor.start);
  const line = '__allow_unmapped__ = True';
  const isBefore = anchor.named[0] === refused;
  const end = anchor.end + source.slice(anchor.end).search(/\r?\n|$/);
  context.fix({
    at: refused,
    message,
    safety: 'safe',
    edits: [
      isBefore
        ? context.before(anchor, `${line}\n\n${indent}`)
        : context.after({ start: end, end }, `\n${indent}${line}`),
    ],
  });
}

/** `x: List["Later"]`, whose inner name 2.x looks up at once although nothing is mapped; in one string it does not. */
function quote(node: PyNode, statements: readonly PyNode[], context: RuleContext): void {
  const { facts } = context;
  const isFields = isDataclass(node, facts);
  if (isFields && node.text.includes('__sa_dataclass_metadata_key__')) return;
  for (const assignment of statements.map((each) => annotated(each))) {
    const annotation = assignment?.child('type')?.named[0];
    if (!assignment || !annotation || !isUnmapped(annotation, facts)) continue;
    const value = readCall(assignment.child('right'));
    const isField = value && facts.qualifiedName(value.callee) === 'dataclasses.field';
    if (!(isFields && isField) && !isEmpty(assignment)) continue;
    const text = quotedWhole(annotation, node, facts);
    if (text)
      context.fix({
        at: annotation,
        message: 'a name inside an annotation that 2.0 looks up while it maps the class',
        safety: 'safe',
        edits: [context.replace(annotation, text)],
      });
  }
}

/** Without a value, or with None: what 2.0 takes for a declaration. */
function isEmpty(assignment: PyNode): boolean {
  const value = assignment.child('right');
  return !value || value.kind === 'none';
}

function annotated(statement: PyNode): PyNode | null {
  const assignment = statement.kind === 'expression_statement' ? statement.named[0] : undefined;
  return assignment?.kind === 'assignment' && assignment.child('type') ? assignment : null;
}

/** Whether 2.0 refuses the annotation in a mapped class: beside None or nothing, and beside a construct of the ORM where no other rule writes Mapped[…]. */
function isRefused(assignment: PyNode, { facts, settings }: RuleContext): boolean {
  const name = assignment.child('left');
  const annotation = assignment.child('type')?.named[0];
  if (name?.kind !== 'identifier' || /^__.*__$/.test(name.text) || !annotation) return false;
  const call = readCall(assignment.child('right'));
  const callee = call ? (facts.qualifiedName(call.callee) ?? '') : '';
  const isConstruct = settings.targetVersion === '1.4' && CONSTRUCTS.test(callee);
  return (isConstruct || isEmpty(assignment)) && isUnmapped(annotation, facts);
}

/** On mixins and abstract classes 2.0 refuses what a `Column` or a declared_attr is annotated with, whatever the class allows. */
function dropAnnotation(statement: PyNode, context: RuleContext): void {
  const { facts } = context;
  const assignment = annotated(statement);
  const callee = assignment && readCall(assignment.child('right'))?.callee;
  const definition = declaredAttr(statement, context);
  const isColumn = callee && facts.qualifiedName(callee) === 'sqlalchemy.Column';
  const owner = definition ?? (isColumn ? assignment : null);
  const type = owner?.child(definition ? 'return_type' : 'type');
  const annotation = type?.named[0];
  const last = owner?.child(definition ? 'parameters' : 'left');
  if (!type || !annotation || !last || !isUnmapped(annotation, facts)) return;
  context.fix({
    at: type,
    message: 'an annotation of a mixin that 2.0 refuses without Mapped[…]',
    safety: 'safe',
    edits: [context.replace({ start: last.end, end: type.end }, '')],
  });
}

/** The function of a declared_attr that declares an attribute. */
function declaredAttr(statement: PyNode, { facts }: RuleContext): PyNode | null {
  if (statement.kind !== 'decorated_definition') return null;
  const definition = statement.child('definition');
  const isDeclared = statement.named.some((each) => {
    const name = each.kind === 'decorator' ? each.named[0] : undefined;
    return name !== undefined && DECLARED_ATTR.test(facts.qualifiedName(name) ?? '');
  });
  if (definition?.kind !== 'function_definition' || !isDeclared) return null;
  return /^__.*__$/.test(definition.child('name')?.text ?? '') ? null : definition;
}
