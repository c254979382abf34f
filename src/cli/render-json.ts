// Renders a run as the versioned JSON report of which every other format is a rendering. Sorted, without times, paths relative with `/`.
import { createHash } from 'node:crypto';
import type { ReportedFinding } from '../engine/report.ts';
import type { Run } from '../engine/run.ts';
import type { Settings } from '../project/settings.ts';
import type { Places } from './places.ts';
import { warningsJson, type WarningReport } from './render-warnings.ts';
import type { Summary } from './summary.ts';

/** What a report needs beside the run. */
export interface JsonOptions {
  readonly version: string;
  readonly settings: Settings;
  readonly places: Places;
  readonly summary: Summary;
  /** What becomes of the warnings of a log, if one was given. */
  readonly warnings: WarningReport | null;
  /** Where a rule is documented. */
  url(rule: string): string;
}

/** The report, with a line end. */
export function renderJson(run: Run, options: JsonOptions): string {
  const { version, settings, places, summary } = options;
  const fingerprint = fingerprinter(run, places);
  const report = {
    schema_version: 1,
    tool: { name: 'sqla-migrate', version },
    target_version: settings.targetVersion,
    summary: {
      files: summary.files,
      sites: summary.sites,
      migrated: summary.migrated,
      by_rule: Object.fromEntries(summary.byRule),
    },
    findings: run.findings.map((finding) => findingOf(finding, options, fingerprint)),
    withdrawn: run.withdrawn.map(({ rule, path, start, problem }) => ({
      rule,
      path: places.path(path),
      start: places.position(path, start),
      problem,
    })),
    crashes: run.crashes.map(({ rule, path, start, problem }) => ({
      rule,
      path: places.path(path),
      start: places.position(path, start),
      problem,
    })),
    unprocessed: run.unprocessed.map(({ path, line, problem }) => ({
      path: places.path(path),
      line,
      problem,
    })),
    ...(options.warnings ? { warnings: warningsJson(options.warnings, places) } : {}),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function findingOf(
  finding: ReportedFinding,
  { places, url }: JsonOptions,
  fingerprint: (finding: ReportedFinding) => string,
): object {
  const { rule, safety, status, path, start, end, message, reason, fix } = finding;
  return {
    rule,
    safety,
    status,
    path: places.path(path),
    range: { start: places.position(path, start), end: places.position(path, end) },
    message,
    reason,
    ...(finding.possible === true ? { possible: true } : {}),
    url: url(rule),
    fingerprint: fingerprint(finding),
    edits: (fix?.edits ?? []).map((edit) => ({
      ...(edit.path === path ? {} : { path: places.path(edit.path) }),
      start_byte: places.position(edit.path, edit.start).byte,
      end_byte: places.position(edit.path, edit.end).byte,
      text: edit.text,
    })),
  };
}

/** Identifies a finding by rule, path and text, not by line, so that it survives edits elsewhere; repeated ones are numbered. */
function fingerprinter({ sources }: Run, places: Places): (finding: ReportedFinding) => string {
  const seen = new Map<string, number>();
  return ({ rule, path, start, end }) => {
    const text = (sources.texts.get(path) ?? '').slice(start, end).replaceAll(/\s+/g, ' ');
    const key = `${rule}\0${places.path(path)}\0${text}`;
    const repeat = seen.get(key) ?? 0;
    seen.set(key, repeat + 1);
    return createHash('sha256').update(`${key}\0${repeat}`).digest('hex').slice(0, 16);
  };
}
