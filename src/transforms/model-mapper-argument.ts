// Drops arguments of mappers that were removed, where they say nothing, and reports them where they mean something.
import { itemRemovals, readCall, type Call } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { classAt } from '../project/declared.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { REMOVED_MAPPER_ARGUMENTS } from '../sqlalchemy/mappers.ts';

/** Whether a value of an argument is the same as no argument. */
const EMPTY: ReadonlyMap<string, (value: PyNode) => boolean> = new Map([
  [
    'extension',
    ({ kind, named }: PyNode) => kind === 'none' || (kind === 'list' && named.length === 0),
  ],
  ['non_primary', ({ kind }: PyNode) => kind === 'false'],
  ['order_by', ({ kind }: PyNode) => kind === 'none' || kind === 'false'],
]);

const MAPPERS: ReadonlySet<string> = new Set(['sqlalchemy.orm.Mapper', 'sqlalchemy.orm.mapper']);

export default defineTransform({
  id: 'model-mapper-argument',
  summary: 'Drop `order_by`, `extension` and `non_primary` of mappers where they say nothing',
  rationale:
    'Mappers do not take these arguments any more: the classes of a module that has one cannot be mapped.',
  reference:
    'https://docs.sqlalchemy.org/en/21/orm/join_conditions.html#relationship-to-aliased-class',
  fixes: 'safe',
  rows: ['mapper-args-removed'],
  triggers: ['non_primary', 'order_by', 'extension'],
  example: {
    before:
      'class Animal(Base):\n    __tablename__ = "animals"\n    __mapper_args__ = {"polymorphic_on": "kind", "order_by": None}\n',
    after:
      'class Animal(Base):\n    __tablename__ = "animals"\n    __mapper_args__ = {"polymorphic_on": "kind"}\n',
  },
  visit: {
    assignment(node, context) {
      if (node.child('left')?.text === '__mapper_args__' && isInModel(node, context))
        judge(node.child('right'), context);
    },
    function_definition(node, context) {
      if (node.child('name')?.text !== '__mapper_args__' || !isInModel(node, context)) return;
      for (const each of descendants(node, 'return_statement'))
        judge(each.named[0] ?? null, context);
    },
    call(node, context) {
      const call = readCall(node);
      if (
        call?.keywords.some(({ name }) => REMOVED_MAPPER_ARGUMENTS.has(name)) &&
        makesMapper(call, context)
      )
        judge(node, context);
    },
  },
});

/** `{"order_by": …}`, `dict(order_by=…)`, or the keywords of a call. */
function judge(value: PyNode | null, context: RuleContext): void {
  const list = value?.kind === 'dictionary' ? value : readCall(value)?.list;
  for (const pair of list?.named ?? []) {
    const key = pair.child('key') ?? pair.child('name');
    const given = pair.child('value');
    const name = key && (stringValue(key) ?? key.text);
    const removed = name ? REMOVED_MAPPER_ARGUMENTS.get(name) : undefined;
    if (!list || !given || removed === undefined) continue;
    const message = `mappers do not take \`${name}\` since ${removed.since}`;
    if (EMPTY.get(name ?? '')?.(given) !== true) {
      context.manual({ at: pair, message, reason: removed.advice });
      continue;
    }
    const edits = itemRemovals(list, [pair]).map((span) => context.replace(span, ''));
    context.fix({ at: pair, message, safety: 'safe', edits });
  }
}

/** `mapper(…)`, `Mapper(…)`, or `map_imperatively(…)` of a registry. */
function makesMapper({ callee }: Call, { facts }: RuleContext): boolean {
  if (callee.child('attribute')?.text === 'map_imperatively') return true;
  return MAPPERS.has(facts.qualifiedName(callee) ?? '');
}

function isInModel(node: PyNode, { facts }: RuleContext): boolean {
  const holder = enclosing(node, 'class_definition', 'function_definition');
  return holder?.kind === 'class_definition' && classAt(facts, holder) !== null;
}
