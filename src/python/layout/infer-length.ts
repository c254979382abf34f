// Tells the line length of a formatted file from its statements. It reads no configuration and changes nothing.
import { layoutStatement, logicalLine } from '../layout.ts';
import { descendants, type PyNode, type PyTree } from '../tree.ts';

const CANDIDATES: readonly number[] = [79, 88, 99, 100, 119, 120];

/** What both Black and Ruff take when nothing is configured: only what clearly differs from it tells anything. */
const USUAL = 88;

/** How many statements must tell two lengths apart. */
const DECIDING = 3;

/** The share of the statements that must be in the formatter's layout. */
const AGREEMENT = 0.9;

/** Enough to be sure, and quick enough for long files. */
const MOST_STATEMENTS = 60;

interface Votes {
  readonly length: number;
  /** Statements whose layout at this length is certain. */
  judged: number;
  /** Those of them that are written so. */
  agreeing: number;
  /** Agreeing statements that would be written otherwise at another length. */
  deciding: number;
}

/**
 * The line length to which a formatter has laid out the file: the candidate at which nearly all of its long statements come out as
 * they are written, the shortest where several do as well. Null when none does so, or when fewer than three statements tell it from
 * the usual length.
 */
export function inferLineLength(
  tree: PyTree,
  candidates: readonly number[] = CANDIDATES,
): number | null {
  const votes = candidates.map((length): Votes => ({
    length,
    judged: 0,
    agreeing: 0,
    deciding: 0,
  }));
  for (const statement of longStatements(tree, Math.min(...candidates))) vote(statement, votes);
  const [best] = votes.toSorted((one, other) => other.deciding - one.deciding);
  const least = Math.min(...votes.map((each) => each.deciding));
  if (!best || best.deciding - least < DECIDING) return null;
  const rivals = votes.filter((each) => best.deciding - each.deciding < DECIDING);
  if (rivals.length > 1 && rivals.some((each) => each.length === USUAL)) return null;
  return best.agreeing >= AGREEMENT * best.judged ? best.length : null;
}

/** The first statements and headers of several lines, or of one that the shortest length would break. */
function longStatements(tree: PyTree, shortest: number): readonly Statement[] {
  const found: Statement[] = [];
  const { kinds } = tree.root.table.grammar;
  for (const node of descendants(tree.root, ...kinds.filter(hasLayout))) {
    const end = logicalLine(node)?.at(-1)?.end;
    if (end === undefined) continue;
    const written = tree.text.slice(node.start, end);
    const line = tree.text.lastIndexOf('\n', node.start - 1) + 1;
    if (written.includes('\n') || end - line > shortest)
      found.push({ node, written, indent: tree.text.slice(line, node.start) });
    if (found.length === MOST_STATEMENTS) break;
  }
  return found;
}

function hasLayout(kind: string): boolean {
  return (
    /_statement$|^elif_clause$|_definition$|^decorator$/.test(kind) &&
    kind !== 'decorated_definition'
  );
}

interface Statement {
  readonly node: PyNode;
  readonly written: string;
  readonly indent: string;
}

function vote({ node, written, indent }: Statement, votes: readonly Votes[]): void {
  if (/\S/.test(indent)) return;
  const newline = written.includes('\r\n') ? '\r\n' : '\n';
  const layouts = alikeBetween(votes.length, (index) =>
    layoutStatement(node, { indent, lineLength: votes[index]?.length ?? USUAL, newline }),
  );
  const decides = layouts.some((each) => each !== null && each !== written);
  for (const [index, each] of votes.entries()) {
    const given = layouts[index];
    if (typeof given !== 'string') continue;
    each.judged += 1;
    if (given !== written) continue;
    each.agreeing += 1;
    if (decides) each.deciding += 1;
  }
}

/** The answers for all indexes; what comes out alike at two of them does so in between. */
function alikeBetween<Answer>(count: number, answerTo: (index: number) => Answer): Answer[] {
  const answers: Answer[] = [];
  const fill = (first: number, from: Answer, last: number, to: Answer): void => {
    answers[first] = from;
    answers[last] = to;
    if (last - first < 2) return;
    if (from === to) {
      answers.fill(from, first, last);
      return;
    }
    const middle = (first + last) >> 1;
    const between = answerTo(middle);
    fill(first, from, middle, between);
    fill(middle, between, last, to);
  };
  if (count > 0) fill(0, answerTo(0), count - 1, answerTo(count - 1));
  return answers;
}
