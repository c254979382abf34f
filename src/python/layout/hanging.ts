// Tells whether the lines of a statement hang from their brackets as Black and Ruff write them, whatever they would join. It lays nothing out.
import { lineStart } from '../position.ts';
import { walk, type PyNode } from '../tree.ts';

interface Bracket {
  /** The indentation of the line that opens it. */
  readonly indent: number;
  /** Its content starts on a new line. */
  isBroken: boolean;
}

const OPENING: ReadonlySet<string> = new Set(['(', '[', '{']);
const CLOSING: ReadonlySet<string> = new Set([')', ']', '}']);

/**
 * Whether the parts of one logical line stand on several lines, every one of which is four spaces deeper than the line of its
 * bracket, or closes that bracket in the column where that line starts; calls on what stands there may be deeper once more.
 */
export function isHanging(parts: readonly PyNode[]): boolean {
  const open: Bracket[] = [];
  let previous: PyNode | null = null;
  let breaks = 0;
  for (const token of parts.flatMap(tokensOf)) {
    if (/[\r\n]/.test(token.text)) return false;
    const top = open.at(-1);
    const closes = CLOSING.has(token.text);
    const follows: PyNode | null = previous;
    previous = token;
    if (follows && /[\r\n]/.test(token.source.slice(follows.end, token.start))) {
      breaks += 1;
      if (!top) return false;
      if (OPENING.has(follows.text)) top.isBroken = true;
      if (!top.isBroken || !isDeeper(token, top.indent, closes)) return false;
    } else if (closes && top?.isBroken) return false;
    if (closes) open.pop();
    else if (OPENING.has(token.text)) open.push({ indent: indentAt(token), isBroken: false });
  }
  return breaks > 0;
}

/** Some indent what is called on the first line of a bracket once more. */
function isDeeper(token: PyNode, indent: number, closes: boolean): boolean {
  const deeper = indentAt(token) - indent;
  return deeper === (closes ? 0 : 4) || (token.text === '.' && deeper === 8);
}

/** The tokens of a node; a string is one. */
function tokensOf(node: PyNode): readonly PyNode[] {
  const tokens: PyNode[] = [];
  walk(node, (each) => {
    if (each.children.length > 0 && each.kind !== 'string') return true;
    if (each.end > each.start) tokens.push(each);
    return false;
  });
  return tokens;
}

/** The width of the white space that starts the token's line. */
function indentAt({ source, start }: PyNode): number {
  return /^[ ]*/.exec(source.slice(lineStart(source, start), start))?.[0].length ?? 0;
}
