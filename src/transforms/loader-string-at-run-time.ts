// Resolves names that loader options are given when the program runs to attributes of the entity that is queried, which callers pass along.
import { enclosing } from '../python/tree.ts';
import { firstParameter } from '../project/infer/settings-of-self.ts';
import { readNamedOption, type NamedOption } from '../project/query/loader-paths/sites.ts';
import { judgeNamedOptions } from '../project/query/loader-paths/thread.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'loader-string-at-run-time',
  summary: 'Give loader options attributes, not names that are put together when the program runs',
  rationale: '2.0 raises ArgumentError for names of attributes in loader options.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#orm-query-joining-loading-on-relationships-uses-attributes-not-strings',
  fixes: 'unsafe',
  rows: ['loader-string'],
  triggers: ['load(', 'contains_eager(', 'defer(', 'load_only('],
  example: {
    before:
      'def load(q):\n    for name in ("orders", "notes"):\n        q = q.options(joinedload(name))\n    return q\n',
    after:
      'def load(q):\n    for name in ("orders", "notes"):\n        q = q.options(joinedload(getattr(q.column_descriptions[0]["entity"], name)))\n    return q\n',
  },
  visit: {
    call(node, context) {
      const option = readNamedOption(node, context.facts);
      if (!option) return;
      const { name, argument, text } = option;
      const message = `\`${name}(${argument.text})\` may be given a name in a string`;
      const fix = context.facts.namedOptions(() => judgeNamedOptions(context)).get(node);
      if (fix?.kind !== 'rewritten') {
        const why = fix ? `; it stays, because ${fix.why}` : '';
        const reason = `2.0 raises ArgumentError for ${text}; pass the attribute: ${advice(option, context)}${why}`;
        return context.manual({ at: node, message, reason });
      }
      // The first of those that belong together speaks for all.
      const { options, edits, uses, doubts } = fix;
      if (options[0]?.call.node !== node) return;
      context.fix({
        at: node,
        message,
        safety: 'unsafe',
        reason: doubts.join('; '),
        edits,
        uses,
        evidence: options.map((each) => `${each.call.node.text}: ${each.text}`),
        sites: options.length,
      });
    },
  },
});

/** What to write: the attribute itself, and for a dotted name the same path as the string stood for. */
function advice({ name, argument }: NamedOption, { facts }: RuleContext): string {
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
