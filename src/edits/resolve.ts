// Chooses, of all proposed findings, those whose fixes can be applied together. It applies nothing.
import type { Edit, Finding } from './edit.ts';

/** The outcome of conflict resolution, both lists in the order of the input. */
export interface Resolution {
  readonly accepted: readonly Finding[];
  /** Findings whose fix collides with an accepted one, or asks for the same; what is still wanted is proposed again on the next pass. */
  readonly postponed: readonly Finding[];
}

/**
 * Accepts fixes in the given order (the registry's) as long as none of their edits collides with an accepted edit.
 * A fix is accepted as a whole or not at all. Findings without a fix are always accepted.
 */
export function resolve(findings: readonly Finding[]): Resolution {
  const taken = new Map<string, Edit[]>();
  const accepted: Finding[] = [];
  const postponed: Finding[] = [];
  for (const finding of findings) {
    const edits = finding.fix?.edits ?? [];
    const others = (edit: Edit): readonly Edit[] => taken.get(edit.path) ?? [];
    const collides = edits.some((edit) => others(edit).some((other) => collide(edit, other)));
    // Two rules may ask for the same: once is enough.
    const isDone =
      edits.length > 0 && edits.every((edit) => others(edit).some((other) => isSame(edit, other)));
    if (collides || isDone) {
      postponed.push(finding);
      continue;
    }
    for (const edit of edits) {
      const list = taken.get(edit.path);
      if (list) list.push(edit);
      else taken.set(edit.path, [edit]);
    }
    accepted.push(finding);
  }
  return { accepted, postponed };
}

function isSame(a: Edit, b: Edit): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}

/** Two edits collide when they change a common character, or one inserts inside what the other replaces. */
export function collide(a: Edit, b: Edit): boolean {
  if (a.start === a.end && b.start === b.end) return false;
  if (a.start === a.end) return b.start < a.start && a.start < b.end;
  if (b.start === b.end) return a.start < b.start && b.start < a.end;
  return a.start < b.end && b.start < a.end;
}
