// Migrates files of requirements and settings in memory, after the Python files. Each is read and changed for itself, in one pass.
import { applyEdits } from '../edits/apply.ts';
import type { Edit, Finding } from '../edits/edit.ts';
import { collide } from '../edits/resolve.ts';
import { readConfigFile } from '../project/dependencies/config-file.ts';
import type { ConfigContext, Proposal, Transform } from '../project/rule.ts';
import type { Settings } from '../project/settings.ts';
import type { ReportedFinding } from './report.ts';
import { ruleFilter } from './select.ts';

const PASSES = 5;

/** The outcome, by path. */
export interface ConfigMigration {
  readonly files: ReadonlyMap<string, string>;
  readonly findings: readonly ReportedFinding[];
}

/** Migrates the texts of files of requirements and settings; `usesAsyncio` answers for the code of each. */
export function migrateConfigFiles(
  texts: ReadonlyMap<string, string>,
  transforms: readonly Transform[],
  settings: Settings,
  usesAsyncio: (path: string) => boolean,
): ConfigMigration {
  const isOn = ruleFilter(settings);
  const rules = transforms.filter(({ id, optIn, config }) => config && isOn(id, optIn === true));
  const files = new Map<string, string>();
  const findings: ReportedFinding[] = [];
  for (const [path, text] of [...texts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const isAsync = usesAsyncio(path);
    const inspect = (source: string): readonly Finding[] =>
      rules.flatMap((rule) => findingsOf(rule, path, source, settings, isAsync));
    let { text: after, reported } = applyFindings(text, inspect(text), settings);
    findings.push(...reported.filter(({ status, safety }) => !isDelayed(status, safety, settings)));
    // What collided is proposed again.
    for (
      let pass = 0;
      pass < PASSES && reported.some(({ status }) => status === 'applied');
      pass++
    ) {
      ({ text: after, reported } = applyFindings(after, inspect(after), settings));
      findings.push(...reported.filter(({ status }) => status === 'applied'));
    }
    files.set(path, after);
  }
  return { files, findings };
}

/** Whether a fix waits for the next pass, because it collided. */
function isDelayed(
  status: ReportedFinding['status'],
  safety: ReportedFinding['safety'],
  { unsafeFixes }: Settings,
): boolean {
  return status === 'available' && (safety === 'safe' || (safety === 'unsafe' && unsafeFixes));
}

function findingsOf(
  { id, config }: Transform,
  path: string,
  text: string,
  settings: Settings,
  usesAsyncio: boolean,
): readonly Finding[] {
  const findings: Finding[] = [];
  const context: ConfigContext = {
    settings,
    usesAsyncio,
    fix: (proposal) => findings.push(findingOf(id, path, proposal)),
    manual({ at, message, reason, possible }) {
      const { start, end } = at;
      const found = { rule: id, path, start, end, message, reason, fix: null, evidence: [] };
      findings.push(possible === true ? { ...found, possible } : found);
    },
    replace: ({ start, end }, text) => ({ path, start, end, text }),
  };
  config?.(readConfigFile(path, text), context);
  return findings;
}

function findingOf(rule: string, path: string, proposal: Proposal): Finding {
  const { at, message, safety, edits, reason = '' } = proposal;
  const { start, end } = at;
  const fix = { safety, edits, imports: [], droppedComments: [] };
  return { rule, path, start, end, message, reason, fix, evidence: [] };
}

function applyFindings(
  text: string,
  findings: readonly Finding[],
  { unsafeFixes }: Settings,
): { readonly text: string; readonly reported: readonly ReportedFinding[] } {
  const accepted: Edit[] = [];
  const reported = findings.map((finding): ReportedFinding => {
    const { fix } = finding;
    if (fix === null) return { ...finding, status: 'available', safety: 'manual' };
    const isWanted = fix.safety === 'safe' || unsafeFixes;
    const isFree = !fix.edits.some((edit) => accepted.some((other) => collide(edit, other)));
    if (!isWanted || !isFree) return { ...finding, status: 'available', safety: fix.safety };
    accepted.push(...fix.edits);
    return { ...finding, status: 'applied', safety: fix.safety };
  });
  return { text: applyEdits(text, [{ span: text.length, edits: accepted }]), reported };
}
