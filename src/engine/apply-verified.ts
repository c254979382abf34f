// Applies accepted findings, checks every rewritten file, and takes back the fixes that fail. It does not choose what is accepted.
import type { Finding } from '../edits/edit.ts';
import type { PyTree } from '../python/tree.ts';
import { rewriteFile, touchedPaths, type Application, type Rewritten } from './apply-findings.ts';
import { verifyFile } from './verify.ts';

/** A finding whose fix failed a check. */
export interface Failure {
  readonly finding: Finding;
  readonly problem: string;
}

/** What was applied, and what was taken back. */
export interface Verified {
  readonly rewritten: ReadonlyMap<string, Rewritten>;
  readonly kept: readonly Finding[];
  readonly failures: readonly Failure[];
}

/** Rewrites all files that the findings touch. A fix that fails in one file is taken back in all of them. */
export function applyVerified(accepted: readonly Finding[], application: Application): Verified {
  const rewritten = new Map<string, Rewritten>();
  const failures: Failure[] = [];
  let kept = accepted;
  const pathsOf = new Map(accepted.map((finding) => [finding, touchedPaths([finding])]));
  const pending = new Set(touchedPaths(kept));
  for (const path of pending) {
    const tree = application.trees.get(path);
    if (!tree) continue;
    const touching = kept.filter((finding) => pathsOf.get(finding)?.includes(path));
    rewritten.delete(path);
    if (touching.length === 0) continue;
    const attempt = tryFile(path, tree, touching, application);
    if (typeof attempt !== 'string') {
      rewritten.set(path, attempt);
      continue;
    }
    const culprits = blame(path, tree, touching, attempt, application);
    failures.push(...culprits);
    const failed = new Set(culprits.map(({ finding }) => finding));
    kept = kept.filter((finding) => !failed.has(finding));
    // A path added again while the set is walked is visited again: every file of a culprit is computed anew.
    for (const again of touchedPaths([...failed])) {
      pending.delete(again);
      pending.add(again);
    }
  }
  return { rewritten, kept, failures };
}

/** The rewritten file, or what is wrong with it. */
function tryFile(
  path: string,
  tree: PyTree,
  findings: readonly Finding[],
  application: Application,
): Rewritten | string {
  try {
    const result = rewriteFile(path, tree, findings, application);
    const dropped = findings.flatMap(({ fix }) => fix?.droppedComments ?? []);
    const problem = verifyFile(tree, result.tree, dropped);
    return problem === null ? result : `${path}: ${problem}`;
  } catch (error) {
    return `${path}: the rewrite failed (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** The findings that fail on their own; all of them when only the combination fails. */
function blame(
  path: string,
  tree: PyTree,
  touching: readonly Finding[],
  problem: string,
  application: Application,
): readonly Failure[] {
  const alone = touching.flatMap((finding) => {
    const attempt = tryFile(path, tree, [finding], application);
    return typeof attempt === 'string' ? [{ finding, problem: attempt }] : [];
  });
  return alone.length > 0 ? alone : touching.map((finding) => ({ finding, problem }));
}
