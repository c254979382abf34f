// Compares with any_() and all_() of an array, where 1.x had methods of its columns and functions of PostgreSQL. Other comparisons than equality are reported.
import { calledName, readCall, readMethodCall, type Call } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { columnBehind } from '../project/core/column-behind.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const ARRAYS = /\.ARRAY$/;
const FUNCTIONS = /^sqlalchemy\.dialects\.postgresql\.(Any|All)$/;
/** What binds closer than a comparison. */
const CLOSE =
  /^(attribute|call|concatenated_string|dictionary|false|float|identifier|integer|list|none|parenthesized_expression|string|subscript|true|tuple)$/;
/** Where a comparison needs no parentheses. */
const OPEN =
  /^(argument_list|assignment|expression_statement|keyword_argument|list|return_statement)$/;

export default defineTransform({
  id: 'core-array-any',
  summary: 'Compare with `any_()` and `all_()` of an array',
  rationale:
    'Only with `--target-version 2.1`, which deprecates `any()` and `all()` of array columns, and `Any()` and `All()` of PostgreSQL.',
  reference:
    'https://docs.sqlalchemy.org/en/21/core/sqlelement.html#sqlalchemy.sql.expression.any_',
  fixes: 'safe',
  rows: ['array-any-all'],
  triggers: ['.any(', '.all(', 'Any(', 'All('],
  example: {
    before:
      'marks = Table("marks", MetaData(), Column("numbers", sa.ARRAY(Integer)))\nstmt = select(marks).where(marks.c.numbers.any(5))\n',
    after:
      'marks = Table("marks", MetaData(), Column("numbers", sa.ARRAY(Integer)))\nstmt = select(marks).where(5 == any_(marks.c.numbers))\n',
    targetVersion: '2.1',
  },
  visit: {
    call(node, context) {
      if (context.settings.targetVersion !== '2.1') return;
      const name = calledName(node) ?? '';
      if (!/^(any|all)$/i.test(name)) return;
      const call = readCall(node);
      if (!call || call.list.named.length === 0) return;
      const array = arrayOf(call, context);
      if (array) compare(call, array, name.toLowerCase(), context);
    },
  },
});

/** The array that a call looks into. */
function arrayOf(call: Call, { facts }: RuleContext): PyNode | null {
  const method = readMethodCall(call.node);
  if (method && method.method.text.startsWith('a'))
    return ARRAYS.test(columnBehind(method.receiver, facts)?.type?.name ?? '')
      ? method.receiver
      : null;
  const [, array] = call.positional;
  return array && FUNCTIONS.test(facts.qualifiedName(call.callee) ?? '') ? array : null;
}

function compare(call: Call, array: PyNode, name: string, context: RuleContext): void {
  const { node, list } = call;
  const [value] = call.positional;
  const message = `\`${calledName(node) ?? name}()\` of an array`;
  const given = array.start < list.start ? 1 : 2;
  const hasComment = list.children.some((child) => child.kind === 'comment');
  if (!value || list.named.length !== given || call.starred || hasComment)
    return context.manual({
      at: node,
      message,
      reason: `2.1 deprecates it: compare with ${name}_(array), as in value < ${name}_(array)`,
    });
  const use = context.use(`sqlalchemy.${name}_`, node);
  const left = CLOSE.test(value.kind) ? value.text : `(${value.text})`;
  const text = `${left} == ${use.text}(${array.text})`;
  const isOpen = node.parent !== null && OPEN.test(node.parent.kind);
  context.fix({
    at: node,
    message,
    safety: 'safe',
    edits: [context.replace(node, isOpen ? text : `(${text})`)],
    uses: [use],
  });
}
