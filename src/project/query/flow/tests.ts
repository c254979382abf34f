// Asks a statement whether it is there, where a Query was asked whether it is true: every Query was, and no statement may be asked.
import type { Edit } from '../../../edits/edit.ts';
import type { PyNode } from '../../../python/tree.ts';
import type { RuleContext } from '../../rule.ts';
import type { Destination } from './destination.ts';

type Tested = Extract<Destination, { readonly kind: 'test' | 'alternative' }>;

/** The edits for `if query:`, `not query` and `query or other`. */
export function testEdits(tested: Tested, built: PyNode, ctx: RuleContext): readonly Edit[] {
  if (tested.kind === 'alternative') {
    const operator = tested.node.token('or');
    return operator ? [ctx.replace(operator, `if ${tested.operand.text} is not None else`)] : [];
  }
  if (!tested.not) return [ctx.after(built, ' is not None')];
  const start = tested.not.token('not');
  if (!start) return [];
  const next = tested.not.named[0] ?? built;
  return [ctx.replace({ start: start.start, end: next.start }, ''), ctx.after(built, ' is None')];
}
