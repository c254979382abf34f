// Small edits that turn one layout of a statement into another. It knows only that whitespace, brackets and commas may differ.
import type { Edit } from '../edits/edit.ts';

const LAYOUT = /[\s(),\\]/;

/**
 * The edits from `before`, which stands at `offset`, to `after`. Where the texts differ in more than whitespace, parentheses and commas
 * the rest is replaced as a whole.
 */
export function alignTexts(
  path: string,
  offset: number,
  before: string,
  after: string,
): readonly Edit[] {
  const edits: Edit[] = [];
  let old = 0;
  let next = 0;
  while (old < before.length || next < after.length) {
    if (old < before.length && before[old] === after[next]) {
      old++;
      next++;
      continue;
    }
    const oldEnd = skipLayout(before, old);
    const nextEnd = skipLayout(after, next);
    const isAligned = (oldEnd > old || nextEnd > next) && before[oldEnd] === after[nextEnd];
    const [oldStop, nextStop] = isAligned ? [oldEnd, nextEnd] : [before.length, after.length];
    const start = offset + old;
    edits.push({ path, start, end: offset + oldStop, text: after.slice(next, nextStop) });
    old = oldStop;
    next = nextStop;
  }
  return edits;
}

function skipLayout(text: string, from: number): number {
  let at = from;
  while (at < text.length && LAYOUT.test(text[at] ?? '')) at++;
  return at;
}
