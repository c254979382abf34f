// Keeps what 2.1 changes in mapped classes: the column of `Mapped[float]`, and composites without values. Only for that target.
import { keyword, readCall } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { classAt, declaredCall, type DeclaredCall } from '../project/declared.ts';
import type { MappedClass } from '../project/models.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const FLOAT = 'model-float-double';
const COMPOSITE = 'model-composite-none';
const REFERENCE = 'https://docs.sqlalchemy.org/en/21/changelog/migration_21.html';
const NONE_ON = 'return_none_on=lambda *values: all(value is None for value in values)';

export default defineTransform({
  id: FLOAT,
  family: [
    {
      id: FLOAT,
      summary: 'Say that a `Mapped[float]` is a Float',
      rows: ['v21-float-double'],
    },
    {
      id: COMPOSITE,
      summary: 'Say when a composite is None',
      rows: ['v21-composite-none'],
      rationale:
        'Only with `--target-version 2.1`: a composite of a new object is no longer None there, but an object of Nones.',
      reference: `${REFERENCE}#new-rules-for-none-return-for-orm-composites`,
      example: {
        before:
          'from sqlalchemy.orm import composite\n\n\nclass Vertex(Base):\n    __tablename__ = "vertices"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    start = composite(Point, mapped_column("x1", Integer), mapped_column("y1", Integer))\n\n    def is_open(self):\n        return self.start is None\n',
        after:
          'from sqlalchemy.orm import composite\n\n\nclass Vertex(Base):\n    __tablename__ = "vertices"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    start = composite(\n        Point,\n        mapped_column("x1", Integer),\n        mapped_column("y1", Integer),\n        return_none_on=lambda *values: all(value is None for value in values),\n    )\n\n    def is_open(self):\n        return self.start is None\n',
        targetVersion: '2.1',
      },
    },
  ],
  summary: 'Keep the columns that `Mapped[float]` had in 2.0',
  rationale:
    'Only with `--target-version 2.1`: a float without a type is a column of DOUBLE there, and of FLOAT in 2.0.',
  reference: `${REFERENCE}#python-float-literals-now-render-as-double-in-cast-expressions`,
  fixes: 'unsafe',
  rows: [],
  triggers: ['float', 'composite('],
  example: {
    before: 'price: Mapped[float]\n',
    after: 'price: Mapped[float] = mapped_column(Float)\n',
    targetVersion: '2.1',
  },
  visit: {
    assignment(node, context) {
      if (context.settings.targetVersion !== '2.1') return;
      if (node.child('type')?.text.includes('float')) floatColumn(node, context);
      else if (node.child('right')?.text.includes('composite(')) composite(node, context);
    },
  },
});

function floatColumn(node: PyNode, context: RuleContext): void {
  const { facts } = context;
  const name = node.child('left');
  const right = node.child('right');
  const owner = enclosing(node, 'class_definition', 'function_definition');
  const model = owner?.kind === 'class_definition' ? classAt(facts, owner) : null;
  const column = model?.own.find((each) => each.name === name?.text);
  if (!name || !model || model.sqlModel || column?.kind !== 'column') return;
  if (column.style !== 'bare' && column.style !== 'mapped_column') return;
  if (column.foreignKeys.length > 0 || column.type?.location !== null) return;
  if (column.type.name !== 'sqlalchemy.Float') return;
  const call = readCall(right);
  if (right && (!call || call.starred || call.doubleStarred || keyword(call, 'type_'))) return;
  const message = '`Mapped[float]` without a type';
  const hasMap = facts.modules.modules.some(({ tree }) =>
    tree.text.includes('type_annotation_map'),
  );
  if (hasMap || model.unknownBases.length > 0)
    return context.manual({
      at: node,
      message,
      reason:
        'it is DOUBLE in 2.1, unless a type map says otherwise: pass Float to keep the column of 2.0',
      rule: FLOAT,
    });
  const float = context.use('sqlalchemy.Float', node);
  const uses = [float];
  const place = call && placeOfType(call.list, call.positional);
  if (!place) uses.push(context.use('sqlalchemy.orm.mapped_column', node));
  context.fix({
    at: node,
    message,
    safety: 'unsafe',
    reason: 'it is DOUBLE in 2.1: with Float, the column stays what 2.0 created',
    edits: [
      place
        ? context.replace(
            { start: place.at, end: place.at },
            place.before + float.text + place.after,
          )
        : context.after(node, ` = ${uses[1]?.text ?? ''}(${float.text})`),
    ],
    uses,
    rule: FLOAT,
  });
}

/** The type comes first, or after the name of the column. */
function placeOfType(
  list: PyNode,
  positional: readonly PyNode[],
): { readonly at: number; readonly before: string; readonly after: string } {
  const [first] = positional;
  if (first && stringValue(first) !== null) return { at: first.end, before: ', ', after: '' };
  return { at: list.start + 1, before: '', after: list.named.length > 0 ? ', ' : '' };
}

function composite(node: PyNode, context: RuleContext): void {
  const declared = declaredCall(node, context.facts);
  if (declared?.callee !== 'sqlalchemy.orm.composite') return;
  const { call, annotation, model, name } = declared;
  if (keyword(call, 'return_none_on') || call.doubleStarred) return;
  // An annotation that allows None has the same effect, unless the class is given as well.
  const [first] = call.positional;
  const isGiven = first?.kind === 'identifier' || first?.kind === 'attribute';
  if (!isGiven && annotation && /\bOptional\b|\bNone\b/.test(annotation.text)) return;
  const last = call.list.named.at(-1);
  const place = testOf(declared, model, context);
  if (!last || place === null) return;
  context.fix({
    at: name,
    message: `\`${model.name}.${name.text}\` is compared with None`,
    safety: 'unsafe',
    reason:
      'so a new object keeps None; one that was loaded without values gave an object before, and gives None too',
    edits: [context.after(last, `, ${NONE_ON}`)],
    evidence: [`compared with None: ${place}`],
    rule: COMPOSITE,
  });
}

/** Where the project asks whether the composite of an object is None; `null` if it does not. */
function testOf({ name }: DeclaredCall, model: MappedClass, { facts }: RuleContext): string | null {
  const pattern = new RegExp(`\\.${name.text}\\s+is\\s+(not\\s+)?None\\b`);
  for (const module of facts.modules.modules) {
    if (!pattern.test(module.tree.text)) continue;
    for (const comparison of descendants(module.tree.root, 'comparison_operator')) {
      const [left] = comparison.named;
      if (!pattern.test(comparison.text) || left?.kind !== 'attribute') continue;
      const object = left.child('object');
      const value = object && facts.in(module).infer(object)?.value;
      const isSelf =
        object?.text === 'self' &&
        enclosing(comparison, 'class_definition')?.child('name')?.text === model.name;
      if (isSelf || (value?.kind === 'instance' && value.of === model.id)) return module.path;
    }
  }
  return null;
}
