// Writes out the count() that tables and statements had in 1.3.
import { calledName, keyword, readMethodCall, type MethodCall } from '../python/calls.ts';
import { isExpression } from '../project/core/expressions.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { SELECTS, TABLES } from '../sqlalchemy/classes.ts';
import type { LibraryClass } from '../sqlalchemy/returns.ts';

const COUNTED: readonly LibraryClass[] = [...TABLES, 'sqlalchemy.Alias'];
const OTHERS: readonly LibraryClass[] = [
  ...SELECTS,
  'sqlalchemy.CTE',
  'sqlalchemy.Join',
  'sqlalchemy.Subquery',
];
/** What 1.3 called the column. */
const LABEL = 'tbl_row_count';

export default defineTransform({
  id: 'core-table-count',
  summary: 'Select `func.count()` instead of calling `count()` of a table',
  rationale: 'The method is gone since 1.4: it raises AttributeError.',
  reference: 'https://docs.sqlalchemy.org/en/20/core/functions.html#sqlalchemy.sql.functions.count',
  fixes: 'safe',
  rows: ['table-count'],
  triggers: ['.count('],
  example: {
    before: 'total = connection.execute(users.count()).scalar()\n',
    after: 'total = connection.execute(select(func.count()).select_from(users)).scalar()\n',
  },
  visit: {
    call(node, context) {
      if (calledName(node) !== 'count') return;
      const call = readMethodCall(node);
      if (!call || call.list.named.length > 1) return;
      const { facts } = context;
      const evidence = isInstance(call.receiver, COUNTED, facts);
      if (evidence) countRows(call, evidence === 'proven', context);
      else if (isInstance(call.receiver, OTHERS, facts) === 'proven')
        context.manual({
          at: node,
          message: '`count()` of a statement or join',
          reason:
            'it counted the primary key, else the first column, without NULL: write select(func.count(column)).select_from(…), of a statement its subquery()',
        });
    },
  },
});

function countRows(call: MethodCall, isProven: boolean, context: RuleContext): void {
  const { node, receiver, list, keywords } = call;
  const message = '`count()` of a table';
  const criterion = keyword(call, 'whereclause') ?? call.positional[0] ?? null;
  const isKnown = keywords.every(({ name }) => name === 'whereclause') && !call.doubleStarred;
  if (!isKnown || list.children.some((child) => child.kind === 'comment'))
    return context.manual({
      at: node,
      message,
      reason: 'write select(func.count()).select_from(table).where(…)',
    });
  const select = context.use('sqlalchemy.select', node);
  const func = context.use('sqlalchemy.func', node);
  const isLabelled = context.facts.modules.modules.some(({ tree }) => tree.text.includes(LABEL));
  const counted = `${func.text}.count()${isLabelled ? `.label("${LABEL}")` : ''}`;
  const isWhole = !criterion || criterion.kind === 'none';
  const isCertain = isWhole || isExpression(criterion, context.facts);
  const doubts = [
    isProven ? '' : 'that it is a table is not proven',
    isCertain ? '' : 'the criterion may be None, which would render NULL',
  ].filter((doubt) => doubt !== '');
  context.fix({
    at: node,
    message,
    safety: doubts.length === 0 ? 'safe' : 'unsafe',
    reason: doubts.join('; '),
    edits: [
      context.before(receiver, `${select.text}(${counted}).select_from(`),
      context.replace(
        { start: receiver.end, end: isWhole ? node.end : criterion.start },
        isWhole ? ')' : ').where(',
      ),
    ],
    uses: [select, func],
  });
}
