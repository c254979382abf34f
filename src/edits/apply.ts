// Applies accepted edits to the text of one file. The only module that knows magic-string.
import MagicString from 'magic-string';
import type { Edit } from './edit.ts';

/** The edits of one fix in one file; `span` is the size of the construct that it rewrites. */
export interface EditGroup {
  readonly span: number;
  readonly edits: readonly Edit[];
}

/**
 * Returns `text` with the edits of all groups applied; what no edit covers stays byte for byte.
 * At one offset, insertions `before` nest outermost first and insertions `after` innermost first, by the size of their groups.
 * The edits must not collide (see resolve.ts).
 */
export function applyEdits(text: string, groups: readonly EditGroup[]): string {
  const result = new MagicString(text);
  const innermostFirst = groups.toSorted((a, b) => a.span - b.span);
  for (const { edits } of innermostFirst)
    for (const edit of edits) {
      if (edit.start === edit.end) {
        if (edit.attach === 'after') result.appendLeft(edit.start, edit.text);
        else result.prependRight(edit.start, edit.text);
      } else if (edit.text === '') result.remove(edit.start, edit.end);
      else result.update(edit.start, edit.end, edit.text);
    }
  return result.toString();
}
