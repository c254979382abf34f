// What goes with an item that is removed from a file: its line, or its comma.
import type { Span } from '../../python/tree.ts';

/** The line that begins at an offset, with its line end. */
export function lineSpan(text: string, start: number): Span {
  const end = text.indexOf('\n', start);
  return { start, end: end < 0 ? text.length : end + 1 };
}

/** A quoted item of a list: with its line if it has one for itself, else with one comma. */
export function itemSpan(text: string, item: Span): Span {
  const line = text.lastIndexOf('\n', item.start - 1) + 1;
  const before = text.slice(line, item.start);
  const after = /^[ \t]*,?[ \t]*(?:\r?\n)/.exec(text.slice(item.end));
  if (before.trim() === '' && after) return { start: line, end: item.end + after[0].length };
  const next = /^[ \t]*,[ \t]*/.exec(text.slice(item.end));
  if (next) return { start: item.start, end: item.end + next[0].length };
  const previous = /,[ \t]*$/.exec(before);
  return { start: item.start - (previous?.[0].length ?? 0), end: item.end };
}
