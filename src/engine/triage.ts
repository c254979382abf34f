// Sorts the findings of a pass into those that may be applied and those that are only reported. It applies nothing.
import { collide } from '../edits/resolve.ts';
import type { Finding } from '../edits/edit.ts';
import type { PyTree } from '../python/tree.ts';
import { touchedPaths } from './apply-findings.ts';
import { suppressionsOf, type Suppressions } from './suppress.ts';

/** A finding that is not applied in this pass, with what becomes of it. */
export interface Held {
  readonly finding: Finding;
  readonly status: 'available' | 'suppressed';
}

/** The findings of a pass, each in exactly one list. */
export interface Triage {
  readonly ready: readonly Finding[];
  readonly held: readonly Held[];
  /** Fixes whose own edits contradict each other. */
  readonly broken: readonly Finding[];
}

/** What decides whether a finding may be applied. */
export interface TriageRules {
  readonly unsafeFixes: boolean;
  readonly trees: ReadonlyMap<string, PyTree>;
  /** Whether the run may change a file. */
  isEditable(path: string): boolean;
}

/** Sorts findings; the order within each list is that of the input. */
export function triage(findings: readonly Finding[], rules: TriageRules): Triage {
  const ready: Finding[] = [];
  const held: Held[] = [];
  const broken: Finding[] = [];
  const suppressions = suppressionReader(rules.trees);
  for (const finding of findings) {
    const { fix } = finding;
    const blocked = touchedPaths([finding]).filter((path) => !rules.isEditable(path));
    if (isSuppressed(finding, suppressions)) held.push({ finding, status: 'suppressed' });
    else if (fix === null) held.push({ finding, status: 'available' });
    else if (blocked.length > 0)
      held.push({ finding: outOfReach(finding, blocked), status: 'available' });
    else if (fix.safety === 'unsafe' && !rules.unsafeFixes)
      held.push({ finding, status: 'available' });
    else if (contradictsItself(finding)) broken.push(finding);
    else ready.push(finding);
  }
  return { ready, held, broken };
}

function outOfReach(finding: Finding, blocked: readonly string[]): Finding {
  const reason = `also touches ${blocked.join(', ')}; run on the project`;
  return {
    ...finding,
    reason: finding.reason ? `${finding.reason}; ${reason}` : reason,
    fix: null,
  };
}

function contradictsItself({ fix }: Finding): boolean {
  const edits = fix?.edits ?? [];
  return edits.some((edit, index) =>
    edits.slice(index + 1).some((other) => other.path === edit.path && collide(edit, other)),
  );
}

function suppressionReader(
  trees: ReadonlyMap<string, PyTree>,
): (path: string) => Suppressions | null {
  const known = new Map<string, Suppressions>();
  return (path) => {
    const tree = trees.get(path);
    if (!tree) return null;
    const found = known.get(path) ?? suppressionsOf(tree);
    known.set(path, found);
    return found;
  };
}

function isSuppressed(
  { rule, path, start, end, fix }: Finding,
  suppressions: (path: string) => Suppressions | null,
): boolean {
  return [{ path, start, end }, ...(fix?.edits ?? [])].some((place) => {
    const file = suppressions(place.path);
    return file !== null && (file.file || file.covers(rule, place));
  });
}
