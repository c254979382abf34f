// Splits two versions of a text into regions between which nothing changed, so that the cost of a diff grows with the changes, not with their square.

/** A part of both versions: from a line (counted from 0) up to another one. */
export interface Region {
  readonly before: readonly [start: number, end: number];
  readonly after: readonly [start: number, end: number];
}

/** The regions that hold all changes, in order; a single one where the texts have no common lines. */
export function changedRegions(
  before: readonly string[],
  after: readonly string[],
): readonly Region[] {
  const regions: Region[] = [];
  let [oldStart, newStart] = [0, 0];
  const upTo = (old: number, next: number): void => {
    if (oldStart < old || newStart < next)
      regions.push({ before: [oldStart, old], after: [newStart, next] });
  };
  for (const { old, next, length } of commonRuns(before, after)) {
    upTo(old, next);
    oldStart = old + length;
    newStart = next + length;
  }
  upTo(before.length, after.length);
  return regions;
}

/** Lines that follow each other in both versions. */
interface Run {
  readonly old: number;
  readonly next: number;
  readonly length: number;
}

/** Runs of common lines in order, grown from lines that each version has once. */
function commonRuns(before: readonly string[], after: readonly string[]): readonly Run[] {
  const runs: Run[] = [];
  let [oldFree, newFree] = [0, 0];
  for (const [old, next] of anchors(before, after)) {
    if (old < oldFree || next < newFree) continue;
    // Only downwards: what stands before an anchor is left to the diff, which keeps changes as low as they can stand.
    let length = 0;
    while (old + length < before.length && before[old + length] === after[next + length]) length++;
    runs.push({ old, next, length });
    oldFree = old + length;
    newFree = next + length;
  }
  return runs;
}

/** Lines that each version has exactly once, the first line of both when it is the same, in an order that both have. */
function anchors(
  before: readonly string[],
  after: readonly string[],
): readonly (readonly [number, number])[] {
  const places = onlyPlaces(after);
  const found: (readonly [number, number])[] = [];
  if (before.length > 0 && before[0] === after[0]) found.push([0, 0]);
  let reached = -1;
  for (const [line, old] of onlyPlaces(before)) {
    const next = places.get(line);
    // Lines that moved against the others are no anchors.
    if (next === undefined || next <= reached || next - reached > FARTHEST) continue;
    found.push([old, next]);
    reached = next;
  }
  return found;
}

/** A jump ahead by more lines is taken for a line that moved. */
const FARTHEST = 2000;

/** The lines that occur once, in order, with their places. */
function onlyPlaces(lines: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [at, line] of lines.entries()) {
    if (places.has(line)) repeated.add(line);
    else places.set(line, at);
  }
  for (const line of repeated) places.delete(line);
  return places;
}
