// Reads `# sqla-migrate: ignore[…]` and `ignore-file` comments and answers what they suppress. It changes no text.
import { lineStart } from '../python/position.ts';
import { selects } from './select.ts';
import { descendants, nodeAt, type PyNode, type PyTree, type Span } from '../python/tree.ts';

/** The suppressions of one file. */
export interface Suppressions {
  /** The whole file is to be left alone. */
  readonly file: boolean;
  /** Whether a rule is suppressed on the first line of a span, or on the first or last line of its statement. */
  covers(rule: string, span: Span): boolean;
}

const NONE: Suppressions = { file: false, covers: () => false };
const MARK = 'sqla-migrate:';
const DIRECTIVE = /#\s*sqla-migrate:\s*(ignore-file|ignore)\b(?:\[([^\]]*)\])?/;
const SIMPLE = new Set(['block', 'module']);

/** Collects the suppressions of a parsed file. */
export function suppressionsOf(tree: PyTree): Suppressions {
  if (!tree.text.includes(MARK)) return NONE;
  const lines = new Map<number, readonly string[]>();
  let file = false;
  const firstStatement = tree.root.children.find((child) => child.kind !== 'comment');
  for (const comment of descendants(tree.root, 'comment')) {
    const match = DIRECTIVE.exec(comment.text);
    if (!match) continue;
    if (match[1] === 'ignore-file') file ||= comment.start < (firstStatement?.start ?? Infinity);
    else lines.set(lineStart(tree.text, comment.start), rulesOf(match[2]));
  }
  return {
    file,
    covers(rule, span) {
      const statement = statementAt(tree.root, span);
      return [span.start, statement.start, Math.max(statement.start, statement.end - 1)].some(
        (offset) =>
          lines.get(lineStart(tree.text, offset))?.some((selector) => selects(selector, rule)),
      );
    },
  };
}

/** The innermost statement that holds a span; for a statement with a body only its header counts. */
export function statementAt(root: PyNode, span: Span): Span {
  let node = nodeAt(root, span);
  while (node.parent && !SIMPLE.has(node.parent.kind)) node = node.parent;
  const header = node.child('body') || node.child('consequence') ? node.token(':') : null;
  return { start: node.start, end: header?.end ?? node.end };
}

function rulesOf(list: string | undefined): readonly string[] {
  if (list === undefined) return ['all'];
  return list
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}
