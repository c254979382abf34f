// Reports names and hooks of mapped classes that 2.x refuses or warns of, and that have no mechanical successor. It rewrites nothing.
import { enclosing, type PyNode } from '../python/tree.ts';
import { classAt } from '../project/declared.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

/** What the versions do about a mapped attribute of that name. */
const RESERVED: ReadonlyMap<string, string> = new Map([
  ['metadata', 'which 2.0 refuses and 2.1 warns of'],
  ['registry', 'of which 2.1 warns'],
]);
const CONVERTER = 'sqlalchemy.orm.collections.collection.converter';

export default defineTransform({
  id: 'model-refused',
  summary: 'Report names and hooks of mapped classes that 2.x does not take',
  rationale: 'They stop a program when its models are imported, on 2.0 or on 2.1.',
  reference: 'https://docs.sqlalchemy.org/en/21/changelog/migration_21.html',
  fixes: 'none',
  rows: ['collection-converter', 'reserved-attribute'],
  triggers: ['metadata', 'registry', 'converter'],
  example: {
    before: 'registry = mapped_column(Integer)\n',
    after: 'registry = mapped_column(Integer)\n',
  },
  visit: {
    assignment: reservedName,
    decorator: converter,
    function_definition: reservedName,
  },
});

/** A column, relationship or other mapped attribute with the name of one that each declarative class has. */
function reservedName(node: PyNode, context: RuleContext): void {
  const name = (node.child('left') ?? node.child('name'))?.text ?? '';
  const advice = RESERVED.get(name);
  const holder =
    advice === undefined ? null : enclosing(node, 'class_definition', 'function_definition');
  const model = holder?.kind === 'class_definition' ? classAt(context.facts, holder) : null;
  if (advice === undefined || !model?.own.some((each) => each.name === name)) return;
  context.manual({
    at: node,
    message: `\`${name}\` is the name of an attribute of declarative classes, ${advice}`,
    reason: `name the attribute otherwise, and keep the column by its name: ${name}_ = mapped_column("${name}", …)`,
  });
}

function converter(node: PyNode, context: RuleContext): void {
  const name = node.named[0];
  if (!name || context.facts.qualifiedName(name) !== CONVERTER) return;
  context.manual({
    at: node,
    message: '`collection.converter` was removed in 2.1',
    reason:
      'convert the values where they are assigned, as 2.1 takes no collection of another kind; the event bulk_replace of the attribute may change the values in it',
  });
}
