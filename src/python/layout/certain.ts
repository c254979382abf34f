// Tells the layouts on which Black and Ruff are known to part ways, or that depend on what Black does with text it cannot break.
import type { PyNode } from '../tree.ts';
import {
  fits,
  holdsComment,
  lineText,
  maxPriority,
  movesComment,
  PRIORITY,
  type Leaf,
  type Line,
  type Widths,
} from './line.ts';

/** Whether the lines are what both formatters would write for the parts of the statement. */
export function isCertain(
  statement: PyNode,
  parts: readonly PyNode[],
  lines: readonly Line[],
  widths: Widths,
): boolean {
  if (lines.some((line) => movesComment(line))) return false;
  const overlong = lines.some((line) => !fits(line, widths) && line.leaves[0]?.role !== 'comment');
  if (statement.kind === 'function_definition') {
    const result = statement.child('return_type');
    if (overlong || (result && /,\s*[\])]/.test(result.text))) return false;
  }
  if (lines.some((_, index) => joinsStrings(lines, index, widths))) return false;
  // Ruff parenthesises the body of a lambda that is too long, and only then.
  if (
    lines.some((line) => !fits(line, widths) && line.leaves.some((leaf) => leaf.text === 'lambda'))
  )
    return false;
  if (parts.some(holdsParenthesizedLambda)) return false;
  if (lines.length < 2) return true;
  if (statement.kind === 'assert_statement' && statement.token(',')) return false;
  const wrapped = lines.some((line) => line.leaves.some((leaf) => leaf.optional && leaf.visible));
  if (overlong && wrapped) return false;
  const last = lines.at(-1)?.leaves.at(-1);
  if (last && last.comment > 0 && last.optional && last.visible) return false;
  if (parts.some((part) => holdsDisputed(part, wrapped))) return false;
  const annotated = parts.some(({ named: [value] }) => Boolean(value?.child('type')));
  return !lines.some(
    (_, index) =>
      isDoubtful(lines, index, annotated) ||
      breaksNeedlessly(lines, index, widths) ||
      breaksForComment(lines, index, widths) ||
      partsChain(lines, index),
  );
}

function holdsParenthesizedLambda(node: PyNode): boolean {
  if (node.kind === 'lambda' && node.child('body')?.kind === 'parenthesized_expression')
    return true;
  return node.children.some(holdsParenthesizedLambda);
}

/** Whether the node holds something the formatters break differently. */
function holdsDisputed(node: PyNode, wrapped: boolean): boolean {
  const { kind, parent } = node;
  if (kind === 'named_expression') return true;
  if (kind === 'conditional_expression' && parent?.kind === kind) return true;
  if (kind === 'assignment' && parent?.kind === kind) return true;
  if (kind === 'expression_list' && node.named.length === 2) return true;
  if (kind === 'pattern_list' && parent?.kind === 'assignment' && wrapped) return true;
  return node.children.some((child) => holdsDisputed(child, wrapped));
}

/** Both break an annotation before what is assigned; of other targets Ruff does not. */
function isDoubtful(lines: readonly Line[], index: number, annotated: boolean): boolean {
  const line = lines[index];
  const opening = lines[index - 1]?.leaves.at(-1);
  if (!line) return false;
  const [first] = line.leaves;
  const wrapped = opening?.role === 'open' && opening.optional;
  if (wrapped && (first?.text === 'lambda' || isEmptyPair(line))) return true;
  if (first?.role === 'close' && !first.optional && assigns(line) && !annotated) return true;
  return line.leaves.some((leaf) => leaf.inner && leaf.visible) || breaksLambda(line.leaves);
}

/** Whether a comment takes a chain of calls apart at its own place alone: Ruff breaks the others too. */
function partsChain(lines: readonly Line[], index: number): boolean {
  if (lines[index]?.leaves[0]?.role !== 'comment') return false;
  const next = lines.slice(index).find((each) => !holdsComment(each));
  if (next?.leaves[0]?.text !== '.') return false;
  const before = lines.slice(0, index).findLast((each) => !holdsComment(each));
  return [before, next].some(
    (each) => each && (maxPriority(each) === PRIORITY.dot || endsChain(each)),
  );
}

/** Whether the line goes on with a chain after the bracket that it closes. */
function endsChain({ leaves }: Line): boolean {
  const [first] = leaves;
  if (first?.role !== 'close') return false;
  return leaves.some(
    (leaf, index) => leaf.before === PRIORITY.dot && leaves[index - 1]?.role === 'close',
  );
}

/** Whether what follows a comment in brackets is broken only because of the comment, as Black does and Ruff does not. */
function breaksForComment(lines: readonly Line[], index: number, widths: Widths): boolean {
  const line = lines[index];
  if (line?.leaves[0]?.role !== 'comment' || lines[index - 1]?.leaves.at(-1)?.role !== 'open')
    return false;
  const after = lines.slice(index).findIndex((each) => each.depth < line.depth);
  const body = lines.slice(index, index + after).filter((each) => !holdsComment(each));
  if (body.length < 2 || body.some((each) => each.leaves.at(-1)?.role === 'comma')) return false;
  return fits({ ...line, leaves: body.flatMap((each) => each.leaves) }, widths);
}

function isEmptyPair(line: Line): boolean {
  return line.leaves.length === 2 && line.leaves[1]?.role === 'close';
}

/** Whether the line holds an assignment's `=` outside brackets. */
function assigns(line: Line): boolean {
  let level = 0;
  return line.leaves.some((leaf, index) => {
    if (leaf.role === 'open' && leaf.visible) level += 1;
    else if (leaf.role === 'close' && leaf.visible && index > 0) level -= 1;
    return level === 0 && leaf.text === '=';
  });
}

/** Whether a lambda's body starts on the line and goes on after it. */
function breaksLambda(leaves: readonly Leaf[]): boolean {
  const start = leaves.findIndex((leaf) => leaf.text === 'lambda');
  if (start < 0) return false;
  let level = 0;
  for (const leaf of leaves.slice(start)) {
    if (leaf.role === 'open') level += 1;
    else if (leaf.role === 'close') level -= 1;
    if (level < 0 || (level === 0 && leaf.role === 'comma' && leaf === leaves.at(-1))) return false;
  }
  return true;
}

/** Whether Ruff would join implicitly concatenated strings that start on the line. */
function joinsStrings(all: readonly Line[], index: number, widths: Widths): boolean {
  const following = all.slice(index, index + 64);
  const line = following[0];
  if (!line) return false;
  const strings = line.leaves.map((leaf) => leaf.role === 'string');
  if (strings.some((each, index) => each && strings[index + 1])) return true;
  if (!strings.at(-1) || following[1]?.leaves[0]?.role !== 'string') return false;
  // Ruff joins all of them or none.
  if (line.leaves[0]?.role === 'string' && all[index - 1]?.leaves.at(-1)?.role === 'string')
    return false;
  let joined = widths.indent + 4 * line.depth;
  for (const each of following) {
    if (each !== line && each.leaves[0]?.role !== 'string') break;
    joined += lineText(each).length - 2;
    if (each.leaves.at(-1)?.role !== 'string') break;
  }
  return joined + 2 <= widths.lineLength;
}

/**
 * Whether a broken trailer would fit on the line that starts with the bracket of an earlier one: Black breaks from the right, Ruff
 * only where it must.
 */
function breaksNeedlessly(lines: readonly Line[], index: number, widths: Widths): boolean {
  const [line, body, next] = lines.slice(index, index + 3);
  if (line?.leaves[0]?.role !== 'close' || line.leaves.at(-1)?.role !== 'open') return false;
  if (!body || next?.leaves[0]?.role !== 'close' || next.depth !== line.depth) return false;
  const open = next.leaves.findIndex((leaf, at) => {
    const after = next.leaves[at + 1];
    return leaf.role === 'open' && after?.role !== 'close';
  });
  const rest = open < 0 ? next.leaves : next.leaves.slice(0, open + 1);
  const width =
    lineText(line).length + lineText(body).length + lineText({ ...next, leaves: rest }).length;
  return widths.indent + 4 * line.depth + width <= widths.lineLength;
}
