// Makes the hunks of a patch from two versions of a text. It does not print them.
import { diffArrays } from 'diff';
import { changedRegions } from './diff-regions.ts';

/** A part of a patch, as `diff` takes it. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: string[];
}

/** The unchanged lines around a change. */
const CONTEXT = 3;

/** Texts with more lines in all are compared part by part. */
const LONG = 3000;

/** Lines of the old version that others take the place of; both ranges are counted from 0. */
interface Change {
  readonly old: number;
  readonly removed: readonly string[];
  readonly next: number;
  readonly added: readonly string[];
}

/** The hunks that lead from `before` to `after`. */
export function hunksOf(before: string, after: string): Hunk[] {
  const [old, next] = [linesOf(before), linesOf(after)];
  const groups: Change[][] = [];
  let end = -Infinity;
  for (const change of changesOf(old, next)) {
    if (change.old - end > 2 * CONTEXT) groups.push([]);
    groups.at(-1)?.push(change);
    end = change.old + change.removed.length;
  }
  return groups.map((group) => hunkOf(group, old));
}

/** The lines with their ends. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function changesOf(old: readonly string[], next: readonly string[]): readonly Change[] {
  const changes: Change[] = [];
  const isLong = old.length + next.length > LONG;
  const whole = { before: [0, old.length], after: [0, next.length] } as const;
  for (const { before, after } of isLong ? changedRegions(old, next) : [whole]) {
    let [at, to] = [before[0], after[0]];
    let removed: readonly string[] = [];
    for (const part of diffArrays(old.slice(...before), next.slice(...after))) {
      if (part.removed) {
        removed = part.value;
        continue;
      }
      const added = part.added ? part.value : [];
      if (removed.length > 0 || added.length > 0)
        changes.push({ old: at, removed, next: to, added });
      const common = part.added ? 0 : part.value.length;
      at += removed.length + common;
      to += added.length + common;
      removed = [];
    }
    if (removed.length > 0) changes.push({ old: at, removed, next: to, added: [] });
  }
  return changes;
}

function hunkOf(group: readonly Change[], old: readonly string[]): Hunk {
  const [first] = group;
  const last = group.at(-1);
  if (!first || !last) throw new Error('a hunk without changes');
  const start = Math.max(0, first.old - CONTEXT);
  const end = Math.min(old.length, last.old + last.removed.length + CONTEXT);
  const newStart = first.next - (first.old - start);
  const lines: string[] = [];
  let at = start;
  let grown = 0;
  for (const { old: place, removed, added } of group) {
    lines.push(...marked(' ', old.slice(at, place)));
    lines.push(...marked('-', removed), ...marked('+', added));
    at = place + removed.length;
    grown += added.length - removed.length;
  }
  lines.push(...marked(' ', old.slice(at, end)));
  return {
    oldStart: start + 1,
    oldLines: end - start,
    newStart: newStart + 1,
    newLines: end - start + grown,
    lines,
  };
}

function marked(mark: string, lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) =>
    line.endsWith('\n')
      ? [mark + line.slice(0, -1)]
      : [mark + line, '\\ No newline at end of file'],
  );
}
