// Lays one logical line out as Black and Ruff would. It changes white space, trailing commas and optional parentheses, and no other token.
import { lineStart } from './position.ts';
import { isCertain } from './layout/certain.ts';
import { leavesOf } from './layout/leaves.ts';
import { makeLine, writtenText } from './layout/line.ts';
import { optionalParentheses, type Dialect } from './layout/optional.ts';
import { splitLine } from './layout/split.ts';
import { descendants, type PyNode } from './tree.ts';

/** How the file is laid out. */
export interface LayoutOptions {
  /** The white space before the statement; continuation lines repeat it. */
  readonly indent: string;
  readonly lineLength: number;
  readonly newline: string;
  /** Whether `with (…):` may be written; when absent, a `with` whose layout depends on it is refused. */
  readonly parenthesizedWith?: boolean;
  /** Whether backslashes at line ends may go; else a statement that has any is refused. */
  readonly joinsLines?: boolean;
}

/**
 * The text of a simple statement, a decorator or the header of a compound statement (up to its colon) in Black's layout, or null
 * when the layout is not certain: backslashes at line ends, strings over several lines, a body on the same line, tabs, comments
 * that would move, or a place where Black and Ruff differ. The first line comes without indentation.
 */
export function layoutStatement(statement: PyNode, options: LayoutOptions): string | null {
  const parts = logicalLine(statement);
  const first = parts?.[0];
  const last = parts?.at(-1);
  if (!parts || !first || !last || /[^ ]/.test(options.indent)) return null;
  const comment = commentAfter(statement.source, first.start, last.end);
  if (comment === null) return null;
  const notes = parts.flatMap((part) => descendants(part, 'comment'));
  const pragmas = [comment, ...notes.map((note) => note.text)].some((text) => PRAGMA.test(text));
  const layouts = new Set<string | null>();
  for (const dialect of dialects(statement, options))
    for (const counted of pragmas ? [true, false] : [true])
      layouts.add(layout(statement, parts, { dialect, comment, counted }, options));
  const [only = null] = layouts;
  return layouts.size === 1 && only !== null && keepsIgnored(notes, only) ? only : null;
}

/** Whether every line with a `type: ignore` inside stays as it is: Black breaks none that is too long. */
function keepsIgnored(notes: readonly PyNode[], laidOut: string): boolean {
  const ignored = notes.filter((note) => /^#\s*type:/.test(note.text));
  if (ignored.length === 0) return true;
  const lines = new Set(laidOut.split(/\r?\n/).map((line) => line.trim()));
  return ignored.every(({ source, start, text }) => {
    const code = source.slice(source.lastIndexOf('\n', start) + 1, start).trim();
    return code === '' || lines.has(`${code}  ${text}`) || lines.has(`${code},  ${text}`);
  });
}

/** The dialects under which a statement of this kind may come out differently. */
function dialects(statement: PyNode, options: LayoutOptions): readonly Dialect[] {
  const { parenthesizedWith } = options;
  if (statement.kind === 'with_statement')
    return (parenthesizedWith === undefined ? [true, false] : [parenthesizedWith]).map((each) => ({
      parenthesizedWith: each,
      parenthesizedMore: true,
    }));
  const disputed =
    statement.kind === 'raise_statement' ||
    statement.kind === 'decorator' ||
    statement.children[0]?.kind === 'yield';
  return (disputed ? [true, false] : [true]).map((each) => ({
    parenthesizedWith: true,
    parenthesizedMore: each,
  }));
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

const PRAGMA = /^#\s*(?:type:|noqa|pyright:|pylint:|flake8:|ruff:|ty:|nosec|isort:)/i;

/** The comment after the logical line, '' when there is none and null when anything else shares a line with it. */
function commentAfter(source: string, start: number, end: number): string | null {
  if (source.slice(lineStart(source, start), start).trim() !== '') return null;
  const text = lineRest(source, end).trim();
  return text === '' || text.startsWith('#') ? text : null;
}

function lineRest(source: string, start: number): string {
  let end = start;
  while (end < source.length && source[end] !== '\n' && source[end] !== '\r') end += 1;
  return source.slice(start, end);
}

/** One way to read the statement: the formatters count its width differently. */
interface Reading {
  readonly dialect: Dialect;
  /** The comment after the logical line. */
  readonly comment: string;
  /** Whether comments for other tools count, as Black has it; they do not in Ruff. */
  readonly counted: boolean;
}

function layout(
  statement: PyNode,
  parts: readonly PyNode[],
  { dialect, comment, counted }: Reading,
  options: LayoutOptions,
): string | null {
  const parentheses = optionalParentheses(statement, dialect);
  const leaves = parentheses && leavesOf(parts, parentheses, options.joinsLines ?? false);
  if (!leaves || leaves.some((leaf) => /[^\u0020-\u02ff]/.test(leaf.text))) return null;
  const last = leaves.at(-1);
  if (last && comment !== '') last.comment = comment.length + 2;
  if (!counted)
    for (const leaf of leaves)
      if (PRAGMA.test(leaf === last ? comment : leaf.note)) leaf.comment = 0;
  const widths = { lineLength: options.lineLength, indent: options.indent.length };
  const lines = splitLine(makeLine(leaves, 0, false), { widths, forceOptional: false });
  if (!isCertain(statement, parts, lines, widths)) return null;
  return lines
    .map((line) => ' '.repeat(4 * line.depth) + writtenText(line))
    .join(options.newline + options.indent);
}
