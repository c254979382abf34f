// The judgements of taste behind a break: when optional parentheses can go, and which bracket pair to break at. It breaks nothing.
import {
  countPriority,
  fits,
  isKeyword,
  leafWidth,
  maxPriority,
  PRIORITY,
  type Cut,
  type Leaf,
  type Line,
  type Widths,
} from './line.ts';

/** Whether the body reads well without the optional parentheses around it. */
export function canOmitOptional(cut: Cut, widths: Widths): boolean {
  const { body } = cut;
  if (cut.open.note !== '' || commentStandsOutside(body)) return false;
  const priority = maxPriority(body);
  if (priority === 0) return true;
  const count = countPriority(body, priority);
  if (count > 1) return false;
  if (priority === PRIORITY.comma && isKeyword(cut.head, 'with')) return false;
  if (priority === PRIORITY.dot) return true;
  const [first, second] = body.leaves;
  const last = body.leaves.at(-1);
  const penultimate = body.leaves.at(-2);
  if (!first || !second || !last || !penultimate) return false;
  if (first.role === 'open' && second.role !== 'close' && omitsAtStart(body, first, widths))
    return true;
  const breakable =
    last.role === 'close' && (last.text !== ']' || (last.opening ?? last).owner !== 'trailer');
  if (!breakable || penultimate.role === 'open') return false;
  return omitsAtEnd(body, last, widths);
}

/** Whether a comment on a line of its own stands outside all brackets of the line. */
function commentStandsOutside(line: Line): boolean {
  let level = 0;
  return line.leaves.some((leaf) => {
    if (leaf.role === 'open' && leaf.visible) level += 1;
    else if (leaf.role === 'close' && leaf.visible) level -= 1;
    return leaf.role === 'comment' && level === 0;
  });
}

function omitsAtStart(line: Line, first: Leaf, widths: Widths): boolean {
  let width = widths.indent + 4 * line.depth;
  let remainder = false;
  for (const leaf of line.leaves) {
    if (leaf.role === 'close' && leaf.opening === first) remainder = true;
    if (!remainder) continue;
    width += leafWidth(leaf);
    if (width > widths.lineLength) return false;
    if (leaf.role === 'open') remainder = false;
  }
  return true;
}

function omitsAtEnd(line: Line, last: Leaf, widths: Widths): boolean {
  let width = widths.indent + 4 * line.depth;
  let others = false;
  for (const leaf of line.leaves) {
    width += leafWidth(leaf);
    if (leaf === last.opening) {
      if (others || width <= widths.lineLength) return true;
    } else if (leaf.role === 'open') others = true;
  }
  return false;
}

/** False when the line is a plain string with a short chain of calls or nothing to break at. */
export function canBeSplit(line: Line): boolean {
  const { leaves } = line;
  if (leaves.length < 2) return false;
  if (leaves[0]?.role !== 'string' || leaves[1]?.text !== '.') return true;
  let calls = 0;
  let dots = 0;
  let next = leaves.at(-1);
  for (const leaf of leaves.slice(0, -1).toReversed()) {
    if (leaf.role === 'open') {
      if (next?.role !== 'close') return false;
      calls += 1;
    } else if (leaf.text === '.') dots += 1;
    else if (/^\w/.test(leaf.text) && leaf.role === 'other') {
      if (next?.text !== '.' && next?.role !== 'open') return false;
    } else if (leaf.role !== 'close') return false;
    if (dots > 1 && calls > 1) return false;
    // The comparison above stays with the last token of the line, as Black's does.
    next = leaves.at(-1);
  }
  return true;
}

/** Whether breaking inside the optional parentheses (`inner`) beats breaking at them (`outer`). */
export function prefersInnerSplit(inner: Cut, outer: Cut, widths: Widths): boolean {
  const before = outer.head.leaves;
  if (before.length < 2 || before.at(-2)?.text !== '=') return true;
  if (!before.slice(0, -1).some((leaf) => leaf.role === 'open' || leaf.role === 'close'))
    return true;
  if (!fits(outer.head, widths, 1) || outer.head.magic) return true;
  const targets = countEquals(outer.head);
  if (targets > 1 && targets > countEquals(inner.head)) return false;
  const equal = inner.head.leaves.findLastIndex((leaf) => leaf.text === '=');
  if (inner.head.leaves.slice(equal + 1).some((leaf) => leaf.role === 'close')) return true;
  return equal >= 0 && fits(inner.head, widths);
}

function countEquals(line: Line): number {
  return line.leaves.filter((leaf) => leaf.text === '=').length;
}

/** Growing sets of closing brackets that may stay on the last line while an earlier pair is broken. */
export function* trailersToOmit(line: Line, widths: Widths): Generator<ReadonlySet<Leaf>> {
  const omit = new Set<Leaf>();
  if (!line.magic) yield new Set();
  let width = widths.indent + 4 * line.depth;
  let opening: Leaf | null = null;
  let closing: Leaf | null = null;
  const inner = new Set<Leaf>();
  for (let index = line.leaves.length - 1; index >= 0; index -= 1) {
    const leaf = line.leaves[index];
    if (!leaf) return;
    width += leafWidth(leaf);
    if (width > widths.lineLength || leaf.note !== '' || leaf.role === 'comment') return;
    const previous = line.leaves[index - 1];
    const exploded = previous?.role === 'comma' && leaf.magic;
    if (opening) {
      if (leaf === opening) opening = null;
      else if (leaf.role === 'close') {
        if (exploded) return;
        inner.add(leaf);
      }
    } else if (leaf.role === 'close') {
      if (previous?.role === 'open') {
        inner.add(leaf);
        continue;
      }
      if (closing) {
        omit.add(closing);
        for (const each of inner) omit.add(each);
        inner.clear();
        yield new Set(omit);
      }
      if (exploded) return;
      if (leaf.visible) {
        opening = leaf.opening;
        closing = leaf;
      }
    }
  }
}
