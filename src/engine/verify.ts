// Checks that a rewritten file is still sound Python and kept its comments. It decides nothing about what to take back.
import { descendants, type PyTree } from '../python/tree.ts';
import { positionsOf } from '../python/position.ts';

/** What is wrong with the rewritten text of a file, as one line for people; `null` when nothing is. */
export function verifyFile(
  before: PyTree,
  after: PyTree,
  droppedComments: readonly string[],
): string | null {
  const [syntax] = after.problems;
  if (syntax) {
    const { line, column } = positionsOf(after.text).at(syntax.offset);
    return `the rewritten text has a syntax error (${syntax.problem}, at its line ${line}, column ${column})`;
  }
  return compareComments(commentsOf(before), commentsOf(after), droppedComments);
}

function commentsOf(tree: PyTree): readonly string[] {
  return descendants(tree.root, 'comment').map((comment) => comment.text.trimEnd());
}

function compareComments(
  before: readonly string[],
  after: readonly string[],
  dropped: readonly string[],
): string | null {
  const droppable = dropped.map((comment) => comment.trimEnd());
  let next = 0;
  for (const comment of before) {
    if (after[next] === comment) next++;
    else {
      const index = droppable.indexOf(comment);
      if (index < 0) return `the comment ${JSON.stringify(comment)} would be lost or moved`;
      droppable.splice(index, 1);
    }
  }
  const extra = after[next];
  return extra === undefined
    ? null
    : `the comment ${JSON.stringify(extra)} would be added or moved`;
}
