// Renames as_scalar() of statements and queries.
import { calledName, readMethodCall } from '../python/calls.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'core-as-scalar',
  summary: 'Replace `as_scalar()` with `scalar_subquery()`',
  rationale: 'The method was renamed in 1.4.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/selectable.html#sqlalchemy.sql.expression.Select.as_scalar',
  fixes: 'safe',
  rows: ['as-scalar'],
  triggers: ['.as_scalar('],
  example: {
    before: 'latest = select(func.max(orders.c.id)).as_scalar()\n',
    after: 'latest = select(func.max(orders.c.id)).scalar_subquery()\n',
  },
  visit: {
    call(node, context) {
      const call = calledName(node) === 'as_scalar' ? readMethodCall(node) : null;
      if (call?.method.text !== 'as_scalar' || call.list.named.length > 0) return;
      const { facts } = context;
      const { receiver } = call;
      const message = '`as_scalar()`';
      if (isInstance(receiver, ['sqlalchemy.Subquery', 'sqlalchemy.Alias'], facts)) {
        const inner = readMethodCall(receiver);
        if (!inner || inner.list.named.length > 0 || !/^(subquery|alias)$/.test(inner.method.text))
          return context.manual({
            at: node,
            message,
            reason: 'call scalar_subquery() on the statement instead of its subquery',
          });
        return context.fix({
          at: node,
          message,
          safety: 'safe',
          edits: [
            context.replace({ start: inner.receiver.end, end: receiver.end }, ''),
            context.replace(call.method, 'scalar_subquery'),
          ],
        });
      }
      const evidence = isInstance(
        receiver,
        ['sqlalchemy.Select', 'sqlalchemy.CompoundSelect', 'sqlalchemy.orm.Query'],
        facts,
      );
      if (evidence === null && facts.infer(receiver)) return;
      context.fix({
        at: node,
        message,
        safety: evidence === 'proven' ? 'safe' : 'unsafe',
        reason:
          evidence === 'proven' ? '' : 'the receiver is not proven to be a statement or a query',
        edits: [context.replace(call.method, 'scalar_subquery')],
      });
    },
  },
});
