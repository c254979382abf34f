// The one line that says that the oracle did not run.

/** The line, with its line end. */
export function skipLine(reason: string, programs: number): string {
  return `oracle: SKIPPED, because ${reason}, ${programs} programs not run\n`;
}
