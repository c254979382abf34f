// Reports what 2.x refuses or understands otherwise in mapped classes and has no mechanical successor. It rewrites nothing.
import { readCall } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import { classAt, declaredCall } from '../project/declared.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { REMOVED_MAPPER_ARGUMENTS } from '../sqlalchemy/mappers.ts';

const RESERVED: ReadonlySet<string> = new Set(['metadata', 'registry']);
const VALIDATES = 'sqlalchemy.orm.validates';
const CONVERTER = /^sqlalchemy\.orm\.collections\.collection\.converter$/;

export default defineTransform({
  id: 'model-refused',
  summary: 'Report what 2.x refuses in mapped classes',
  rationale:
    'Mapper options, names and hooks that were removed or changed stop a program when its models are imported, or change what it does.',
  reference: 'https://docs.sqlalchemy.org/en/21/changelog/migration_21.html',
  fixes: 'none',
  rows: [
    'collection-converter',
    'dataclass-defaults',
    'mapper-args-removed',
    'reserved-attribute',
    'validates-override',
  ],
  triggers: ['__mapper_args__', 'metadata', 'registry', 'converter', 'validates', 'insert_default'],
  example: {
    before: '__mapper_args__ = {"order_by": "name"}\n',
    after: '__mapper_args__ = {"order_by": "name"}\n',
  },
  visit: {
    assignment(node, context) {
      mapperArguments(node, context);
      reservedName(node, context);
      dataclassDefaults(node, context);
    },
    decorator: converter,
    function_definition: overriddenValidator,
  },
});

function mapperArguments(node: PyNode, context: RuleContext): void {
  const value = node.child('right');
  if (node.child('left')?.text !== '__mapper_args__' || !modelAround(node, context)) return;
  const pairs = value?.kind === 'dictionary' ? value.named : (readCall(value)?.list.named ?? []);
  for (const pair of pairs) {
    const key = pair.child('key') ?? pair.child('name');
    const name = key && (stringValue(key) ?? key.text);
    const advice = name ? REMOVED_MAPPER_ARGUMENTS.get(name) : undefined;
    if (advice === undefined) continue;
    const message = `mappers do not take \`${name}\` any more`;
    context.manual({ at: pair, message, reason: advice });
  }
}

function reservedName(node: PyNode, context: RuleContext): void {
  const declared = declaredCall(node, context.facts);
  if (!declared || !RESERVED.has(declared.name.text) || declared.model.role === 'base') return;
  if (!declared.callee.startsWith('sqlalchemy.') || declared.callee.endsWith('.MetaData')) return;
  if (declared.callee.endsWith('.registry')) return;
  const name = declared.name.text;
  context.manual({
    at: node,
    message: `\`${name}\` is the name of an attribute of declarative classes`,
    reason: `name the attribute otherwise and keep the column: ${name}_ = mapped_column("${name}", …)`,
  });
}

function dataclassDefaults(node: PyNode, context: RuleContext): void {
  const declared = declaredCall(node, context.facts);
  if (!declared?.model.dataclass) return;
  const { keywords } = declared.call;
  const value = (name: string): PyNode | null =>
    keywords.find((each) => each.name === name)?.value ?? null;
  const isTwice = value('default') !== null && value('insert_default') !== null;
  const isRelation =
    declared.callee === 'sqlalchemy.orm.relationship' &&
    (value('default')?.kind ?? 'none') !== 'none';
  if (!isTwice && !isRelation) return;
  context.manual({
    at: node,
    message: 'a default of a mapped dataclass that 2.1 refuses',
    reason: isRelation
      ? 'only None may be the default of a relationship: use default_factory, or set it in __post_init__'
      : 'give either default or insert_default',
  });
}

function converter(node: PyNode, context: RuleContext): void {
  const name = node.named[0];
  if (!name || !CONVERTER.test(context.facts.qualifiedName(name) ?? '')) return;
  context.manual({
    at: node,
    message: '`collection.converter` was removed in 2.1',
    reason: 'listen to the event bulk_replace of the attribute instead',
  });
}

/** A validator of a class above with the same name: 2.1 runs only the one of the subclass. */
function overriddenValidator(node: PyNode, context: RuleContext): void {
  const { facts } = context;
  const name = node.child('name')?.text ?? '';
  const model = modelAround(node, context);
  if (!model || !isValidator(node, (each) => facts.qualifiedName(each))) return;
  const above = model.mro.slice(1).find((id) => {
    const definition = facts.symbols.definition(id);
    const body = definition?.binding.value?.child('body');
    return (
      definition &&
      body &&
      descendants(body, 'function_definition').some(
        (each) =>
          each.child('name')?.text === name &&
          isValidator(each, (decorator) => {
            const symbol = facts.symbols.symbolOf(definition.module, decorator);
            return symbol?.kind === 'library' ? symbol.name : null;
          }),
      )
    );
  });
  if (above === undefined) return;
  context.manual({
    at: node,
    message: `this validator overrides that of ${above}`,
    reason: '2.1 runs only the validator of the subclass: call the other one in it',
  });
}

function isValidator(node: PyNode, nameOf: (decorator: PyNode) => string | null): boolean {
  const decorators = node.parent?.kind === 'decorated_definition' ? node.parent.named : [];
  return decorators.some((each) => {
    const callee = each.kind === 'decorator' ? readCall(each.named[0] ?? null)?.callee : undefined;
    return callee !== undefined && nameOf(callee) === VALIDATES;
  });
}

/** The mapped class whose body holds a statement. */
function modelAround(node: PyNode, context: RuleContext): ReturnType<typeof classAt> {
  let holder = node.parent;
  while (holder && holder.kind !== 'class_definition' && holder.kind !== 'module')
    holder = holder.parent;
  return holder?.kind === 'class_definition' ? classAt(context.facts, holder) : null;
}
