// Renders a run for people: summary, statistics, evidence, what went wrong. It prints nothing.
import type { Colors } from 'picocolors/types.js';
import type { ReportedFinding } from '../engine/report.ts';
import type { Run } from '../engine/run.ts';
import type { Places } from './places.ts';
import { percentage, type Summary } from './summary.ts';

/** How the text is to be. */
export interface TextOptions {
  readonly colors: Colors;
  /** The run wrote its rewrites. */
  readonly written: boolean;
  readonly verbose: boolean;
}

const SHOWN = 25;

/** The end of every run. */
export function renderSummary(summary: Summary, places: Places, options: TextOptions): string {
  const { colors, written, verbose } = options;
  const { rewritten, files, unsafe, manual, possible } = summary;
  const parts = [
    `${written ? 'Rewrote' : 'Would rewrite'} ${count(rewritten, 'site')} in ${count(files, 'file')}.`,
  ];
  if (unsafe.length > 0)
    parts.push(`${count(unsafe.length, 'unsafe rewrite')} available (--unsafe-fixes).`);
  if (manual.length > 0)
    parts.push(`${number(manual.length)} ${manual.length === 1 ? 'needs' : 'need'} you:`);
  const shown = verbose ? manual : manual.slice(0, SHOWN);
  const lines = [
    colors.bold(parts.join(' ')),
    ...shown.map((each) => findingLine(each, places, colors)),
  ];
  if (shown.length < manual.length)
    lines.push(`  … and ${number(manual.length - shown.length)} more (-v lists all)`);
  if (verbose && unsafe.length > 0)
    lines.push('Unsafe rewrites:', ...unsafe.map((each) => findingLine(each, places, colors)));
  if (possible.length > 0)
    lines.push(
      verbose
        ? 'Possible mistakes:'
        : `${count(possible.length, 'possible mistake')} beside these (-v lists them).`,
      ...(verbose ? possible.map((each) => findingLine(each, places, colors)) : []),
    );
  lines.push(renderShare(summary, options));
  return lines.join('\n');
}

function findingLine(finding: ReportedFinding, places: Places, colors: Colors): string {
  const { rule, path, start, message, reason } = finding;
  const place = colors.cyan(places.at(path, start));
  const more = colors.dim(`(sqla-migrate rules ${rule})`);
  return `  ${place} ${colors.yellow(rule)}  ${[message, reason].filter(Boolean).join(': ')}   ${more}`;
}

function renderShare(summary: Summary, { written }: TextOptions): string {
  const { sites, migrated, modernBefore, rewritten } = summary;
  const next =
    rewritten === 0
      ? ''
      : written
        ? ' Next: git diff, run your tests, sqla-migrate --check'
        : ' Next: run without --dry-run, --diff or --check to write this';
  if (sites === 0)
    return rewritten === 0 ? 'Nothing of SQLAlchemy found that could be migrated.' : next.trim();
  return `${percentage(summary)}% migrated (${number(migrated)} of ${count(sites, 'site')}; ${number(modernBefore)} ${modernBefore === 1 ? 'was' : 'were'} modern already).${next}`;
}

/** Files that could not be processed, withdrawn fixes and crashed rules; empty when all went well. */
export function renderProblems(run: Run, places: Places, { colors }: TextOptions): string {
  return [
    ...run.unprocessed.map(
      ({ path, line, problem }) =>
        `${places.path(path)}${line === null ? '' : `:${line}`}: left as it is: ${problem}`,
    ),
    ...run.withdrawn.map(
      ({ rule, path, start, problem }) =>
        `${places.at(path, start)}: ${colors.red('withdrawn')}: a rewrite of ${rule} failed a safety check: ${problem}. This is a bug of sqla-migrate; please report it.`,
    ),
    ...run.crashes.map(
      ({ rule, path, start, problem }) =>
        `${places.at(path, start)}: ${colors.red('rule crashed')}: ${rule}: ${problem}. The file was left to the other rules; please report it.`,
    ),
  ].join('\n');
}

/** Counts by rule. */
export function renderStatistics({ byRule }: Summary): string {
  const rows = [...byRule].map(([rule, { safe, unsafe, manual }]) => [
    rule,
    String(safe),
    String(unsafe),
    String(manual),
  ]);
  const table = [['rule', 'safe', 'unsafe', 'manual'], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

/** Every finding with what its decision rests on. */
export function renderEvidence(findings: readonly ReportedFinding[], places: Places): string {
  return findings
    .flatMap(({ rule, path, start, message, reason, safety, status, evidence }) => [
      `${places.at(path, start)} ${rule} ${standing(safety, status)}: ${message}`,
      ...(reason ? [`    because: ${reason}`] : []),
      ...evidence.map((line) => `    ${line}`),
    ])
    .join('\n');
}

/** Nothing is available where a person has to write it. */
function standing(safety: string, status: string): string {
  return safety === 'manual' && status === 'available' ? safety : `${safety}, ${status}`;
}

/** The files that a check found work in. */
export function renderCheck(run: Run, places: Places): string {
  return run.changed.map((path) => `Would rewrite ${places.path(path)}`).join('\n');
}

function count(amount: number, noun: string): string {
  return `${number(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}

/** With commas between thousands; `toLocaleString` would load the locale data at every start. */
function number(amount: number): string {
  return String(amount).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
