// Says what the migration does about each warning of a log: by the rules that see to it, at the place that it names. It reads no files.
import { lineStart, positionsOf, type Positions } from '../python/position.ts';
import type { PythonParser } from '../python/parse.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import { WARNINGS20, type Warning20 } from '../sqlalchemy/warnings20.ts';
import type { ReportedFinding } from './report.ts';
import type { LoggedWarning } from './warning-log.ts';

/**
 * What becomes of a warning. `resolved`: a rewrite takes its cause away. `unsafe`: one that has to be allowed would. `manual`: a finding says
 * what to write. `suppressed`: a comment keeps it. `remaining`: no rule finds it. `changed`: the file no longer has that line.
 * `elsewhere`: it comes from code outside of the project.
 */
export type WarningOutcome =
  | 'resolved'
  | 'unsafe'
  | 'manual'
  | 'suppressed'
  | 'remaining'
  | 'changed'
  | 'elsewhere';

/** A warning with what becomes of it. */
export interface MatchedWarning extends LoggedWarning {
  readonly outcome: WarningOutcome;
  /** The path in the project, `null` if it is none of its files. */
  readonly file: string | null;
  /** The rule that decided. */
  readonly rule: string | null;
  readonly reason: string;
}

/** What is known of the run. */
export interface WarningMatching {
  /** The texts before the run, by path relative to the root. */
  readonly texts: ReadonlyMap<string, string>;
  readonly findings: readonly ReportedFinding[];
  readonly parser: PythonParser;
  /** Absolute, with `/`. */
  readonly root: string;
}

/** Matches the warnings of a log, sorted by file and line. */
export function matchWarnings(
  warnings: readonly LoggedWarning[],
  run: WarningMatching,
): readonly MatchedWarning[] {
  const lines = linesOfStatements(run);
  return warnings
    .map((warning) => match(warning, run, lines))
    .toSorted(
      (a, b) =>
        compare(a.file ?? `~${a.path}`, b.file ?? `~${b.path}`) ||
        a.line - b.line ||
        compare(a.message, b.message),
    );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Lines, the first and the last, counted from 1. */
type Lines = readonly [first: number, last: number];
type StatementLines = (path: string, line: number) => Lines;

function match(
  warning: LoggedWarning,
  run: WarningMatching,
  statementLines: StatementLines,
): MatchedWarning {
  const base = { ...warning, file: null, rule: null, reason: '' };
  const file = fileOf(warning, run);
  if (file === null) return { ...base, outcome: 'elsewhere' };
  const line = lineIn(run.texts.get(file) ?? '', warning);
  if (line === null) return { ...base, file, outcome: 'changed' };
  const known = WARNINGS20.find(({ text }) => text.test(warning.message));
  const found = known ? findingsAt(file, statementLines(file, line), known, warning, run) : [];
  const [finding] = found.toSorted((a, b) => rank(a) - rank(b));
  return finding
    ? {
        ...base,
        file,
        line,
        outcome: outcomeOf(finding),
        rule: finding.rule,
        reason: finding.reason,
      }
    : { ...base, file, line, outcome: 'remaining', reason: known?.advice ?? '' };
}

/** The file of the project that a printed path means. Tests may have run elsewhere, in a container say: the ends of both paths decide. */
function fileOf(warning: LoggedWarning, { texts, root }: WarningMatching): string | null {
  const { path, line, code } = warning;
  const inRoot = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
  if (texts.has(inRoot)) return inRoot;
  if (/(^|\/)(site|dist)-packages\//.test(path)) return null;
  const scored = [...texts.keys()].map((each) => ({ each, score: commonEnd(each, path) }));
  const best = Math.max(0, ...scored.map(({ score }) => score));
  const likely = best === 0 ? [] : scored.filter(({ score }) => score === best);
  const [only] = likely;
  if (only && likely.length === 1 && best > 1) return only.each;
  const same = likely.filter(
    ({ each }) => code !== null && trimmedLines(texts.get(each) ?? '')[line - 1] === code,
  );
  return same.length === 1 ? (same[0]?.each ?? null) : null;
}

/** How many names two paths have in common at their ends. */
function commonEnd(a: string, b: string): number {
  const one = a.split('/').toReversed();
  const other = b.split('/').toReversed();
  const differing = one.findIndex((name, index) => name !== other[index]);
  return differing < 0 ? one.length : differing;
}

function trimmedLines(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/).map((each) => each.trim());
}

/** The line of a warning in the text, which may have moved since; `null` if the text has it no more. */
function lineIn(text: string, { line, code }: LoggedWarning): number | null {
  const lines = trimmedLines(text);
  if (code === null) return line <= lines.length ? line : null;
  if (lines[line - 1] === code) return line;
  const moved = lines.flatMap((each, index) => (each === code ? [index + 1] : []));
  return moved.length === 1 ? (moved[0] ?? null) : null;
}

function findingsAt(
  file: string,
  [first, last]: Lines,
  { rules, isAnywhere, isImport, isInCalled, shows }: Warning20,
  { message }: LoggedWarning,
  { findings, texts, parser }: WarningMatching,
): readonly ReportedFinding[] {
  const text = texts.get(file) ?? '';
  const positions = positionsOf(text);
  const statement = text.split(/\r\n|\r|\n/).slice(first - 1, last);
  if (shows && !shows.test(statement.join('\n'))) return [];
  const fitting = findings.filter(
    (finding) =>
      rules.some((rule) => finding.rule.startsWith(rule)) &&
      (finding.path === file || finding.fix?.edits.some(({ path }) => path === file) === true),
  );
  const here = fitting.filter((finding) =>
    spansOf(finding, file).some((span) => {
      const [from, to] = linesOf(span, positions);
      return from <= last && to >= first;
    }),
  );
  if (here.length > 0) return here;
  const own = fitting.filter(({ path }) => path === file);
  if (isAnywhere === true) return own;
  if (isInCalled === true) {
    const called = calledFunctions(text, statement.join('\n'), parser);
    return own.filter(({ start, end }) =>
      called.some((each) => each.start <= start && end <= each.end),
    );
  }
  const name = /\w+(?=\(\))/.exec(message)?.[0];
  return isImport === true && name !== undefined
    ? own.filter((finding) => imports(name, text, finding))
    : [];
}

/** The functions of a file that a statement calls, by their names. */
function calledFunctions(text: string, statement: string, parser: PythonParser): readonly PyNode[] {
  const names = new Set(statement.match(/\w+(?=\()/g));
  return descendants(parser.parse(text).root, 'function_definition').filter((each) =>
    names.has(each.child('name')?.text ?? ''),
  );
}

/** Whether a finding is about an import of a name. */
function imports(name: string, text: string, { start, end }: ReportedFinding): boolean {
  const line = text.slice(lineStart(text, start), end);
  return /^\s*(from|import)\b/.test(line) && new RegExp(`\\b${name}\\b`).test(line);
}

function spansOf(
  { path, start, end, fix }: ReportedFinding,
  file: string,
): readonly { readonly start: number; readonly end: number }[] {
  const edits = (fix?.edits ?? []).filter((edit) => edit.path === file);
  return path === file ? [{ start, end }, ...edits] : edits;
}

function linesOf(
  { start, end }: { readonly start: number; readonly end: number },
  positions: Positions,
): Lines {
  return [positions.at(start).line, positions.at(end).line];
}

/** What is left decides: a line may hold several findings. */
function rank(finding: ReportedFinding): number {
  const order: readonly WarningOutcome[] = ['manual', 'unsafe', 'suppressed', 'resolved'];
  return order.indexOf(outcomeOf(finding));
}

function outcomeOf({ status, safety }: ReportedFinding): WarningOutcome {
  if (status === 'applied') return 'resolved';
  if (status === 'suppressed') return 'suppressed';
  return safety === 'manual' ? 'manual' : 'unsafe';
}

/** Python names the line of a call within its statement: the lines of the whole statement, without the block that it may hold. */
function linesOfStatements({ texts, parser }: WarningMatching): StatementLines {
  const known = new Map<string, readonly Lines[]>();
  return (path, line) => {
    const statements = known.get(path) ?? statementsOf(texts.get(path) ?? '', parser);
    known.set(path, statements);
    const around = statements.filter(([first, last]) => first <= line && line <= last);
    const [smallest] = around.toSorted((a, b) => a[1] - a[0] - (b[1] - b[0]));
    return smallest ?? [line, line];
  };
}

const SIMPLE = [
  'assert_statement',
  'delete_statement',
  'expression_statement',
  'import_from_statement',
  'raise_statement',
  'return_statement',
] as const;
const COMPOUND = ['for_statement', 'if_statement', 'while_statement', 'with_statement'] as const;

function statementsOf(text: string, parser: PythonParser): readonly Lines[] {
  const { root } = parser.parse(text);
  const positions = positionsOf(text);
  return descendants(root, ...SIMPLE, ...COMPOUND).map((node) =>
    linesOf({ start: node.start, end: headEnd(node) }, positions),
  );
}

function headEnd(node: PyNode): number {
  return node.child('body') || node.child('consequence')
    ? (node.token(':')?.end ?? node.end)
    : node.end;
}
