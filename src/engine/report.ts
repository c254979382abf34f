// What a run tells: findings with their outcome, withdrawn fixes, crashed rules, files that were left out. Data only.
import type { Finding } from '../edits/edit.ts';

/** What became of a finding. A manual finding is `available` to a person. */
export type Status = 'applied' | 'available' | 'suppressed';

/** A finding with its outcome. All offsets, those of the fix included, refer to the original text. */
export interface ReportedFinding extends Finding {
  readonly status: Status;
  readonly safety: 'safe' | 'unsafe' | 'manual';
}

/** A fix that a safety check took back. */
export interface Withdrawn {
  readonly rule: string;
  readonly path: string;
  /** Offset in the original text. */
  readonly start: number;
  readonly message: string;
  /** Which check failed, and where. */
  readonly problem: string;
}

/** A rule that threw while it visited a file; what it proposed for that file was dropped. */
export interface Crash {
  readonly rule: string;
  readonly path: string;
  /** Offset in the original text. */
  readonly start: number;
  readonly problem: string;
}

/** A file that was left as it is because it could not be read or parsed. */
export interface Unprocessed {
  readonly path: string;
  /** Line of the problem, `null` when it concerns the whole file. */
  readonly line: number | null;
  readonly problem: string;
}

/** The outcome of a migration of texts. */
export interface Migration {
  /** The texts after the run, by path; those that nothing changed are the same strings. */
  readonly files: ReadonlyMap<string, string>;
  readonly findings: readonly ReportedFinding[];
  readonly withdrawn: readonly Withdrawn[];
  readonly crashes: readonly Crash[];
  readonly unprocessed: readonly Unprocessed[];
  /** Places in the resulting texts that are written in the 2.0 style. */
  readonly modern: number;
}
