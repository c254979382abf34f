// The blank lines that PEP 8 wants around a class, where a statement becomes one. It changes no other spacing.
import type { PyNode } from './tree.ts';

/** Newlines to insert at an offset. */
export interface BlankLines {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The insertions that give `statement` two blank lines (one in an inner block) before and after it; comments directly above it stay with it. Nothing is inserted before a next statement that has lines of its own inserted. */
export function blankLinesAround(
  statement: PyNode,
  isSpaced: (next: PyNode) => boolean,
): readonly BlankLines[] {
  const siblings = statement.parent?.children ?? [];
  const index = siblings.indexOf(statement);
  const newline = statement.source.includes('\r\n') ? '\r\n' : '\n';
  const wanted = statement.parent?.kind === 'module' ? 2 : 1;
  const insertions: BlankLines[] = [];
  const add = (offset: number, missing: number): void => {
    if (missing > 0) insertions.push({ start: offset, end: offset, text: newline.repeat(missing) });
  };
  let top = index;
  while (top > 0 && isCommentAbove(siblings[top - 1], siblings[top])) top--;
  const previous = siblings[top - 1];
  const first = siblings[top];
  if (previous && first) add(lineStart(first), wanted - blankLinesBetween(previous, first));
  const next = siblings.slice(index + 1).find((each) => !isTrailingComment(each, statement));
  let below = next ? siblings.indexOf(next) : index;
  while (isCommentAbove(siblings[below], siblings[below + 1])) below++;
  const spaced = siblings[below];
  if (next && spaced && !isSpaced(spaced))
    add(lineStart(next), wanted - blankLinesBetween(statement, next));
  return insertions;
}

function isCommentAbove(comment: PyNode | undefined, node: PyNode | undefined): boolean {
  if (comment?.kind !== 'comment' || !node || isTrailing(comment)) return false;
  return blankLinesBetween(comment, node) === 0;
}

function isTrailing(comment: PyNode): boolean {
  return comment.source.slice(lineStart(comment), comment.start).trim() !== '';
}

function isTrailingComment(comment: PyNode, statement: PyNode): boolean {
  return (
    comment.kind === 'comment' &&
    !statement.source.slice(statement.end, comment.start).includes('\n')
  );
}

function blankLinesBetween(before: PyNode, after: PyNode): number {
  const gap = before.source.slice(before.end, after.start).replace(/^[^\n]*#[^\n]*/, '');
  return Math.max(0, gap.split('\n').length - 2);
}

function lineStart(node: PyNode): number {
  return node.source.lastIndexOf('\n', node.start - 1) + 1;
}
