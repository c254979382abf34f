// Renames operators to their names of 1.4. The table is in src/sqlalchemy/renamed-operators.ts.
import { unparenthesized } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { isColumn, isExpression } from '../project/core/expressions.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { RENAMED_FUNCTIONS, RENAMED_OPERATORS } from '../sqlalchemy/renamed-operators.ts';

export default defineTransform({
  id: 'core-operator-renamed',
  summary: 'Use the names of operators that 1.4 introduced',
  rationale: 'A matter of style: the old names are no part of the documentation, but still there.',
  reference: 'https://docs.sqlalchemy.org/en/20/changelog/changelog_14.html#change-1.4.0b2-sql',
  fixes: 'safe',
  rows: ['operator-renames'],
  triggers: [...RENAMED_OPERATORS.keys()],
  optIn: true,
  stillRuns: true,
  example: {
    before: 'stmt = select(users).where(users.c.name.isnot(None))\n',
    after: 'stmt = select(users).where(users.c.name.is_not(None))\n',
  },
  visit: {
    attribute(node, context) {
      const name = node.child('attribute');
      const to = RENAMED_OPERATORS.get(name?.text ?? '');
      const receiver = node.child('object');
      if (!name || to === undefined || !receiver) return;
      if (RENAMED_FUNCTIONS.has(context.facts.qualifiedName(node) ?? ''))
        return rename(name, to, 'proven', context);
      const isProven = isValue(receiver, context);
      if (!isProven && (context.facts.infer(receiver) || receiver.text === 'self')) return;
      if (isDefined(name.text, context)) return;
      rename(name, to, isProven ? 'proven' : 'likely', context);
    },
    identifier(node, context) {
      if (!RENAMED_OPERATORS.has(node.text) || node.parent?.kind === 'attribute') return;
      const name = context.facts.qualifiedName(node) ?? '';
      const isRead = node.parent?.kind === 'call' && node.field === 'function';
      if (!isRead || !RENAMED_FUNCTIONS.has(name)) return;
      const use = context.use(RENAMED_FUNCTIONS.get(name) ?? name, node);
      context.fix({
        at: node,
        message: `\`${node.text}()\` has another name since 1.4`,
        safety: 'safe',
        edits: [context.replace(node, use.text)],
        uses: [use],
      });
    },
  },
});

function isValue(receiver: PyNode, { facts }: RuleContext): boolean {
  const inner = unparenthesized(receiver);
  return inner.kind === 'attribute'
    ? isColumn(inner, facts)
    : inner.kind === 'call' && isExpression(inner, facts);
}

/** A comparator of the project may define the old name, and not the new one. */
function isDefined(name: string, { facts }: RuleContext): boolean {
  return facts.modules.modules.some(({ tree }) => tree.text.includes(`def ${name}(`));
}

function rename(
  name: PyNode,
  to: string,
  evidence: 'proven' | 'likely',
  context: RuleContext,
): void {
  context.fix({
    at: name,
    message: `\`${name.text}()\` has another name since 1.4`,
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : 'that it is a column is not proven',
    edits: [context.replace(name, to)],
  });
}
