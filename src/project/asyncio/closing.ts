// Reports sessions and connections that nobody closes for sure, and moves them into a `with` block. What they are is the caller's to know.
import type { Edit } from '../../edits/edit.ts';
import type { PyNode } from '../../python/tree.ts';
import { indentEdits, indentUnit, ownsLines } from '../core/blocks.ts';
import type { RuleContext } from '../rule.ts';
import { isTestPath } from '../test-paths.ts';
import { blockOfUses, sessionUse, usesOf } from './blocks.ts';
import { keeperOf } from './keeps.ts';
import { functionOf, isAsync } from './sessions.ts';

/** An assignment of a session or connection to a variable. */
export interface Opened {
  readonly node: PyNode;
  readonly target: PyNode;
  readonly value: PyNode;
}

/** What is said of one that is not closed. */
export interface Unclosed {
  readonly reason: string;
  /** What may go wrong when a block closes it. */
  readonly doubt: string;
  /** It is entered by `async with`. */
  readonly isAsync: boolean;
  /** Whether a block must not close it, for something is read after the block. */
  readonly outlives?: (uses: readonly PyNode[]) => boolean;
}

/** Reports a variable whose session or connection nothing closes for sure, and opens it in a block where its uses are one. */
export function reportUnclosed(
  opened: Opened,
  context: RuleContext,
  { reason, doubt, isAsync: isAsyncObject, outlives }: Unclosed,
): void {
  const { node, target } = opened;
  const { facts } = context;
  const definition = functionOf(node);
  const place = facts.binding.lookup(target.text, target);
  const binding = place?.bindings.find((each) => each.node === target);
  if (!definition || !binding || place?.scope.kind !== 'function' || place.bindings.length > 1)
    return;
  if (new RegExp(`\\b(global|nonlocal)\\b[^\\n]*\\b${target.text}\\b`).test(definition.text))
    return;
  const uses = usesOf(binding, facts);
  if (uses.length === 0 || uses.some((use) => functionOf(use) !== definition)) return;
  const kinds = uses.map(sessionUse);
  if (
    kinds.some((kind) => kind === 'managed' || kind === 'closed-finally' || kind === 'handed-over')
  )
    return;
  const keepers = uses.map((use) => keeperOf(use, facts));
  if (keepers.includes('function')) return;
  const closes = kinds.includes('closed');
  const message = closes
    ? `\`${target.text}\` is not closed when an exception is raised`
    : `\`${target.text}\` is never closed`;
  const possible =
    closes ||
    isTestPath(context.path) ||
    /@(pytest\.)?fixture/.test(definition.parent?.text.slice(0, 60) ?? '');
  const edits =
    possible || keepers.includes('object') || outlives?.(uses)
      ? null
      : blockEdits(opened, uses, definition, isAsyncObject, context);
  if (!edits) return context.manual({ at: node, message, reason, possible });
  context.fix({
    at: node,
    message,
    safety: 'unsafe',
    reason: doubt,
    edits,
  });
}

function blockEdits(
  { node, target, value }: Opened,
  uses: readonly PyNode[],
  definition: PyNode,
  isAsyncObject: boolean,
  context: RuleContext,
): readonly Edit[] | null {
  const statement = node.parent;
  if (statement?.kind !== 'expression_statement' || !ownsLines(statement)) return null;
  if (isAsyncObject && !isAsync(definition)) return null;
  const statements = blockOfUses(statement, uses);
  const last = statements?.at(-1);
  if (!statements || !last || !statements.every(ownsLines)) return null;
  return [
    context.replace(
      statement,
      `${isAsyncObject ? 'async ' : ''}with ${value.text} as ${target.text}:`,
    ),
    ...indentEdits(
      { start: statement.end, end: last.end },
      indentUnit(statement),
      statements,
      context,
    ),
  ];
}
