// The figures of a run, from which every report is rendered. It prints nothing.
import type { Run } from '../engine/run.ts';
import type { ReportedFinding } from '../engine/report.ts';

/** Counts of one rule. */
export interface RuleCounts {
  readonly safe: number;
  readonly unsafe: number;
  readonly manual: number;
}

/** The figures of a run. */
export interface Summary {
  readonly rewritten: number;
  readonly files: number;
  /** Unsafe rewrites that were not applied. */
  readonly unsafe: readonly ReportedFinding[];
  readonly manual: readonly ReportedFinding[];
  /** What may well be no mistake: not work that is left. */
  readonly possible: readonly ReportedFinding[];
  /** All sites: modern after the run, and left. */
  readonly sites: number;
  /** Sites in the 2.0 style after the run. */
  readonly migrated: number;
  readonly modernBefore: number;
  readonly byRule: ReadonlyMap<string, RuleCounts>;
}

/** Computes the figures. The share of migrated sites rests on the resulting text alone, so that a second run says the same. */
export function summarize({ findings, changed, modern }: Run): Summary {
  const rewritten = sitesOf(findings.filter(({ status }) => status === 'applied'));
  const available = findings.filter(({ status }) => status === 'available');
  const possible = available.filter((finding) => finding.possible === true);
  const left = available.filter((finding) => finding.possible !== true);
  const manual = left.filter(({ safety }) => safety === 'manual');
  return {
    rewritten,
    files: changed.length,
    unsafe: left.filter(({ safety }) => safety === 'unsafe'),
    manual,
    possible,
    sites: modern + sitesOf(left.filter(isMigration)),
    migrated: modern,
    modernBefore: Math.max(0, modern - rewritten),
    byRule: countByRule(findings),
  };
}

/** A rewrite may take several sites together. */
function sitesOf(findings: readonly ReportedFinding[]): number {
  return findings.reduce((count, { sites = 1 }) => count + sites, 0);
}

/** Advice on code that is on 2.0 already is no site of the migration. */
function isMigration({ rule }: ReportedFinding): boolean {
  return !/^(async|lint)-/.test(rule);
}

function countByRule(findings: readonly ReportedFinding[]): ReadonlyMap<string, RuleCounts> {
  const counts = new Map<string, RuleCounts>();
  for (const { rule, safety } of findings) {
    const before = counts.get(rule) ?? { safe: 0, unsafe: 0, manual: 0 };
    counts.set(rule, { ...before, [safety]: before[safety] + 1 });
  }
  return new Map([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The share of migrated sites, in whole percent, rounded down: 100 means all. */
export function percentage({ migrated, sites }: Pick<Summary, 'migrated' | 'sites'>): number {
  return sites === 0 ? 100 : Math.floor((migrated / sites) * 100);
}
