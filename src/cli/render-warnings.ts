// Renders what becomes of the warnings of a log, for people and as a part of the JSON report. It prints nothing.
import type { Colors } from 'picocolors/types.js';
import type { MatchedWarning, WarningOutcome } from '../engine/match-warnings.ts';
import type { Places } from './places.ts';

/** The warnings of one log. */
export interface WarningReport {
  /** The log, as it was named. */
  readonly log: string;
  readonly warnings: readonly MatchedWarning[];
}

const OUTCOMES: readonly (readonly [WarningOutcome, string])[] = [
  ['resolved', 'resolved'],
  ['unsafe', 'resolved by --unsafe-fixes'],
  ['manual', 'for you'],
  ['suppressed', 'suppressed'],
  ['remaining', 'remaining'],
  ['changed', 'on lines that have changed since'],
  ['elsewhere', 'in code of others'],
];
const LISTED: ReadonlySet<WarningOutcome> = new Set(['unsafe', 'manual', 'remaining', 'changed']);

/** The report for people. */
export function renderWarnings(
  { log, warnings }: WarningReport,
  places: Places,
  { colors, verbose }: { readonly colors: Colors; readonly verbose: boolean },
): string {
  if (warnings.length === 0)
    return `${log} has no warning of SQLAlchemy 1.4 about 2.0. Run the tests with SQLALCHEMY_WARN_20=1 and PYTHONWARNINGS=default on 1.4.`;
  const counts = OUTCOMES.flatMap(([outcome, text]) => {
    const count = warnings.filter((each) => each.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${text}`];
  });
  const listed = warnings.filter(({ outcome }) => verbose || LISTED.has(outcome));
  return [
    colors.bold(
      `${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'} of ${log}: ${counts.join(', ')}${listed.length > 0 ? ':' : '.'}`,
    ),
    ...listed.map((each) => warningLine(each, places, colors)),
  ].join('\n');
}

function warningLine(
  { file, path, line, message, outcome, rule, reason }: MatchedWarning,
  places: Places,
  colors: Colors,
): string {
  const place = colors.cyan(`${file === null ? path : places.path(file)}:${line}`);
  const first = /^.*?[.;](?=\s|$)/.exec(message)?.[0] ?? message;
  const label = OUTCOMES.find(([name]) => name === outcome)?.[1] ?? outcome;
  const why = [rule === null ? '' : colors.yellow(rule), reason].filter((each) => each !== '');
  return `  ${place} ${label}: ${first}${why.length > 0 ? `   (${why.join(': ')})` : ''}`;
}

/** The part of the JSON report. */
export function warningsJson({ log, warnings }: WarningReport, places: Places): object {
  const summary = Object.fromEntries(
    OUTCOMES.map(([outcome]) => [
      outcome,
      warnings.filter((each) => each.outcome === outcome).length,
    ]),
  );
  return {
    log,
    summary,
    items: warnings.map(({ file, path, line, category, message, outcome, rule, reason }) => ({
      path: file === null ? path : places.path(file),
      line,
      category,
      message,
      outcome,
      rule,
      reason,
    })),
  };
}
