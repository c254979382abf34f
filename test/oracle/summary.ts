// The one line that says what the oracle ran, or that it did not run.
import type { Observation } from './observe.ts';

/** The line of a skipped run, with its line end. */
export function skipLine(reason: string, programs: number): string {
  return `oracle: SKIPPED, because ${reason}, ${programs} programs not run\n`;
}

/** The line of a run: how many mutants there were, how many programs had none, and how many were migrated to 1.4. */
export function summaryLine(observations: readonly Observation[], on14: number): string {
  const mutants = observations.reduce((sum, { mutantCount }) => sum + mutantCount, 0);
  const survivors = observations.reduce((sum, entry) => sum + entry.survivors.length, 0);
  const without = observations.filter(({ mutantCount }) => mutantCount === 0).length;
  return `oracle: ${observations.length} programs, ${mutants} mutants of which ${survivors} survive, ${without} programs without mutants; ${on14} migrated to 1.4\n`;
}
