// List, tuple and set displays as parts of an argument list: finds the text to delete when one is unpacked in place. Syntax only.
import type { PyNode, Span } from './tree.ts';

const DISPLAYS: ReadonlySet<string> = new Set(['list', 'tuple', 'set']);

/** Whether the node writes out a sequence: `[a, b]`, `(a, b)`, `{a, b}`. */
export function isDisplay(node: PyNode): boolean {
  return DISPLAYS.has(node.kind) && /^[[({]/.test(node.text);
}

/**
 * The spans to delete so that `f([a, b], c)` becomes `f(a, b, c)`. Comments stay. Lines that were indented for the brackets move to where
 * the brackets stood. An empty display goes as a whole; the comma after it is the caller's business. With `takesComma`, a closing bracket on
 * a line of its own goes with the comma after it, where the last item has a comma already: nobody else may edit that one.
 */
export function bracketRemovals(display: PyNode, takesComma = false): readonly Span[] {
  const open = display.children[0];
  const close = display.children.at(-1);
  const inner = display.children.slice(1, -1);
  const first = inner[0];
  const last = display.named.at(-1);
  if (!open || !close) return [];
  if (!first || !last) return [{ start: display.start, end: display.end }];
  const { source } = display;
  const exploded = source.slice(open.end, first.start).includes('\n');
  const ownLine = startsLine(display);
  const keepsGap = exploded && !ownLine;
  const opening = { start: open.start, end: keepsGap ? open.end : first.start };
  const shift = exploded ? (ownLine ? columnOf(first) - columnOf(open) : 0) : 1;
  const dedents =
    shift > 0 ? lineStarts(display, first).map((leaf) => shifted(leaf, shift, first)) : [];
  return [
    opening,
    ...dedents.filter((span) => span !== null),
    ...closing(display, last, close, { exploded, takesComma, shift }),
  ];
}

/** How a display is written, and what may go with it. */
interface Shape {
  readonly exploded: boolean;
  readonly takesComma: boolean;
  /** How far the lines of an exploded display move. */
  readonly shift: number;
}

function closing(
  display: PyNode,
  last: PyNode,
  close: PyNode,
  { exploded, takesComma, shift }: Shape,
): Span[] {
  const ownLine = startsLine(display);
  const keepsGap = exploded && !ownLine;
  const tail = display.children.filter((child) => child.start >= last.end && child !== close);
  const comma = tail.find((child) => child.kind === 'token');
  const isCommented = tail.some((child) => child.kind === 'comment');
  const outer = followingComma(display);
  const keepsComma = ownLine && exploded && comma !== undefined && outer === null;
  if (!isCommented && !keepsGap)
    return [{ start: keepsComma ? comma.end : last.end, end: close.end }];
  const whole =
    takesComma && comma && outer && startsLine(close) ? ownLineOf(close, 0, outer) : null;
  if (whole && whole.end > (outer?.end ?? 0)) return [whole];
  // The gap before the closing bracket becomes the gap before what follows.
  if (comma && outer)
    return [
      { start: comma.start, end: comma.end },
      { start: close.start, end: close.end },
    ];
  return [ownLineOf(close, exploded ? shift : 0)];
}

/** A bracket (and what follows it up to `last`), with its line where nothing else stands there; else what stands behind it moves by `shift`. */
function ownLineOf(close: PyNode, shift: number, last: PyNode = close): Span {
  const rest = /^[ \t]*\r?\n/.exec(close.source.slice(last.end));
  if (!startsLine(close)) return { start: close.start, end: last.end };
  if (!rest) return { start: close.start - Math.min(shift, columnOf(close)), end: last.end };
  return { start: close.start - columnOf(close), end: last.end + rest[0].length };
}

/** The comma between a node and the next item of the list that holds it. */
export function followingComma(node: PyNode): PyNode | null {
  const siblings = node.parent?.children ?? [];
  const next = siblings
    .slice(siblings.indexOf(node) + 1)
    .find((sibling) => sibling.kind !== 'comment');
  return next?.kind === 'token' && next.text === ',' ? next : null;
}

/** The leaves after `first` that begin a line of the display; the lines inside of strings begin none. */
function lineStarts(display: PyNode, first: PyNode): readonly PyNode[] {
  const found: PyNode[] = [];
  const visit = (node: PyNode): void => {
    if (node.start > first.start && startsLine(node) && isLeaf(node)) found.push(node);
    if (!isLeaf(node)) node.children.forEach(visit);
  };
  display.children.slice(1, -1).forEach(visit);
  return found;
}

function isLeaf(node: PyNode): boolean {
  return node.children.length === 0 || node.kind === 'string';
}

function shifted(leaf: PyNode, shift: number, first: PyNode): Span | null {
  if (columnOf(leaf) < columnOf(first)) return null;
  return { start: leaf.start - shift, end: leaf.start };
}

/** The column of a node, in characters. */
export function columnOf(node: Span & { readonly source: string }): number {
  return node.start - (node.source.lastIndexOf('\n', node.start - 1) + 1);
}

/** Whether only white space stands before the node on its line. */
export function startsLine(node: PyNode): boolean {
  return node.source.slice(node.start - columnOf(node), node.start).trim() === '';
}
