// Writes string joins out as relationships, and tuples as arguments, in queries that stay queries. Queries that become statements do so themselves.
import { isInstance } from '../project/core/receivers.ts';
import { headBehind } from '../project/query/chain.ts';
import { modernizeLinks } from '../project/query/modern-links.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { calledName, readMethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'query-join-string',
  summary: 'Replace string and chained targets of `Query.join()`',
  rationale: 'Joins follow attributes, which the program checks, not names in strings.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#orm-query-joining-loading-on-relationships-uses-attributes-not-strings',
  fixes: 'safe',
  rows: ['query-join-string', 'query-join-chain', 'query-join-tuple'],
  triggers: ['join('],
  example: {
    before: 'export(session.query(User).join("orders"))\n',
    after: 'export(session.query(User).join(User.orders))\n',
  },
  visit: {
    attribute: modernize,
    call(node, ctx) {
      modernize(node, ctx);
      unpackTuples(node, ctx);
    },
  },
});

function modernize(node: PyNode, ctx: RuleContext): void {
  modernizeLinks(node, 'query-join-string', ctx);
}

/** `query.outerjoin((Order, condition))` of a query that is made elsewhere. */
function unpackTuples(node: PyNode, ctx: RuleContext): void {
  const name = calledName(node);
  if (name !== 'join' && name !== 'outerjoin') return;
  const call = readMethodCall(node);
  const pairs = call?.list.named ?? [];
  if (!call || pairs.length === 0 || !pairs.every(isPair) || headBehind(call.receiver)) return;
  // Strings and paths have a join() that takes a tuple too.
  const evidence = isInstance(call.receiver, ['sqlalchemy.orm.Query'], ctx.facts);
  if (evidence === null && name === 'join') return;
  const message = `\`${name}()\` takes a target and its condition, not a tuple of both`;
  if (pairs.length > 1 && call.list.text.includes('\n'))
    return ctx.manual({ at: node, message, reason: 'call it once for each target' });
  ctx.fix({
    at: node,
    message,
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    ...(evidence === 'proven'
      ? {}
      : { reason: `\`${call.receiver.text}\` is only likely to be a query` }),
    edits: pairs.flatMap((pair, index) => {
      const next = pairs[index + 1];
      const start = pair.named[1]?.end ?? pair.end;
      return [
        ctx.replace({ start: pair.start, end: pair.start + 1 }, ''),
        ctx.replace({ start, end: next?.start ?? pair.end }, next ? `).${name}(` : ''),
      ];
    }),
  });
}

/** `(Order, condition)`. */
function isPair(node: PyNode): boolean {
  return node.kind === 'tuple' && node.named.length === 2;
}
