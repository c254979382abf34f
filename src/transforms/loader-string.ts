// Writes names in loader options as attributes: in queries that stay queries, and in select(). Queries that become statements do so themselves.
import { readMethodCall } from '../python/calls.ts';
import { chainStart } from '../project/query/chain.ts';
import { entityOf } from '../project/query/entity.ts';
import { readLoaderOption, type LoaderOption } from '../project/query/loader-options.ts';
import { readLoneOption, type LoneOption } from '../project/query/lone-options.ts';
import { modernizeLinks } from '../project/query/modern-links.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'loader-string',
  summary: 'Replace names of attributes in loader options',
  rationale: 'Loader options take attributes, which the program checks, not names in strings.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#orm-query-joining-loading-on-relationships-uses-attributes-not-strings',
  fixes: 'safe',
  rows: [
    'loader-string',
    'loader-dotted',
    'loader-all-fns',
    'loader-chain-string',
    'loader-addl-attrs',
    'loader-contains-eager-alias',
    'loader-list',
  ],
  triggers: ['.options(', 'load', 'defer(', 'contains_eager'],
  example: {
    before: 'export(session.query(User).options(joinedload("orders")))\n',
    after: 'export(session.query(User).options(joinedload(User.orders)))\n',
  },
  visit: {
    attribute(node, ctx) {
      modernizeLinks(node, 'loader-string', ctx);
    },
    call(node, ctx) {
      modernizeLinks(node, 'loader-string', ctx);
      selectOptions(node, ctx);
      loneOption(node, ctx);
    },
  },
});

/** `select(User).options(joinedload("orders"))`. */
function selectOptions(node: PyNode, ctx: RuleContext): void {
  const call = readMethodCall(node);
  if (call?.method.text !== 'options') return;
  const start = chainStart(call.receiver);
  if (!start || ctx.facts.qualifiedName(start.callee) !== 'sqlalchemy.select') return;
  const entities = start.list.named.flatMap((each) => entityOf(each, ctx.facts) ?? []);
  for (const each of call.positional) propose(each, readLoaderOption(each, entities, ctx), ctx);
}

/** An option that no query is seen to take, or on a query that comes from elsewhere. */
function loneOption(node: PyNode, ctx: RuleContext): void {
  const option = readLoneOption(node, ctx);
  if (option) propose(node, option, ctx, option);
}

function propose(
  at: PyNode,
  { edits, uses, refusal, doubts }: LoaderOption,
  ctx: RuleContext,
  { evidence, trail }: Pick<LoneOption, 'evidence' | 'trail'> = { evidence: 'proven', trail: [] },
): void {
  const message = 'names of attributes in loader options were removed';
  if (refusal !== null)
    return ctx.manual({
      at,
      message,
      reason: `${refusal}; write the attribute of the class itself`,
    });
  if (edits.length === 0) return;
  const likely = evidence === 'proven' ? [] : ['the class that is queried is likely, not proven'];
  const reasons = [...likely, ...doubts];
  ctx.fix({
    at,
    message,
    safety: reasons.length === 0 ? 'safe' : 'unsafe',
    ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }),
    edits,
    uses,
    evidence: trail,
  });
}
