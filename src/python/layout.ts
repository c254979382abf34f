// Lays one logical line out as Black and Ruff would. It changes white space, trailing commas and optional parentheses, and no other token.
import { isCertain } from './layout/certain.ts';
import { leavesOf } from './layout/leaves.ts';
import { lineText, makeLine } from './layout/line.ts';
import { optionalParentheses, type Dialect } from './layout/optional.ts';
import { splitLine } from './layout/split.ts';
import type { PyNode } from './tree.ts';

/** How the file is laid out. */
export interface LayoutOptions {
  /** The white space before the statement; continuation lines repeat it. */
  readonly indent: string;
  readonly lineLength: number;
  readonly newline: string;
  /** Whether `with (…):` may be written; when absent, a `with` whose layout depends on it is refused. */
  readonly parenthesizedWith?: boolean;
}

/**
 * The text of a simple statement, a decorator or the header of a compound statement (up to its colon) in Black's layout, or null
 * when the layout is not certain: comments or line continuations inside, strings over several lines, a body on the same line,
 * tabs, or a place where Black and Ruff differ. The first line comes without indentation.
 */
export function layoutStatement(statement: PyNode, options: LayoutOptions): string | null {
  const parts = logicalLine(statement);
  const first = parts?.[0];
  const last = parts?.at(-1);
  if (!parts || !first || !last || /[^ ]/.test(options.indent)) return null;
  const comment = commentAfter(statement.source, first.start, last.end);
  if (comment === null) return null;
  const { parenthesizedWith } = options;
  const withs = parenthesizedWith === undefined ? [true, false] : [parenthesizedWith];
  const layouts = new Set<string | null>();
  for (const each of withs)
    for (const parenthesizedMore of [true, false])
      for (const width of new Set([0, comment]))
        layouts.add(
          layout(statement, parts, { parenthesizedWith: each, parenthesizedMore }, width, options),
        );
  const [only = null] = layouts;
  return layouts.size === 1 ? only : null;
}

/** Whether the statement is already in the layout that `layoutStatement` gives it. */
export function isLaidOut(statement: PyNode, options: LayoutOptions): boolean {
  const parts = logicalLine(statement);
  const written = statement.source.slice(statement.start, parts?.at(-1)?.end ?? statement.end);
  return layoutStatement(statement, options) === written;
}

/** The statement itself, or the children of a compound one up to its colon. */
export function logicalLine(statement: PyNode): readonly PyNode[] | null {
  if (!HEADERS.has(statement.kind)) return [statement];
  const colon = statement.children.findIndex(
    (child) => child.kind === 'token' && child.text === ':',
  );
  return colon < 0 ? null : statement.children.slice(0, colon + 1);
}

const HEADERS: ReadonlySet<string> = new Set([
  'if_statement',
  'elif_clause',
  'while_statement',
  'for_statement',
  'with_statement',
  'function_definition',
  'class_definition',
]);

/** The width of a comment after the logical line; null when anything else shares a line with it. */
function commentAfter(source: string, start: number, end: number): number | null {
  const lineStart =
    Math.max(source.lastIndexOf('\n', start - 1), source.lastIndexOf('\r', start - 1)) + 1;
  const rest = /^[^\r\n]*/.exec(source.slice(end, end + 2000))?.[0] ?? '';
  if (source.slice(lineStart, start).trim() !== '') return null;
  const text = rest.trim();
  if (text === '') return 0;
  return text.startsWith('#') ? text.length + 2 : null;
}

function layout(
  statement: PyNode,
  parts: readonly PyNode[],
  dialect: Dialect,
  comment: number,
  options: LayoutOptions,
): string | null {
  const parentheses = optionalParentheses(statement, dialect);
  const leaves = parentheses && leavesOf(parts, parentheses);
  if (!leaves || leaves.some((leaf) => /[^\u0020-\u02ff]/.test(leaf.text))) return null;
  const commented = leaves.map((leaf, index) =>
    index === leaves.length - 1 ? { ...leaf, comment } : leaf,
  );
  const widths = { lineLength: options.lineLength, indent: options.indent.length };
  const lines = splitLine(makeLine(commented, 0, false), { widths, forceOptional: false });
  if (!isCertain(statement, parts, lines, widths)) return null;
  return lines
    .map((line) => ' '.repeat(4 * line.depth) + lineText(line))
    .join(options.newline + options.indent);
}
