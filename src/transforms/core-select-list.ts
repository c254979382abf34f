// Rewrites select() calls that pass the columns as a list, and with_only_columns() likewise.
import { keyword, readCall, readMethodCall, type Call } from '../python/calls.ts';
import {
  hasCriterion,
  hasLegacyClauses,
  isCollection,
  legacyColumns,
  rewriteLegacySelect,
} from '../project/core/legacy-select.ts';
import { isInstance } from '../project/core/receivers.ts';
import { isSequence, unpackEdits } from '../project/core/sequences.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'core-select-list',
  summary: 'Pass columns to `select()` one by one, and everything else through methods',
  rationale: '2.0 takes no list of columns and no further arguments; it raises ArgumentError.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#select-no-longer-accepts-varied-constructor-arguments-columns-are-passed-positionally',
  fixes: 'safe',
  rows: [
    'select-list',
    'select-list-variable',
    'select-whereclause',
    'select-kwargs',
    'select-star',
    'select-int-literal',
    'select-str-columns',
    'with-only-columns-list',
  ],
  triggers: ['select', 'with_only_columns'],
  example: {
    before: 'stmt = select([users.c.id, users.c.name], users.c.id > 5)\n',
    after: 'stmt = select(users.c.id, users.c.name).where(users.c.id > 5)\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      if (!call) return;
      if (context.facts.qualifiedName(call.callee) === 'sqlalchemy.select')
        rewriteSelect(call, context);
      else if (node.child('function')?.child('attribute')?.text === 'with_only_columns')
        rewriteOnlyColumns(call, context);
    },
  },
});

function rewriteSelect(call: Call, context: RuleContext): void {
  const message = '`select()` with a list of columns';
  const columns = legacyColumns(call, context);
  if (!columns) {
    if (context.settings.targetVersion === '1.4') starCollection(call, context);
    if (hasLegacyClauses(call))
      context.manual({
        at: call.node,
        message: '`select()` with keyword arguments',
        reason:
          'its columns are not a list that can be traced; pass them one by one and use methods for the rest',
      });
    return;
  }
  const rewrite = rewriteLegacySelect(call, columns, context);
  if ('refusal' in rewrite)
    return context.manual({
      at: call.node,
      message,
      reason: `${rewrite.refusal}; then write select(a, b).where(…)`,
    });
  const { edits, uses } = rewrite;
  const isAmbiguous = isCollection(columns, context.facts) && hasCriterion(call);
  const safety = isAmbiguous ? 'unsafe' : rewrite.safety;
  const reason = isAmbiguous
    ? 'the criterion was the WHERE clause in 1.x; code that was written for 2.x selects it'
    : rewrite.reason;
  context.fix({ at: call.node, message, safety, reason, edits, uses });
}

/** `select(users.c)`: 2.x takes a collection of columns as it is, 1.4 takes it for a legacy list and warns. */
function starCollection({ node, positional, list }: Call, context: RuleContext): void {
  const [columns] = positional;
  if (!columns || list.named.length > 1 || !isCollection(columns, context.facts)) return;
  context.fix({
    at: node,
    message: '`select()` of a collection of columns, which 1.4 warns about',
    safety: 'safe',
    edits: [context.before(columns, '*')],
  });
}

function rewriteOnlyColumns(call: Call, context: RuleContext): void {
  const method = readMethodCall(call.node);
  const columns = call.positional[0] ?? keyword(call, 'columns');
  if (!method || !columns || call.positional.length > 1 || call.keywords.length > 0) return;
  if (!isSequence(columns, context.facts)) return;
  const receiver = isInstance(method.receiver, ['sqlalchemy.Select'], context.facts);
  context.fix({
    at: call.node,
    message: '`with_only_columns()` with a list of columns',
    safety: receiver === 'proven' ? 'safe' : 'unsafe',
    reason: receiver === 'proven' ? '' : 'the receiver is not proven to be a select',
    edits: unpackEdits(columns, context),
  });
}
