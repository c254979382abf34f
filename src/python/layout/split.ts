// Breaks a statement's tokens into lines the way Black does: at the last brackets, at delimiters, or at the first brackets of a `def`.
import {
  addedComma,
  countPriority,
  fits,
  holdsComment,
  insideMatchedBrackets,
  isKeyword,
  leafWidth,
  makeLine,
  maxPriority,
  PRIORITY,
  writtenText,
  type Cut,
  type Leaf,
  type Line,
  type Widths,
} from './line.ts';
import { canBeSplit, canOmitOptional, prefersInnerSplit, trailersToOmit } from './choices.ts';

/** What holds for a whole statement while it is broken. */
export interface Context {
  readonly widths: Widths;
  /** Keep every optional pair of parentheses: the second opinion on a layout that did not fit. */
  readonly forceOptional: boolean;
}

/** Breaks the line into lines that fit, as far as it can be broken. */
export function splitLine(line: Line, context: Context): readonly Line[] {
  if (!line.mustSplit && !line.magic && fits(line, context.widths)) return [line];
  if (isKeyword(line, 'def')) return runSplit(line, leftHandSplit, context) ?? [line];
  const delimited = line.insideBrackets
    ? (runSplit(line, delimiterSplit, context) ?? runSplit(line, commentSplit, context))
    : null;
  return delimited ?? runSplit(line, rightHandSplits, context) ?? [line];
}

type Split = (line: Line, context: Context) => readonly Line[] | null;

function runSplit(line: Line, split: Split, context: Context): readonly Line[] | null {
  const optional = line.optional.filter((each) => each.depth === 0).map((each) => each.leaf);
  const text = writtenText(line);
  const parts = split(line, context);
  if (!parts || parts.some((part) => writtenText(part) === text)) return null;
  const result = parts.flatMap((part) => splitLine(part, context));
  const first = result[0];
  if (
    context.forceOptional ||
    split !== rightHandSplits ||
    line.optional.length === 0 ||
    optional.some((leaf) => leaf.visible) ||
    !first ||
    fits(first, context.widths) ||
    line.leaves.some((leaf) => leaf.added || leaf.role === 'comment')
  )
    return result;
  const second = runSplit(copyLine(line), split, { ...context, forceOptional: true });
  return second?.every((each) => fits(each, context.widths)) ? second : second && result;
}

/** A copy whose parentheses can become visible without touching the original. */
function copyLine(line: Line): Line {
  const copies = new Map<Leaf, Leaf>();
  const leaves = line.leaves.map((leaf) => {
    const copy = { ...leaf, opening: (leaf.opening && copies.get(leaf.opening)) ?? leaf.opening };
    copies.set(leaf, copy);
    return copy;
  });
  const fresh = makeLine(leaves, line.depth, line.insideBrackets);
  return { ...fresh, mustSplit: line.mustSplit, magic: line.magic };
}

function delimiterSplit(line: Line): readonly Line[] | null {
  const last = line.leaves.at(-1);
  if (!last) return null;
  const priority = maxPriority(line, last);
  if (priority === 0) return null;
  if (priority === PRIORITY.dot && countPriority(line, priority) === 1) return null;
  const final = line.leaves.findLast((leaf) => leaf.role !== 'comment');
  const comma = priority === PRIORITY.comma && final?.role !== 'comma' ? [addedComma()] : [];
  return separate(line, (leaf) => ({
    added: leaf === final ? comma : [],
    ends: line.delimiters.get(leaf) === priority,
  }));
}

/** Cuts the line at the comments that stand on lines of their own outside brackets. */
function commentSplit(line: Line): readonly Line[] | null {
  return holdsComment(line) ? separate(line, () => ({ added: [], ends: false })) : null;
}

/** Cuts the line around its own comments outside brackets, and after the leaves that `after` names. */
function separate(
  line: Line,
  after: (leaf: Leaf) => { readonly added: readonly Leaf[]; readonly ends: boolean },
): readonly Line[] {
  const parts: Leaf[][] = [[]];
  let level = 0;
  for (const leaf of line.leaves) {
    if (leaf.role === 'open') level += 1;
    else if (leaf.role === 'close') level -= 1;
    const alone = leaf.role === 'comment' && level === 0;
    if (alone) parts.push([]);
    const { added, ends } = after(leaf);
    parts.at(-1)?.push(leaf, ...added);
    if (alone || ends) parts.push([]);
  }
  return parts
    .filter((part) => part.length > 0)
    .map((part) => makeLine(part, line.depth, line.insideBrackets));
}

function rightHandSplits(line: Line, context: Context): readonly Line[] | null {
  const { widths } = context;
  const starts = new Map<Leaf, number>();
  let width = widths.indent + 4 * line.depth;
  for (const leaf of line.leaves) {
    starts.set(leaf, width);
    width += leafWidth(leaf);
  }
  let first: readonly Line[] | null = null;
  for (const omit of trailersToOmit(line, widths)) {
    if (omit.size > 0) {
      const target = line.leaves.findLast((leaf) => leaf.role === 'close' && !omit.has(leaf));
      const open = target?.opening;
      if (open?.visible && (starts.get(open) ?? 0) > widths.lineLength) continue;
    }
    const lines = rightHandSplit(line, context, omit);
    if (!lines) return null;
    if (omit.size === 0) first ??= lines;
    if (lines[0] && fits(lines[0], widths)) return lines;
  }
  return first ?? rightHandSplit(line, context, new Set());
}

function rightHandSplit(
  line: Line,
  context: Context,
  omit: ReadonlySet<Leaf>,
): readonly Line[] | null {
  const cut = lastBrackets(line, omit);
  return cut && splitPerhapsWithoutOptional(cut, line, context, omit);
}

function splitPerhapsWithoutOptional(
  cut: Cut,
  line: Line,
  context: Context,
  omit: ReadonlySet<Leaf>,
): readonly Line[] | null {
  const { widths } = context;
  if (
    !context.forceOptional &&
    !cut.open.visible &&
    !isKeyword(line, 'from', 'import') &&
    canOmitOptional(cut, widths)
  ) {
    const further = new Set([...omit, cut.close]);
    const inner = lastBrackets(line, further);
    const preferred = inner !== null && prefersInnerSplit(inner, cut, widths);
    const lines = preferred ? splitPerhapsWithoutOptional(inner, line, context, further) : null;
    if (lines) return lines;
    const failed = !inner || preferred;
    const chained = line.leaves.filter((leaf) => leaf.text === '=').length > 1;
    if (failed && !chained && !canBeSplit(cut.body) && !fits(cut.body, widths)) return null;
  }
  cut.open.visible = true;
  cut.close.visible = true;
  return [cut.head, cut.body, cut.tail].filter((part) => part.leaves.length > 0);
}

/** Cuts the line at its last non-empty bracket pair that is not omitted. */
function lastBrackets(line: Line, omit: ReadonlySet<Leaf>): Cut | null {
  const { leaves } = line;
  let open: Leaf | null = null;
  let bodyEnd = 0;
  for (let index = leaves.length - 1; index >= 0; index -= 1) {
    const leaf = leaves[index];
    if (!leaf) break;
    if (open) {
      if (leaf !== open) continue;
      if (index + 1 < bodyEnd) return cutAt(line, index, bodyEnd);
      open = null;
    } else if (leaf.role === 'close' && !omit.has(leaf)) {
      open = leaf.opening;
      bodyEnd = index;
    }
  }
  return null;
}

function cutAt(line: Line, openAt: number, closeAt: number): Cut | null {
  const { leaves, depth } = line;
  const open = leaves[openAt];
  const close = leaves[closeAt];
  if (!open || !close) return null;
  const head = leaves.slice(0, openAt + 1);
  return {
    head: makeLine(head, depth, false, insideMatchedBrackets(head)),
    body: bodyLine(line, leaves.slice(openAt + 1, closeAt), open),
    tail: makeLine(leaves.slice(closeAt), depth, false, new Set()),
    open,
    close,
  };
}

function bodyLine(line: Line, content: readonly Leaf[], open: Leaf): Line {
  const plain = makeLine(content, line.depth + 1, true);
  const end = content.findLastIndex((leaf) => leaf.role !== 'comment');
  const needsComma =
    content[end]?.role !== 'comma' &&
    (open.owner === 'import' ||
      (open.owner === 'definition' && maxPriority(plain) < PRIORITY.comma));
  const leaves = needsComma ? content.toSpliced(end + 1, 0, addedComma()) : content;
  const body = needsComma ? makeLine(leaves, line.depth + 1, true) : plain;
  const last = leaves.at(-1);
  const trailing = last?.role === 'comma' ? last : null;
  const listed = maxPriority(body, trailing) === PRIORITY.comma;
  const always = open.owner === 'atom' || open.owner === 'import';
  return { ...body, mustSplit: listed && (trailing !== null || always) };
}

/** Cuts a `def` at its parameters. */
function leftHandSplit(line: Line): readonly Line[] | null {
  const openAt = line.leaves.findIndex((leaf) => leaf.owner === 'definition');
  const open = line.leaves[openAt];
  const closeAt = line.leaves.findIndex((leaf) => leaf.role === 'close' && leaf.opening === open);
  if (openAt < 0 || closeAt <= openAt + 1) return null;
  const cut = cutAt(line, openAt, closeAt);
  return cut && [cut.head, cut.body, cut.tail];
}
