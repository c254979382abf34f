// Finds loader options that are given names in strings when the program runs: no attribute can be written for them. It rewrites nothing.
import { calledName, readCall, readMethodCall } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { enclosing, type PyNode } from '../python/tree.ts';
import { firstParameter } from '../project/infer/settings-of-self.ts';
import { headBehind } from '../project/query/chain.ts';
import { textBehind } from '../project/query/text-values.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const OPTIONS: ReadonlySet<string> = new Set([
  'contains_eager',
  'defaultload',
  'defer',
  'immediateload',
  'joinedload',
  'lazyload',
  'load_only',
  'noload',
  'raiseload',
  'selectinload',
  'subqueryload',
  'undefer',
]);

export default defineTransform({
  id: 'loader-string-at-run-time',
  summary: 'Give loader options attributes, not names that are put together when the program runs',
  rationale: '2.0 raises ArgumentError for names of attributes in loader options.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#orm-query-joining-loading-on-relationships-uses-attributes-not-strings',
  fixes: 'none',
  rows: ['loader-string'],
  triggers: ['load(', 'contains_eager(', 'defer(', 'load_only('],
  example: {
    before: 'options = [joinedload(name) for name in ("orders", "notes")]\n',
    after: 'options = [joinedload(name) for name in ("orders", "notes")]\n',
  },
  visit: {
    call(node, context) {
      const name = calledName(node) ?? '';
      const call = OPTIONS.has(name) ? readCall(node) : null;
      if (!call || context.facts.qualifiedName(call.callee) !== `sqlalchemy.orm.${name}`) return;
      if (isReadWithQuery(node, context)) return;
      for (const argument of call.positional) {
        // Names that are written out are another rule's.
        if (stringValue(argument) !== null) continue;
        const text = textBehind(argument, context.facts);
        if (text === null) continue;
        context.manual({
          at: node,
          message: `\`${name}(${argument.text})\` may be given a name in a string`,
          reason: `2.0 raises ArgumentError for ${text}; pass the attribute: ${advice(name, argument, context)}`,
        });
        return;
      }
    },
  },
});

/** What to write: the attribute itself, and for a dotted name the same path as the string stood for. */
function advice(name: string, argument: PyNode, { facts }: RuleContext): string {
  const given = argument.kind === 'identifier' ? argument.text : 'name';
  const definition = enclosing(argument, 'function_definition');
  const first = definition && firstParameter(definition);
  const isClass =
    definition !== null &&
    first?.text === 'cls' &&
    facts.index.functionAt(facts.module, definition).owner !== null;
  const step = name === 'contains_eager' ? name : 'defaultload';
  return `\`${name}(getattr(${isClass ? 'cls' : 'Model'}, ${given}))\`; where the name is dotted (\`"orders.items"\`), \`${step}(User.orders).${name}(Order.items)\` is the same: the next class is \`attribute.property.mapper.class_\``;
}

/** Whether the option is written in the `options()` of a query or select() whose classes are known: that is read as a whole. */
function isReadWithQuery(node: PyNode, { facts }: RuleContext): boolean {
  let option = node;
  while (
    option.parent?.kind === 'attribute' ||
    (option.parent?.kind === 'call' && option.field === 'function')
  )
    option = option.parent;
  const list = option.parent?.kind === 'argument_list' ? option.parent : null;
  const call = readMethodCall(list?.parent ?? null);
  if (call?.method.text !== 'options') return false;
  if (headBehind(call.receiver) !== null) return true;
  let start: PyNode | null = call.receiver;
  while (start && start.kind !== 'identifier') {
    if (
      start.kind === 'call' &&
      facts.qualifiedName(start.child('function') ?? start) === 'sqlalchemy.select'
    )
      return true;
    start = start.child('function') ?? start.child('object') ?? start.named[0] ?? null;
  }
  return false;
}
