// Rewrites exists() calls that pass a list of columns or criteria as arguments.
import { readCall } from '../python/calls.ts';
import { isDisplay } from '../python/displays.ts';
import {
  hasLegacyClauses,
  legacyColumns,
  rewriteLegacySelect,
} from '../project/core/legacy-select.ts';
import { defineTransform } from '../project/rule.ts';
import { EXISTS_METHODS } from '../sqlalchemy/select-arguments.ts';

export default defineTransform({
  id: 'core-exists-list',
  summary: 'Pass one column or statement to `exists()`, and criteria through `where()`',
  rationale: '2.0 takes one column or statement and nothing else.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#select-no-longer-accepts-varied-constructor-arguments-columns-are-passed-positionally',
  fixes: 'safe',
  rows: ['exists-list'],
  triggers: ['exists'],
  example: {
    before: 'exists([orders.c.id], orders.c.user_id == users.c.id)\n',
    after: 'exists(orders.c.id).where(orders.c.user_id == users.c.id)\n',
  },
  visit: {
    call(node, context) {
      const callee = node.child('function');
      if (!callee || context.facts.qualifiedName(callee) !== 'sqlalchemy.exists') return;
      const call = readCall(node);
      if (!call) return;
      const message = '`exists()` with the arguments of a legacy select';
      const columns = legacyColumns(call, context);
      if (!columns) {
        if (hasLegacyClauses(call))
          context.manual({
            at: node,
            message,
            reason: 'its columns are not a list that can be traced; write exists(column).where(…)',
          });
        return;
      }
      const rewrite = rewriteLegacySelect(call, columns, context);
      if ('refusal' in rewrite)
        return context.manual({
          at: node,
          message,
          reason: `${rewrite.refusal}; then write exists(column).where(…)`,
        });
      const { methods, safety, reason } = rewrite;
      const uses = [...rewrite.uses];
      const edits = [...rewrite.edits];
      // Only a select takes several columns, or the other clauses.
      if (
        !isDisplay(columns) ||
        columns.named.length !== 1 ||
        !methods.every((each) => EXISTS_METHODS.has(each))
      ) {
        const select = context.use('sqlalchemy.select', node);
        uses.push(select);
        edits.push(context.before(call.callee, `${call.callee.text}(`));
        edits.push(context.replace(call.callee, select.text));
        edits.push(context.after(node, ')'));
      }
      context.fix({ at: node, message, safety, reason, edits, uses });
    },
  },
});
