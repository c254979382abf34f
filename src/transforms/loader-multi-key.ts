// Writes loader options with the whole path as arguments as chains. Names in strings are another rule's.
import { readCall } from '../python/calls.ts';
import { defineTransform } from '../project/rule.ts';

const LOADERS =
  /^sqlalchemy\.orm\.(?:defer|immediateload|joinedload|lazyload|noload|raiseload|selectinload|subqueryload|undefer)$/;

export default defineTransform({
  id: 'loader-multi-key',
  summary: 'Write the links of a loader path one by one',
  rationale:
    'Of several attributes only the last is loaded in the way that the option says; the chain shows it, and type checkers take it.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html#loading-along-paths',
  fixes: 'safe',
  stillRuns: true,
  rows: ['loader-addl-attrs', 'loader-multi-key'],
  triggers: ['load(', 'defer('],
  example: {
    before: 'option = joinedload(User.orders, Order.items)\n',
    after: 'option = defaultload(User.orders).joinedload(Order.items)\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      const callee = call && context.facts.qualifiedName(call.callee);
      if (!call || !callee || !LOADERS.test(callee) || call.starred) return;
      const { positional, list } = call;
      const [first] = positional;
      const last = positional.at(-1);
      if (!first || !last || first === last) return;
      if (positional.some((each) => each.kind !== 'attribute')) return;
      if (list.named.some((each) => each.kind === 'comment')) return;
      const use = context.use('sqlalchemy.orm.defaultload', node);
      const path = positional
        .slice(0, -1)
        .map((each, index) =>
          index === 0 ? `${use.text}(${each.text})` : `.defaultload(${each.text})`,
        );
      const name = callee.slice(callee.lastIndexOf('.') + 1);
      context.fix({
        at: node,
        message: 'a loader option with several attributes',
        safety: 'safe',
        edits: [
          context.replace({ start: node.start, end: last.start }, `${path.join('')}.${name}(`),
        ],
        uses: [use],
      });
    },
  },
});
