// Reports listeners that change every Query: a statement does not reach them. It rewrites none of them.
import { kindOfClass } from '../project/query/blockers.ts';
import { QUERY_CLASSES } from '../project/query/custom-query.ts';
import { readRegistration } from '../project/query/listeners.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'query-before-compile',
  summary: 'Report `before_compile` listeners, which statements do not reach',
  rationale:
    'Filters for tenants and deleted rows that such a listener adds would be lost without a trace: the queries that it changes stay until it listens to `do_orm_execute`.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/session_events.html#adding-global-where-on-criteria',
  fixes: 'none',
  rows: ['query-before-compile'],
  triggers: ['before_compile'],
  example: {
    before:
      '@event.listens_for(Query, "before_compile", retval=True)\ndef without_deleted(query):\n    return query.filter(User.deleted.is_(False))\n',
    after:
      '@event.listens_for(Query, "before_compile", retval=True)\ndef without_deleted(query):\n    return query.filter(User.deleted.is_(False))\n',
  },
  visit: {
    call(node, ctx) {
      const registration = readRegistration(node);
      if (registration?.event !== 'before_compile' || !isQueryClass(registration.target, ctx))
        return;
      ctx.manual({
        at: node,
        message: `a \`before_compile\` listener of \`${registration.target?.text ?? ''}\` sees no statements`,
        reason:
          'the queries that it may change are left as they are, for its criteria would be lost: let it listen to `do_orm_execute` of the Session, where legacy queries arrive too, and write `execute_state.statement = execute_state.statement.options(with_loader_criteria(Model, …))`',
      });
    },
  },
});

/** Query or a class that extends it, or something that cannot be told. */
function isQueryClass(target: PyNode | null, { facts }: RuleContext): boolean {
  const symbol = target && facts.symbols.symbolOf(facts.module, target);
  if (symbol?.kind === 'library') return QUERY_CLASSES.has(symbol.name);
  const definition = symbol?.kind === 'definition' ? symbol.binding.value : null;
  return symbol?.kind === 'definition' && definition?.kind === 'class_definition'
    ? kindOfClass(definition, symbol.module, facts.symbols) === 'query'
    : true;
}
