// Migrates texts in memory: prefilter, passes, verification. It reads and writes no files.
import type { Settings } from '../project/settings.ts';
import { positionsOf } from '../python/position.ts';
import type { PyTree } from '../python/tree.ts';
import type { Layers } from './layers.ts';
import type { ConfiguredLengths } from './line-length.ts';
import { parseFile } from './parse-files.ts';
import { runPasses, type PassResult } from './pass.ts';
import { findCandidates } from './prefilter.ts';
import type { Migration, ReportedFinding, Unprocessed, Withdrawn } from './report.ts';

/** How texts are migrated. */
export interface MigrateOptions {
  readonly settings: Settings;
  readonly layers: Layers;
  /** Whether the run may change a file; the others only give facts. */
  isEditable(path: string): boolean;
  /** What the tools of the project are told about the lines of a file. */
  lengthsOf?(path: string): ConfiguredLengths;
  /** `false` parses every file; only for tests of the prefilter. */
  readonly prefilter?: boolean;
}

/** The sorted paths of the files that are parsed. */
export function wantedPaths(
  files: ReadonlyMap<string, string>,
  options: MigrateOptions,
): readonly string[] {
  return options.prefilter === false
    ? [...files.keys()].toSorted()
    : findCandidates(files, options);
}

/** Migrates the texts of a project, by relative POSIX path. */
export function migrateTexts(
  files: ReadonlyMap<string, string>,
  options: MigrateOptions,
): Migration {
  const { parser } = options.layers;
  const trees = wantedPaths(files, options).map((path): [string, PyTree] => [
    path,
    parseFile(files.get(path) ?? '', parser),
  ]);
  return migrateTrees(files, new Map(trees), options);
}

/** Migrates the texts of a project of which those that matter are parsed. */
export function migrateTrees(
  files: ReadonlyMap<string, string>,
  trees: ReadonlyMap<string, PyTree>,
  options: MigrateOptions,
): Migration {
  const { settings, layers, lengthsOf } = options;
  const unprocessed = unparsed(trees, options);
  const frozen = new Map<string, Withdrawn>();
  for (;;) {
    const isEditable = (path: string): boolean =>
      options.isEditable(path) && !frozen.has(path) && trees.get(path)?.problems.length === 0;
    const result = runPasses({
      trees,
      settings,
      layers,
      isEditable,
      ...(lengthsOf ? { lengthsOf } : {}),
    });
    if (result.unstable.length === 0)
      return outcome(files, result, unprocessed, [...frozen.values()]);
    for (const path of result.unstable) frozen.set(path, notStable(path, result));
  }
}

function unparsed(
  trees: ReadonlyMap<string, PyTree>,
  { isEditable }: MigrateOptions,
): readonly Unprocessed[] {
  return [...trees].flatMap(
    ([
      path,
      {
        text,
        problems: [problem],
      },
    ]) => {
      if (!problem || !isEditable(path)) return [];
      return [{ path, line: positionsOf(text).at(problem.offset).line, problem: problem.problem }];
    },
  );
}

function notStable(path: string, { findings }: PassResult): Withdrawn {
  const last = findings.findLast((each) => each.path === path && each.status === 'applied');
  return {
    rule: last?.rule ?? 'imports',
    path,
    start: last?.start ?? 0,
    message: last?.message ?? '',
    problem: `${path}: its rewrites did not settle after ten passes, so the file is left as it is`,
  };
}

function outcome(
  files: ReadonlyMap<string, string>,
  { trees, findings, withdrawn, crashes, modern }: PassResult,
  unprocessed: readonly Unprocessed[],
  frozen: readonly Withdrawn[],
): Migration {
  const texts = [...files].map(([path, text]): [string, string] => [
    path,
    trees.get(path)?.text ?? text,
  ]);
  return {
    files: new Map(texts),
    findings: findings.toSorted(byPlace),
    withdrawn: [...frozen, ...withdrawn].toSorted(byPlace),
    crashes: crashes.toSorted(byPlace),
    unprocessed,
    modern,
  };
}

type Placed = Pick<ReportedFinding, 'path' | 'start' | 'rule'>;

function byPlace(a: Placed, b: Placed): number {
  return compare(a.path, b.path) || a.start - b.start || compare(a.rule, b.rule);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
