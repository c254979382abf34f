// Runs all fixtures on all the versions they need, one driver process a version. Judges nothing.
import type { Case, Sources } from '../fixtures/cases.ts';
import { MAIN } from '../fixtures/cases.ts';
import type { Environment, Version } from './environments.ts';
import type { Mutant } from './mutants.ts';
import { isKilled, makeMutants } from './mutants.ts';
import type { Outcome, Program } from './run.ts';
import { runPrograms } from './run.ts';
import type { ServerKind } from './servers.ts';

/** The versions that `after` must run on. */
export const TARGETS = ['2.0', '2.1'] as const satisfies readonly Version[];

/** Everything that the programs of one fixture did. */
export interface Observation {
  readonly before: Outcome;
  readonly before14: Outcome;
  readonly targets: readonly {
    readonly version: Version;
    readonly before: Outcome;
    readonly after: Outcome;
  }[];
  readonly mutantCount: number;
  readonly survivors: readonly Mutant[];
}

/** The versions that the `after` of one fixture must run on. */
function targetsOf({ expected }: Case): readonly Version[] {
  return expected.needs21 === undefined ? TARGETS : ['2.1'];
}

/** The version on which wrong rewrites of a fixture are tried. */
function mutantVersion({ expected }: Case): '2.0' | '2.1' {
  return expected.needs21 === undefined ? '2.0' : '2.1';
}

/** The line of versions that a fixture's `before` names. */
export function versionOf(before: Case['expected']['before']): Version {
  if (before === 'static') throw new Error('A static fixture has no version.');
  return VERSION_OF[before];
}

const VERSION_OF = { '1.3.24': '1.3', '1.4.54': '1.4', '2.0': '2.0', '2.1': '2.1' } as const;

/** Cases that are run: all but the static ones; those of one server, or those that need none. */
export function runnableCases(cases: readonly Case[], server?: ServerKind): readonly Case[] {
  return cases.filter(({ expected }) => expected.before !== 'static' && expected.server === server);
}

/** Run everything and sort the outcomes by fixture. */
export async function observeFixtures(
  cases: readonly Case[],
  environments: ReadonlyMap<Version, Environment>,
): Promise<ReadonlyMap<string, Observation>> {
  const mutants = await makeMutants(
    environmentOf(environments, '2.0').python,
    mutableSources(cases),
  );
  const run = async (version: Version): Promise<ReadonlyMap<string, Outcome>> =>
    runPrograms(environmentOf(environments, version), programsFor(version, cases, mutants));
  const [v13, v14, v20, v21] = await Promise.all([run('1.3'), run('1.4'), run('2.0'), run('2.1')]);
  const byVersion = { '1.3': v13, '1.4': v14, '2.0': v20, '2.1': v21 };
  const observe = (entry: Case): Observation => {
    const { name, expected } = entry;
    const own = versionOf(expected.before);
    const mutated = byVersion[mutantVersion(entry)];
    const targets = targetsOf(entry).map((version) => ({
      version,
      before: outcomeOf(byVersion[version], beforeId(name)),
      after: outcomeOf(byVersion[version], afterId(name)),
    }));
    const mine = mutants
      .map((mutant, index) => ({ mutant, index }))
      .filter(({ mutant }) => mutant.program === name);
    const survives = ({ index }: { index: number }): boolean =>
      !isKilled(outcomeOf(mutated, afterId(name)), outcomeOf(mutated, mutantId(index)));
    return {
      before: outcomeOf(byVersion[own], beforeId(name)),
      before14: outcomeOf(v14, beforeId(name)),
      targets,
      mutantCount: mine.length,
      survivors: mine.filter(survives).map(({ mutant }) => mutant),
    };
  };
  return new Map(cases.map((entry) => [entry.name, observe(entry)]));
}

function programsFor(
  version: Version,
  cases: readonly Case[],
  mutants: readonly Mutant[],
): readonly Program[] {
  const isTarget = TARGETS.some((target) => target === version);
  const needsBefore = (entry: Case): boolean =>
    isTarget || version === '1.4' || versionOf(entry.expected.before) === version;
  const tried = new Set(
    cases.filter((entry) => mutantVersion(entry) === version).map(({ name }) => name),
  );
  return [
    ...cases
      .filter(needsBefore)
      .map((entry) => toProgram(beforeId(entry.name), entry.before, entry.expected.server)),
    ...(isTarget
      ? cases.map((entry) => toProgram(afterId(entry.name), entry.after, entry.expected.server))
      : []),
    ...mutants.flatMap((mutant, index) =>
      tried.has(mutant.program)
        ? [toProgram(mutantId(index), mutant.sources, serverOf(mutant, cases))]
        : [],
    ),
  ];
}

/** Programs worth mutating: those that the tool rewrote and that run. */
function mutableSources(cases: readonly Case[]): ReadonlyMap<string, Sources> {
  const rewritten = cases.filter(
    ({ before, after, expected }) => expected.fails === undefined && !sameSources(before, after),
  );
  return new Map(rewritten.map((entry) => [entry.name, entry.after]));
}

function sameSources(a: Sources, b: Sources): boolean {
  return a.size === b.size && [...a].every(([path, text]) => b.get(path) === text);
}

/** A program as the driver takes it. */
export function toProgram(id: string, sources: Sources, server?: ServerKind): Program {
  const program = { id, files: Object.fromEntries(sources), main: MAIN };
  return server === undefined ? program : { ...program, server };
}

function serverOf({ program }: Mutant, cases: readonly Case[]): ServerKind | undefined {
  return cases.find(({ name }) => name === program)?.expected.server;
}

const beforeId = (name: string): string => `before ${name}`;
const afterId = (name: string): string => `after ${name}`;
const mutantId = (index: number): string => `mutant ${index}`;

function environmentOf(
  environments: ReadonlyMap<Version, Environment>,
  version: Version,
): Environment {
  const environment = environments.get(version);
  if (environment === undefined) throw new Error(`SQLAlchemy ${version} was not prepared.`);
  return environment;
}

function outcomeOf(outcomes: ReadonlyMap<string, Outcome>, id: string): Outcome {
  const outcome = outcomes.get(id);
  if (outcome === undefined) throw new Error(`${id} was not run.`);
  return outcome;
}
