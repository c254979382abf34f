// Makes the subquery explicit that alias() of a join was.
import { calledName, readMethodCall, type MethodCall } from '../python/calls.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const STYLE = 'sqlalchemy.LABEL_STYLE_TABLENAME_PLUS_COL';

export default defineTransform({
  id: 'core-join-alias',
  summary: 'Make a subquery of a join instead of calling `alias()`',
  rationale:
    'It selected from the join, with columns named `table_column`. 2.0 gives the bare join a name, which databases refuse.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#join-alias-method-removed',
  fixes: 'safe',
  rows: ['join-alias'],
  triggers: ['.alias('],
  example: {
    before: 'joined = users.join(orders).alias("joined")\n',
    after:
      'joined = (\n    select(users.join(orders))\n    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)\n    .correlate(None)\n    .subquery("joined")\n)\n',
  },
  visit: {
    call(node, context) {
      const call = calledName(node) === 'alias' ? readMethodCall(node) : null;
      const evidence = call && isInstance(call.receiver, ['sqlalchemy.Join'], context.facts);
      if (call && evidence) ofJoin(call, evidence === 'proven', context);
    },
  },
});

function ofJoin(call: MethodCall, isProven: boolean, context: RuleContext): void {
  const { receiver, method, node, keywords } = call;
  const message = '`alias()` of a join';
  const isFlat = keywords.some(({ name, value }) => name === 'flat' && value.kind !== 'false');
  if (isFlat || keywords.some(({ name }) => name !== 'name') || call.doubleStarred)
    return context.manual({
      at: node,
      message,
      reason:
        'flat=True gave each table an alias: alias the tables, and join them; without it, select(join).subquery()',
    });
  const select = context.use('sqlalchemy.select', node);
  const style = context.use(STYLE, node);
  const methods = `set_label_style(${style.text}).correlate(None).subquery`;
  context.fix({
    at: node,
    message,
    safety: isProven ? 'safe' : 'unsafe',
    reason: isProven ? '' : 'that it is a join is not proven',
    edits: [
      context.before(receiver, `${select.text}(`),
      context.after(receiver, ')'),
      context.replace(method, methods),
    ],
    uses: [select, style],
  });
}
