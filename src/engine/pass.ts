// Repeats passes over parsed files until nothing changes any more. Files, prefiltering and writing are not its business.
import { resolve } from '../edits/resolve.ts';
import type { Finding } from '../edits/edit.ts';
import { countModern } from '../project/modern.ts';
import type { Project } from '../project/project.ts';
import type { FileSettings, Settings } from '../project/settings.ts';
import type { PyTree } from '../python/tree.ts';
import { step } from './apply-findings.ts';
import { applyVerified } from './apply-verified.ts';
import { fileSettings, type ConfiguredLengths } from './line-length.ts';
import type { Layers } from './layers.ts';
import { chain, offsetMap, type OffsetMap } from './offsets.ts';
import type { Crash, ReportedFinding, Status, Withdrawn } from './report.ts';
import { triage } from './triage.ts';
import { createTriggerScan, visitFiles, type TriggerScan } from './visit.ts';

const MAX_PASSES = 10;

/** What the passes work on. */
export interface PassInput {
  /** What the tools of the project are told about the lines of a file. */
  lengthsOf?(path: string): ConfiguredLengths;
  readonly trees: ReadonlyMap<string, PyTree>;
  readonly settings: Settings;
  readonly layers: Layers;
  isEditable(path: string): boolean;
}

/** What the passes made. */
export interface PassResult {
  readonly trees: ReadonlyMap<string, PyTree>;
  readonly findings: readonly ReportedFinding[];
  readonly withdrawn: readonly Withdrawn[];
  readonly crashes: readonly Crash[];
  readonly modern: number;
  /** Files that still changed in the last pass allowed: their text must not be used. */
  readonly unstable: readonly string[];
}

interface State {
  readonly settingsFor: (path: string) => FileSettings;
  trees: ReadonlyMap<string, PyTree>;
  readonly maps: Map<string, OffsetMap>;
  readonly applied: ReportedFinding[];
  readonly withdrawn: Map<string, Withdrawn>;
  readonly crashes: Map<string, Crash>;
  readonly triggered: TriggerScan;
}

/** Runs passes until one changes nothing, at most ten. */
export function runPasses(input: PassInput): PassResult {
  const state: State = {
    settingsFor: fileSettings(input),
    trees: input.trees,
    maps: new Map(),
    applied: [],
    withdrawn: new Map(),
    crashes: new Map(),
    triggered: createTriggerScan(input.layers.transforms),
  };
  let first: Project | null = null;
  let previous: Project | null = null;
  let visited = editablePaths(state.trees, input.isEditable);
  const heldIn = new Map<string, readonly ReportedFinding[]>();
  for (let pass = 1; ; pass++) {
    const project = input.layers.buildProject(state.trees, input.settings, previous);
    previous = project;
    first ??= project;
    const { changed, held } = runPass(state, project, visited, input);
    for (const path of visited) heldIn.set(path, []);
    for (const each of held) heldIn.set(each.path, [...(heldIn.get(each.path) ?? []), each]);
    const cleaned = changed.length > 0 ? changed : tidyImports(state, first, project, input);
    // Facts are those of the text as it was: what no rewrite touched says the same in the next pass.
    visited = [...new Set(cleaned)].toSorted();
    if (cleaned.length === 0 || pass === MAX_PASSES)
      return {
        trees: state.trees,
        findings: [...state.applied, ...[...heldIn.values()].flat()],
        withdrawn: [...state.withdrawn.values()],
        crashes: [...state.crashes.values()],
        modern: countModern(project, [...state.trees.keys()].filter(input.isEditable)),
        unstable: cleaned,
      };
  }
}

interface PassOutcome {
  readonly changed: readonly string[];
  readonly held: readonly ReportedFinding[];
}

function runPass(
  state: State,
  project: Project,
  paths: readonly string[],
  input: PassInput,
): PassOutcome {
  const { settings, layers, isEditable } = input;
  const { trees } = state;
  const visit = visitFiles(trees, paths, project, settings, layers, state.triggered);
  for (const crash of visit.crashes) {
    const key = `${crash.rule}\0${crash.path}`;
    const start = originOf(state, crash.path).toOld(crash.start, 'start');
    if (!state.crashes.has(key)) state.crashes.set(key, { ...crash, start });
  }
  const allowed = visit.findings.filter((finding) => !state.withdrawn.has(keyOf(state, finding)));
  const { unsafeFixes } = settings;
  const { ready, held, broken } = triage(allowed, { unsafeFixes, trees, isEditable });
  for (const finding of broken) withdraw(state, finding, 'its edits contradict each other');
  const { accepted, postponed } = resolve(ready);
  const outcome = applyVerified(accepted, {
    trees,
    project,
    settingsFor: state.settingsFor,
    layers,
  });
  for (const { finding, problem } of outcome.failures) withdraw(state, finding, problem);
  const reports = held.map(({ finding, status }) => reported(state, finding, status));
  state.applied.push(...outcome.kept.map((finding) => reported(state, finding, 'applied')));
  for (const [path, { tree, map }] of outcome.rewritten) replaceTree(state, path, tree, map);
  // A pass in which fixes were withdrawn is repeated, so that what they kept out gets its turn.
  const retried = [...outcome.failures.map(({ finding }) => finding), ...postponed].map(
    ({ path }) => path,
  );
  return { changed: [...outcome.rewritten.keys(), ...retried], held: reports };
}

function editablePaths(
  trees: ReadonlyMap<string, PyTree>,
  isEditable: (path: string) => boolean,
): readonly string[] {
  return [...trees]
    .filter(([path, tree]) => tree.problems.length === 0 && isEditable(path))
    .map(([path]) => path);
}

/** Drops imports that the rewrites left unused, and joins those that stand twice, once there is nothing else to do: an earlier pass might still need them. */
function tidyImports(
  state: State,
  first: Project,
  project: Project,
  { layers }: PassInput,
): readonly string[] {
  const changed: string[] = [];
  for (const path of [...state.maps.keys()].toSorted()) {
    const tree = state.trees.get(path);
    const settings = state.settingsFor(path);
    const edits = layers.tidyImports(first.factsFor(path), project.factsFor(path), settings);
    if (!tree || edits.length === 0) continue;
    const result = step(tree, [{ span: 0, edits }], layers);
    if (result.tree.problems.length > 0)
      throw new Error(`${path}: tidying the imports broke the file`);
    replaceTree(state, path, result.tree, offsetMap(edits));
    changed.push(path);
  }
  return changed;
}

function replaceTree(state: State, path: string, tree: PyTree, map: OffsetMap): void {
  const back = chain([originOf(state, path), map]);
  const before = state.trees.get(path);
  const text = before?.origin?.text ?? before?.text ?? tree.text;
  const origin = { text, toOld: (offset: number) => back.toOld(offset, 'start') };
  state.trees = new Map([...state.trees, [path, { ...tree, origin }]]);
  state.maps.set(path, back);
}

const SAME: OffsetMap = { toOld: (offset) => offset, toNew: (offset) => offset };

function originOf(state: State, path: string): OffsetMap {
  return state.maps.get(path) ?? SAME;
}

function keyOf(state: State, { rule, path, start }: Finding): string {
  return `${rule}\0${path}\0${originOf(state, path).toOld(start, 'start')}`;
}

function withdraw(state: State, finding: Finding, problem: string): void {
  const { rule, path, message } = finding;
  const start = originOf(state, path).toOld(finding.start, 'start');
  state.withdrawn.set(keyOf(state, finding), { rule, path, start, message, problem });
}

/** The finding as reported: every offset carried back to the original text. */
function reported(state: State, finding: Finding, status: Status): ReportedFinding {
  const origin = originOf(state, finding.path);
  const { fix } = finding;
  const start = origin.toOld(finding.start, 'start');
  const end = Math.max(start, origin.toOld(finding.end, 'end'));
  const edits = (fix?.edits ?? []).map((edit) => {
    const map = originOf(state, edit.path);
    const from = map.toOld(edit.start, 'start');
    return { ...edit, start: from, end: Math.max(from, map.toOld(edit.end, 'end')) };
  });
  return {
    ...finding,
    start,
    end,
    fix: fix && { ...fix, edits },
    status,
    safety: fix?.safety ?? 'manual',
  };
}
