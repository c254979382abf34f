// Moves continuation lines that stood below their bracket along with it, where edits moved the bracket. It changes leading white space only.
import type { Edit } from '../edits/edit.ts';
import { lineStart } from '../python/position.ts';
import { walk, type PyNode, type PyTree } from '../python/tree.ts';
import type { OffsetMap } from './offsets.ts';

/** A line of a statement whose place comes from that of the bracket that holds its first token. */
interface AlignedLine {
  readonly token: PyNode;
  readonly bracket: PyNode;
  /** The bracket ends its line: what it holds is indented from the start of that line, not from the bracket. */
  readonly isHanging: boolean;
}

const OPENING: ReadonlySet<string> = new Set(['(', '[', '{']);
const CLOSING: ReadonlySet<string> = new Set([')', ']', '}']);

/** The edits of the rewritten text that keep the lines of a statement, given by its parts in the old text, aligned. */
export function realign(
  path: string,
  parts: readonly PyNode[],
  after: PyTree,
  map: OffsetMap,
): readonly Edit[] {
  const moved = new Map<number, number>();
  return alignedLines(parts).flatMap(({ token, bracket, isHanging }) => {
    const start = map.toNew(token.start, 'start');
    // Text that was added just before the bracket stands between the two places.
    const opening = map.toNew(bracket.end, 'end') - bracket.text.length;
    const line = lineStart(after.text, start);
    // What was written for a token, or what follows one that was removed, takes its place.
    const written = after.text.slice(start, map.toNew(token.end, 'end'));
    const isKept = after.text.startsWith(token.text, start) || !written.includes('\n');
    const isSame =
      after.text[opening] === bracket.text &&
      opening < line &&
      after.text.slice(line, start).trim() === '' &&
      isKept &&
      !moved.has(line);
    if (!isSame) return [];
    const above = lineStart(after.text, opening);
    const shift =
      (moved.get(above) ?? 0) +
      (isHanging ? 0 : opening - above - columnOf(bracket.source, bracket.start));
    moved.set(line, shift);
    if (shift === 0) return [];
    const width = columnOf(token.source, token.start) + shift;
    return [{ path, start: line, end: start, text: ' '.repeat(Math.max(0, width)) }];
  });
}

function alignedLines(parts: readonly PyNode[]): readonly AlignedLine[] {
  const open: PyNode[] = [];
  const lines: AlignedLine[] = [];
  const visit = (node: PyNode): boolean => {
    if (node.children.length > 0 && node.kind !== 'string') return true;
    const line = lineStart(node.source, node.start);
    if (/^ *$/.test(node.source.slice(line, node.start))) {
      const own = columnOf(node.source, node.start);
      const inner = open.at(-1);
      const isClosing = CLOSING.has(node.text);
      // What is in a bracket may stand below that of an outer one of the same line.
      const bracket = open.findLast(({ source, start }) => {
        const column = columnOf(source, start);
        const isBelow =
          own === column + 1 && lineStart(source, start) === lineStart(source, inner?.start ?? 0);
        const isClosed = isClosing && start === inner?.start && own === column;
        return start < line && (isBelow || isClosed);
      });
      if (bracket) lines.push({ token: node, bracket, isHanging: false });
      else if (inner && inner.start < line && isHanging(inner, node))
        lines.push({ token: node, bracket: inner, isHanging: true });
    }
    if (node.kind === 'token' && OPENING.has(node.text)) open.push(node);
    if (node.kind === 'token' && CLOSING.has(node.text)) open.pop();
    return false;
  };
  for (const part of parts) walk(part, visit);
  return lines;
}

/** Whether a bracket ends its line, and holds a token of a later one. */
function isHanging(bracket: PyNode, { source, start }: PyNode): boolean {
  return /^[^\S\r\n]*(#|\r?\n)/.test(source.slice(bracket.end, start));
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}
