// Writes functions under declared_attr as SQLAlchemy 2.0 has them: directives for configuration, plain columns where the class is not asked.
import type { Edit } from '../edits/edit.ts';
import { lineStart } from '../python/position.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import { columnOnlyUse } from '../project/declared-column.ts';
import { declaredFunction, isDataclass } from '../project/declared.ts';
import type { Facts } from '../project/facts.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const DECLARED_ATTR = 'sqlalchemy.orm.declared_attr';
const DIRECTIVES: ReadonlySet<string> = new Set([
  '__mapper_args__',
  '__table_args__',
  '__tablename__',
]);

export default defineTransform({
  id: 'model-declared-directive',
  family: [
    {
      id: 'model-declared-directive',
      summary: 'Declare table names and options with `declared_attr.directive`',
      rows: ['declared-attr-directive'],
    },
    {
      id: 'model-declared-column',
      summary: 'Declare columns of mixins without a function that ignores its class',
      rows: ['declared-attr-fk'],
      example: {
        before:
          '@declared_attr\ndef owner_id(cls) -> Mapped[int]:\n    return mapped_column(ForeignKey("owners.id"))\n',
        after: 'owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id"))\n',
      },
    },
  ],
  summary: 'Declare table names and options with `declared_attr.directive`',
  rationale:
    'A plain declared_attr says to type checkers that it makes a mapped attribute; since 2.0 mixins may hold columns with foreign keys themselves.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/mapping_api.html#sqlalchemy.orm.declared_attr.directive',
  fixes: 'safe',
  stillRuns: true,
  rows: [],
  triggers: ['declared_attr'],
  example: {
    before: '@declared_attr\ndef __tablename__(cls):\n    return cls.__name__.lower()\n',
    after: '@declared_attr.directive\ndef __tablename__(cls):\n    return cls.__name__.lower()\n',
  },
  visit: {
    decorated_definition(node, context) {
      if (context.settings.targetVersion === '1.4') return;
      const definition = node.child('definition');
      if (definition?.kind !== 'function_definition') return;
      if (DIRECTIVES.has(definition.child('name')?.text ?? '')) makeDirective(node, context);
      else makeColumn(definition, context);
    },
  },
});

function makeDirective(decorated: PyNode, context: RuleContext): void {
  for (const decorator of decorated.named) {
    const name = decorator.kind === 'decorator' ? decorator.named[0] : undefined;
    if (!name || context.facts.qualifiedName(name) !== DECLARED_ATTR) continue;
    context.fix({
      at: decorator,
      message: 'plain `declared_attr` for what is no mapped attribute',
      safety: 'safe',
      edits: [context.after(name, '.directive')],
      rule: 'model-declared-directive',
    });
  }
}

/** Unsafe: the column stands elsewhere in the CREATE TABLE of 2.0 if other columns of the mixin come from functions. */
function makeColumn(definition: PyNode, context: RuleContext): void {
  const declared = declaredFunction(definition, context.facts);
  if (declared?.callee !== 'sqlalchemy.orm.mapped_column' || !isPlain(definition, context)) return;
  const { assignment, name, annotation, call, classNode } = declared;
  if (isDataclass(classNode, context.facts) || columnOnlyUse(declared, context.facts)) return;
  const annotated = annotation ? `: ${annotation.text}` : '';
  context.fix({
    at: assignment,
    message: 'a function that declares a column and ignores its class',
    safety: 'unsafe',
    edits: [
      context.replace(
        { start: assignment.start, end: call.node.start },
        `${name.text}${annotated} = `,
      ),
      ...movedLeft(call.node, columnAt(assignment), context),
    ],
    rule: 'model-declared-column',
    reason: 'the order of the columns in a new table may change',
  });
}

function columnAt({ source, start }: PyNode): number {
  return start - lineStart(source, start);
}

/** The further lines of a call stand as far to the right as its function did; those of strings stay. */
function movedLeft(call: PyNode, column: number, context: RuleContext): readonly Edit[] {
  const { source } = call;
  const first = /^[ \t]*/.exec(source.slice(lineStart(source, call.start)))?.[0].length ?? 0;
  const moved = first - column;
  const strings = descendants(call, 'string');
  const starts = [...call.text.matchAll(/\n/g)].map((found) => call.start + found.index + 1);
  return starts.flatMap((start) => {
    const isText = strings.some((each) => each.start < start && start < each.end);
    const hasRoom = /^[ \t]*$/.test(source.slice(start, start + moved));
    return isText || !hasRoom || moved <= 0
      ? []
      : [context.replace({ start, end: start + moved }, '')];
  });
}

/** One `return` under one decorator, without comments, and without a word about the class. */
function isPlain(definition: PyNode, { facts }: RuleContext): boolean {
  const decorated = definition.parent;
  const body = definition.child('body');
  const [parameter, ...more] = definition.child('parameters')?.named ?? [];
  const [decorator] = decorated?.named ?? [];
  if (!body || !decorated || !parameter || more.length > 0) return false;
  return (
    body.named.length === 1 &&
    !decorated.text.includes('#') &&
    facts.qualifiedName(decorator?.named[0] ?? decorated) === DECLARED_ATTR &&
    descendants(body, 'identifier').every(({ text }) => text !== parameter.text) &&
    isSameAtImport(body, decorated ?? body, facts)
  );
}

/** Whether a body gives the same when its class is made as when it is mapped, which may be later. */
function isSameAtImport(body: PyNode, decorated: PyNode, facts: Facts): boolean {
  const isLater = (node: PyNode): boolean => {
    if (node.kind === 'lambda') return false;
    if (node.kind === 'subscript') return true;
    if (node.kind === 'call' && isOwnFunction(node.child('function') ?? node, facts)) return true;
    const bound = node.kind === 'identifier' ? facts.definition(node) : null;
    if (bound?.scope.kind === 'module' && bound.node.start > decorated.start) return true;
    return node.children.some(isLater);
  };
  return !isLater(body);
}

/** Whether what is called is not known, or is a function of the project, which may read what is set later. */
function isOwnFunction(callee: PyNode, facts: Facts): boolean {
  const name = facts.qualifiedName(callee);
  if (name === null) return true;
  const definition = facts.symbols.definition(name);
  return definition !== null && definition.binding.kind !== 'class';
}
