// The tokens of a statement and the lines they are laid out on, with their brackets and possible breaks. It decides no breaks.

/** How strongly a token asks for a line break beside it; a higher number breaks earlier. */
export const PRIORITY = {
  comprehension: 20,
  comma: 18,
  ternary: 16,
  logic: 14,
  string: 12,
  comparator: 10,
  dot: 1,
} as const;

/** What a bracket belongs to: the difference between a list display and a subscript decides how it explodes. */
export type BracketOwner = 'atom' | 'import' | 'trailer' | 'definition';

/** One token. Optional parentheses are tokens too, invisible until a layout needs them. */
export interface Leaf {
  readonly text: string;
  /** A `comment` is one that stands on a line of its own. */
  readonly role: 'open' | 'close' | 'comma' | 'string' | 'comment' | 'other';
  /** The white space before the token when it does not start a line. */
  readonly prefix: string;
  /** Priority of a break before the token; a `dot` counts only after a closing bracket. */
  readonly before: number;
  /** Priority of a break after the token. */
  readonly after: number;
  readonly owner: BracketOwner;
  /** Whether a trailing comma before this closing bracket keeps the brackets exploded. */
  readonly magic: boolean;
  /** The opening bracket of a closing one. */
  readonly opening: Leaf | null;
  /** Whether the token was added by the layout. */
  readonly added: boolean;
  /** Whether it is a parenthesis that is written only where a layout needs it. */
  readonly optional: boolean;
  /** Whether it is an optional parenthesis in the middle of an expression, which Black adds and Ruff does not. */
  readonly inner: boolean;
  /** The comment on the same line after the token, kept with it; empty when there is none or it follows the statement. */
  note: string;
  /** Width that the comment after the token counts for, the space before it included. */
  comment: number;
  visible: boolean;
}

/** One output line, or a part of the statement that is still to be broken into lines. */
export interface Line {
  readonly leaves: readonly Leaf[];
  readonly depth: number;
  readonly insideBrackets: boolean;
  /** The line must be broken at its commas whatever its length. */
  readonly mustSplit: boolean;
  /** The line holds a bracket pair that a trailing comma keeps exploded. */
  readonly magic: boolean;
  /** Tokens outside any bracket after which the line may be broken. */
  readonly delimiters: ReadonlyMap<Leaf, number>;
  readonly optional: readonly { readonly leaf: Leaf; readonly depth: number }[];
}

/** The widths a layout obeys. */
export interface Widths {
  readonly lineLength: number;
  readonly indent: number;
}

/** A line cut at a bracket pair. */
export interface Cut {
  readonly head: Line;
  readonly body: Line;
  readonly tail: Line;
  readonly open: Leaf;
  readonly close: Leaf;
}

/** Whether the line starts with the keyword, `async` apart. */
export function isKeyword(line: Line, ...keywords: readonly string[]): boolean {
  const [first, second] = line.leaves;
  const keyword = first?.text === 'async' ? second : first;
  return keyword !== undefined && keywords.includes(keyword.text);
}

/** The text of a token, empty while it is an invisible parenthesis. */
export function valueOf(leaf: Leaf): string {
  return leaf.visible ? leaf.text : '';
}

/** The line as text, without its indentation. */
export function lineText(line: Line): string {
  return line.leaves
    .map((leaf, index) => (index === 0 ? '' : leaf.prefix) + valueOf(leaf))
    .join('');
}

/** The line as text with the comments after its tokens, without its indentation. */
export function writtenText(line: Line): string {
  const notes = line.leaves.filter((leaf) => leaf.note !== '');
  return lineText(line) + notes.map((leaf) => `  ${leaf.note}`).join('');
}

/** Width of one token with the space before it. */
export function leafWidth(leaf: Leaf): number {
  return leaf.prefix.length + valueOf(leaf).length + Math.max(0, leaf.comment - 2);
}

/** Whether the line holds a comment that stands on a line of its own. */
export function holdsComment(line: Line): boolean {
  return line.leaves.some((leaf) => leaf.role === 'comment');
}

/** Whether something follows a comment on its line, but for a comma that the layout adds; a comment of its own stands alone. */
export function movesComment({ leaves }: Line, counted = true): boolean {
  return leaves.some((leaf, index) => {
    if (leaf.role === 'comment') return leaves.length > 1;
    const isKept = leaf.note === '' || !(counted || leaf.comment === 0);
    return !isKept && index + 1 < leaves.length && !leaves[index + 1]?.added;
  });
}

/**
 * Whether the line stays within the line length, as no line with a comment of its own inside does. A comment that does not count,
 * as Ruff has it, ends its line in any case.
 */
export function fits(line: Line, widths: Widths, reserve = 0): boolean {
  if (movesComment(line, false)) return false;
  const comments = line.leaves.reduce((sum, leaf) => sum + leaf.comment, 0);
  const width = widths.indent + 4 * line.depth + lineText(line).length + comments;
  return width + reserve <= widths.lineLength;
}

/** Makes a line of leaves. `tracked` tells which of them take part in bracket matching; all do when absent. */
export function makeLine(
  leaves: readonly Leaf[],
  depth: number,
  insideBrackets: boolean,
  tracked: ReadonlySet<Leaf> | null = null,
): Line {
  const delimiters = new Map<Leaf, number>();
  const optional: { leaf: Leaf; depth: number }[] = [];
  const open = new Set<Leaf>();
  const scopes: { until: 'in' | ':'; depth: number }[] = [];
  let level = 0;
  let magic = false;
  let previous: Leaf | null = null;
  for (const [index, leaf] of leaves.entries()) {
    if (tracked && !tracked.has(leaf)) continue;
    if (leaf.magic && leaves[index - 1]?.role === 'comma') magic = true;
    const opening = leaf.role === 'close' ? leaf.opening : null;
    if (level === 0 && leaf.role === 'close' && !(opening && open.has(opening))) continue;
    const scope = scopes.at(-1);
    if (scope && scope.depth === level && scope.until === leaf.text) {
      level -= 1;
      scopes.pop();
    }
    if (leaf.role === 'close') {
      level -= 1;
      if (opening) open.delete(opening);
      if (!leaf.visible) optional.push({ leaf, depth: level });
    }
    if (level === 0) markDelimiter(leaf, previous, delimiters);
    if (leaf.role === 'open') {
      if (!leaf.visible) optional.push({ leaf, depth: level });
      open.add(leaf);
      level += 1;
    }
    previous = leaf;
    if (leaf.text === 'lambda' || leaf.text === 'for') {
      level += 1;
      scopes.push({ until: leaf.text === 'for' ? 'in' : ':', depth: level });
    }
  }
  return { leaves, depth, insideBrackets, mustSplit: false, magic, delimiters, optional };
}

function markDelimiter(leaf: Leaf, previous: Leaf | null, delimiters: Map<Leaf, number>): void {
  if (previous && leaf.before > 0 && breaksBefore(leaf, previous))
    delimiters.set(previous, leaf.before);
  else if (leaf.after > 0) delimiters.set(leaf, leaf.after);
}

function breaksBefore(leaf: Leaf, previous: Leaf): boolean {
  if (leaf.before === PRIORITY.dot) return previous.role === 'close';
  if (leaf.before === PRIORITY.string) return previous.role === 'string';
  return true;
}

/** The highest priority among the line's breaks, 0 when there are none; `except` is not counted. */
export function maxPriority(line: Line, except: Leaf | null = null): number {
  let max = 0;
  for (const [leaf, priority] of line.delimiters)
    if (leaf !== except && priority > max) max = priority;
  return max;
}

/** How many breaks of the line have the priority. */
export function countPriority(line: Line, priority: number): number {
  let count = 0;
  for (const each of line.delimiters.values()) if (each === priority) count += 1;
  return count;
}

/** The leaves that lie within bracket pairs closed among `leaves`, the brackets included. */
export function insideMatchedBrackets(leaves: readonly Leaf[]): ReadonlySet<Leaf> {
  const inside = new Set<Leaf>();
  const stack: Leaf[][] = [];
  for (const leaf of leaves) {
    if (leaf.role === 'open') stack.push([leaf]);
    else if (leaf.role === 'close') {
      const level = stack.pop();
      if (level) for (const each of [...level, leaf]) inside.add(each);
      else if (inside.size > 0) break;
    } else stack.at(-1)?.push(leaf);
  }
  return inside;
}

/** A comma the layout adds. */
export function addedComma(): Leaf {
  return {
    text: ',',
    role: 'comma',
    prefix: '',
    before: 0,
    after: PRIORITY.comma,
    owner: 'atom',
    magic: false,
    opening: null,
    added: true,
    optional: false,
    inner: false,
    note: '',
    comment: 0,
    visible: true,
  };
}
