// Makes the mutants of a program through `mutate.py` and says which of them nothing showed. Runs no program itself.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Sources } from '../fixtures/cases.ts';
import type { Survivor } from '../fixtures/expectation.ts';
import { runCommand } from './command.ts';
import type { Outcome } from './run.ts';

/** One wrong rewrite of one site. */
export interface Mutant {
  /** The program it was made of. */
  readonly program: string;
  readonly mutation: string;
  readonly path: string;
  readonly line: number;
  readonly code: string;
  readonly sources: Sources;
}

interface RawMutant {
  readonly file: string;
  readonly mutation: string;
  readonly line: number;
  readonly code: string;
  readonly text: string;
}

const script = join(dirname(fileURLToPath(import.meta.url)), 'mutate.py');

/** Every mutant of every program, in order. */
export async function makeMutants(
  python: string,
  programs: ReadonlyMap<string, Sources>,
): Promise<readonly Mutant[]> {
  const files: Record<string, string> = {};
  const origins = new Map<string, { program: string; path: string; sources: Sources }>();
  for (const [program, sources] of programs) {
    for (const [path, text] of sources) {
      if (!path.endsWith('.py')) continue;
      files[`${program}:${path}`] = text;
      origins.set(`${program}:${path}`, { program, path, sources });
    }
  }
  const result = await runCommand(python, [script], { input: JSON.stringify({ files }) });
  if (result.code !== 0) throw new Error(`mutate.py failed:\n${result.stderr}`);
  const found: readonly RawMutant[] = JSON.parse(result.stdout);
  return found.flatMap(({ file, text, ...site }) => {
    const origin = origins.get(file);
    if (origin === undefined) return [];
    return [{ ...site, ...origin, sources: new Map([...origin.sources, [origin.path, text]]) }];
  });
}

/** Whether a mutant does anything that its program does not: the question that every program must answer with yes. */
export function isKilled(program: Outcome, mutant: Outcome): boolean {
  return (
    mutant.problem !== undefined ||
    mutant.exception !== null ||
    mutant.output !== program.output ||
    mutant.statements !== program.statements ||
    !isDeepStrictEqual(mutant.shape, program.shape)
  );
}

/** Survivors without a reason, and reasons that no survivor needs any more. */
export function judgeSurvivors(
  survivors: readonly Mutant[],
  explained: readonly Survivor[],
): readonly string[] {
  const matches = (mutant: Mutant, entry: Survivor): boolean =>
    entry.mutation === mutant.mutation && entry.code === mutant.code;
  const unexplained = survivors.filter(
    (mutant) => !explained.some((entry) => matches(mutant, entry)),
  );
  const stale = explained.filter((entry) => !survivors.some((mutant) => matches(mutant, entry)));
  return [
    ...unexplained.map(
      (m) =>
        `survives: ${m.mutation} at ${m.path}:${m.line}  ${m.code}\n    make the program show it, or explain it under "survivors"`,
    ),
    ...stale.map((entry) => `stale survivor: ${entry.mutation}  ${entry.code}`),
  ];
}
