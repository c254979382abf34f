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
  const taken = new Map<string, Taken[]>();
  const near = (edit: Edit): readonly Taken[] =>
    stretches(edit).flatMap((stretch) => taken.get(stretch) ?? []);
  const accepted: Finding[] = [];
  const postponed: Finding[] = [];
  for (const finding of findings) {
    const edits = finding.fix?.edits ?? [];
    const collides = edits.some((edit) =>
      near(edit).some(
        (other) =>
          collide(edit, other.edit) || (isBeside(edit, other.edit) && !mayMeet(finding, other.by)),
      ),
    );
    // Two rules may ask for the same: once is enough.
    const isDone =
      edits.length > 0 &&
      edits.every((edit) => near(edit).some((other) => isSame(edit, other.edit)));
    if (collides || isDone) {
      postponed.push(finding);
      continue;
    }
    for (const edit of edits)
      for (const stretch of stretches(edit)) {
        const list = taken.get(stretch);
        if (list) list.push({ edit, by: finding });
        else taken.set(stretch, [{ edit, by: finding }]);
      }
    accepted.push(finding);
  }
  return { accepted, postponed };
}

interface Taken {
  readonly edit: Edit;
  readonly by: Finding;
}

/** Two insertions at one place, on the same side of it. */
function isBeside(a: Edit, b: Edit): boolean {
  return a.start === b.start && a.end === a.start && b.end === b.start && a.attach === b.attach;
}

/** Whether insertions of two findings at one place have an order: one construct lies in the other, or one rule adds to a list. */
function mayMeet(a: Finding, b: Finding): boolean {
  return a.rule === b.rule || (a.path === b.path && (holds(a, b) || holds(b, a)));
}

function holds(outer: Finding, inner: Finding): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Names the stretches of its file that an edit reaches: edits that share none do not collide. */
function stretches({ path, start, end }: Edit): readonly string[] {
  const first = start >> STRETCH;
  return Array.from({ length: (end >> STRETCH) - first + 1 }, (_, at) => `${path}\0${first + at}`);
}

/** A stretch has two to the power of this many characters. */
const STRETCH = 10;

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
