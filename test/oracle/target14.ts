// Migrates fixtures with 1.4 as the target and runs the result on 1.4 and 2.0: no warning, same output. The comparison with `after` is not its part.
import { isDeepStrictEqual } from 'node:util';
import type { Case, Sources } from '../fixtures/cases.ts';
import type { ExpectedFinding, Expectation } from '../fixtures/expectation.ts';
import { migrate } from '../fixtures/migrate.ts';
import type { Environment, Version } from './environments.ts';
import { compareOutput, describeFailure } from './judge.ts';
import type { Observation } from './observe.ts';
import { toProgram } from './observe.ts';
import type { Outcome } from './run.ts';
import { runPrograms } from './run.ts';
import type { ServerKind } from './servers.ts';

interface Migrated {
  readonly files: Sources;
  readonly findings: readonly ExpectedFinding[];
  readonly problems: readonly string[];
  /** `before` on 1.4. */
  readonly before: Outcome;
  readonly server?: ServerKind;
}

/** What a fixture that was migrated to 1.4 did. */
export interface Observation14 extends Migrated {
  readonly on14: Outcome;
  readonly on20: Outcome;
}

/** Migrate and run the cases whose `before` runs on 1.4 and prints there what it prints on its own version. */
export async function observeTarget14(
  cases: readonly Case[],
  observations: ReadonlyMap<string, Observation>,
  environments: ReadonlyMap<Version, Environment>,
): Promise<ReadonlyMap<string, Observation14>> {
  const migrated = new Map<string, Migrated>();
  for (const { name, before, expected } of cases) {
    const before14 = observations.get(name)?.before14;
    if (!before14 || describeFailure(before14) !== null || before14.output !== expected.output)
      continue;
    const { files, findings, problems } = await migrate(before, {
      ...expected.options,
      targetVersion: '1.4',
    });
    const { server } = expected;
    const made = { files, findings, problems, before: before14 };
    migrated.set(name, server === undefined ? made : { ...made, server });
  }
  const outcomes = await Promise.all(
    (['1.4', '2.0'] as const).map((version) => runMigrated(migrated, version, environments)),
  );
  const [on14, on20] = outcomes;
  return new Map(
    [...migrated].flatMap(([name, made]) => {
      const first = on14?.get(name);
      const second = on20?.get(name);
      return first && second ? [[name, { ...made, on14: first, on20: second }]] : [];
    }),
  );
}

function runMigrated(
  migrated: ReadonlyMap<string, Migrated>,
  version: Version,
  environments: ReadonlyMap<Version, Environment>,
): Promise<ReadonlyMap<string, Outcome>> {
  const environment = environments.get(version);
  if (!environment) throw new Error(`SQLAlchemy ${version} was not prepared.`);
  const programs = [...migrated].map(([name, { files, server }]) => toProgram(name, files, server));
  return runPrograms(environment, programs);
}

/** On 1.4: it prints the same, declares the same, and 1.4 warns of nothing but what is listed and reported. */
export function judgeOn14(expected: Expectation, observed: Observation14): readonly string[] {
  const { problems, before, on14 } = observed;
  const broken = describeFailure(on14);
  if (broken !== null) return [...problems, `migrated to 1.4 it ends on 1.4 with ${broken}`];
  const output = expected.repaired ?? expected.output;
  const isSame = isDeepStrictEqual(before.shape, on14.shape);
  return [
    ...problems,
    ...compareOutput('recorded output', output, 'migrated to 1.4, on 1.4', on14.output),
    ...judgeShapeOn14(expected, isSame),
    ...judgeWarnings(expected, observed),
  ];
}

function judgeShapeOn14({ target14 }: Expectation, isSame: boolean): readonly string[] {
  if (target14?.shapeDiffers === undefined)
    return isSame ? [] : ['tables or mappers differ on 1.4'];
  return isSame ? ['"target14.shapeDiffers" is stale: tables and mappers are equal on 1.4'] : [];
}

/** On 2.0: it runs and prints the same, or the expectation says why not. */
export function judgeOn20(expected: Expectation, { on20 }: Observation14): readonly string[] {
  // What stays for a person at target 2.0 stays at 1.4 too.
  if (expected.fails !== undefined) return [];
  const broken = describeFailure(on20);
  const output = expected.repaired ?? expected.output;
  const problems =
    broken === null
      ? compareOutput('recorded output', output, 'migrated to 1.4, on 2.0', on20.output)
      : [`migrated to 1.4 it ends on 2.0 with ${broken}`];
  if (expected.target14?.fails === undefined) return problems;
  return problems.length > 0 ? [] : ['"target14.fails" is stale: the program does the same on 2.0'];
}

function judgeWarnings(
  { target14 }: Expectation,
  { findings, on14 }: Observation14,
): readonly string[] {
  const kept = target14?.warnings ?? [];
  const warned = Object.entries(on14.legacy);
  const unlisted = warned.filter(([use]) => !kept.some((entry) => use.startsWith(entry.use)));
  const stale = kept.filter((entry) => !warned.some(([use]) => use.startsWith(entry.use)));
  const unreported = kept.filter(
    ({ rule }) =>
      rule !== undefined &&
      !findings.some((finding) => finding.rule === rule && finding.status !== 'applied'),
  );
  return [
    ...unlisted.map(([use, place]) => `migrated to 1.4 it warns at ${place}: ${use}`),
    ...stale.map(({ use }) => `stale entry of "target14.warnings": ${use}`),
    ...unreported.map(({ use, rule }) => `${rule} does not report: ${use}`),
  ];
}
