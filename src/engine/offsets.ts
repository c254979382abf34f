// Carries offsets across edits: from the text after a pass back to the text before it, and forward. It applies nothing.
import type { Edit } from '../edits/edit.ts';

/** One changed region: what stood at `[oldStart, oldEnd)` now stands at `[newStart, newEnd)`. */
interface Hunk {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** Which side of a changed region an offset inside it falls to. */
export type Side = 'start' | 'end';

/** The correspondence of two texts of one file. */
export interface OffsetMap {
  /** The old offset of a new one; inside a changed region, the region's old start or end. */
  toOld(offset: number, side: Side): number;
  /** The new offset of an old one; inside a changed region, the region's new start or end. */
  toNew(offset: number, side: Side): number;
}

/** The correspondence that a set of edits, none of which overlap, makes. */
export function offsetMap(edits: readonly Edit[]): OffsetMap {
  const hunks = hunksOf(edits);
  return {
    toOld: (offset, side) =>
      carry(offset, side, hunks, ({ newStart, newEnd, oldStart, oldEnd }) => ({
        from: [newStart, newEnd],
        to: [oldStart, oldEnd],
        // What starts where something was deleted stood after it.
        isPassed: newStart === newEnd,
      })),
    toNew: (offset, side) =>
      carry(offset, side, hunks, ({ newStart, newEnd, oldStart, oldEnd }) => ({
        from: [oldStart, oldEnd],
        to: [newStart, newEnd],
        isPassed: false,
      })),
  };
}

/** The correspondence across several steps, oldest first. */
export function chain(maps: readonly OffsetMap[]): OffsetMap {
  return {
    toOld: (offset, side) => maps.reduceRight((each, map) => map.toOld(each, side), offset),
    toNew: (offset, side) => maps.reduce((each, map) => map.toNew(each, side), offset),
  };
}

function hunksOf(edits: readonly Edit[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let shift = 0;
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const newStart = start + shift;
    const newEnd = newStart + text.length;
    hunks.push({ oldStart: start, oldEnd: end, newStart, newEnd });
    shift += text.length - (end - start);
  }
  return hunks;
}

/** Where a hunk starts and ends in the text that an offset is carried from, and in the other one. */
interface Direction {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  /** An offset at its very start lies behind it. */
  readonly isPassed: boolean;
}

function carry(
  offset: number,
  side: Side,
  hunks: readonly Hunk[],
  direct: (hunk: Hunk) => Direction,
): number {
  // Hunks do not overlap: only the last one that starts before the offset can hold it.
  let [first, last] = [0, hunks.length];
  while (first < last) {
    const middle = (first + last) >> 1;
    const hunk = hunks[middle];
    const { from, isPassed } = hunk ? direct(hunk) : { from: [0], isPassed: false };
    const start = from[0] ?? 0;
    if (offset < start || (offset === start && side === 'start' && !isPassed)) last = middle;
    else first = middle + 1;
  }
  const hunk = hunks[first - 1];
  if (!hunk) return offset;
  const { from, to } = direct(hunk);
  if (offset < from[1]) return side === 'start' ? to[0] : to[1];
  return offset + to[1] - from[1];
}
