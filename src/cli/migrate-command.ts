// The main command: computes a run, guards, prints, writes. The rendering itself is elsewhere.
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { decode, encode, type Encoding } from '../engine/decode.ts';
import { isIncluded } from '../engine/discover.ts';
import { UserError } from '../engine/problem.ts';
import { transforms } from '../transforms/index.ts';
import { ruleIds, unknownSelectors } from '../engine/select.ts';
import { run, writeRun, type Run, type RunOptions } from '../engine/run.ts';
import type { Settings } from '../project/settings.ts';
import { colorsFor } from './color.ts';
import { lineLengthsBelow } from './line-lengths.ts';
import { findConfig } from './config.ts';
import { suggestion } from './nearest.ts';
import { checkCombination, filesOf, isDry, settingsOf, type CliOptions } from './options.ts';
import { placesOf, type Places } from './places.ts';
import { progressOn } from './progress.ts';
import {
  renderCheck,
  renderEvidence,
  renderProblems,
  renderStatistics,
  renderSummary,
  type TextOptions,
} from './render-text.ts';
import { renderWarnings } from './render-warnings.ts';
import { summarize } from './summary.ts';
import { readSurroundings } from './surroundings.ts';
import { readLog, reportWarnings, type WarningLog } from './warnings.ts';

/** Migrates what the command line names; answers the exit code. */
export async function migrateCommand(
  paths: readonly string[],
  options: CliOptions,
  version: string,
): Promise<number> {
  checkCombination(paths, options);
  const plan = planRun(paths, options);
  // A log that cannot be read is told before anything is computed or written.
  const log = options.warnings === undefined ? null : await readLog(options.warnings);
  if (paths.includes('-')) return migrateInput(plan, options, version, log);
  const result = await compute(plan, options);
  const willWrite = !isDry(options);
  if (willWrite) await guard(result, plan.root, options);
  const places = placesOf(result, plan.root, plan.cwd);
  if (willWrite) await writeRun(plan.root, result);
  await print(result, places, plan, options, version, log);
  return exitCode(result, options);
}

function planRun(paths: readonly string[], options: CliOptions): RunOptions {
  const cwd = process.cwd();
  const targets = paths.includes('-')
    ? [options.stdinFilename ?? '.']
    : paths.length > 0
      ? paths
      : ['.'];
  const found = findConfig({
    cwd,
    paths: targets,
    ...(options.config === undefined ? {} : { file: options.config }),
    ...(options.isolated ? { isolated: true } : {}),
  });
  const settings = settingsOf(options, found, readSurroundings(found.project));
  checkSelectors(settings);
  return {
    root: found.root,
    facts: found.facts,
    cwd,
    paths: targets,
    files: filesOf(options, found),
    settings,
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(options.isolated ? {} : { lengthsOf: lineLengthsBelow(found.root) }),
  };
}

function checkSelectors({ select, ignore }: Settings): void {
  const known = transforms.flatMap(ruleIds);
  const [unknown] = unknownSelectors(
    [...select, ...ignore].filter((each) => each !== 'all'),
    transforms,
  );
  if (unknown !== undefined)
    throw new UserError(
      `no rule is called '${unknown}' or starts so.${suggestion(unknown, known)} \`sqla-migrate rules\` lists them all.`,
    );
}

async function compute(plan: RunOptions, { quiet }: CliOptions): Promise<Run> {
  const progress = progressOn(process.stderr, quiet ?? false);
  try {
    return await run({ ...plan, onProgress: progress.show });
  } finally {
    progress.clear();
  }
}

async function guard(result: Run, root: string, { allowDirty }: CliOptions): Promise<void> {
  if (allowDirty || result.changed.length === 0) return;
  const { gitState } = await import('./guard.ts');
  const { unavailable, dirty } = await gitState(root, result.changed);
  if (unavailable !== null) {
    process.stderr.write(`${unavailable}: there is no way back from what is written now\n`);
    return;
  }
  if (dirty.length === 0) return;
  const { path } = placesOf(result, root, process.cwd());
  const listed = dirty.map((each) => `  ${path(each)}`).join('\n');
  throw new UserError(
    `these files would be rewritten, but git could not restore them, for they are untracked or differ from the index:\n${listed}\nNothing was written. Commit or stage them, or use --allow-dirty.`,
  );
}

async function print(
  result: Run,
  places: Places,
  plan: RunOptions,
  options: CliOptions,
  version: string,
  log: WarningLog | null,
): Promise<void> {
  const summary = summarize(result);
  const warnings = log ? await reportWarnings(log, result, plan.root) : null;
  if (options.dryRun ?? options.diff)
    if (options.outputFormat === 'text') await printDiff(result, places, options);
  if (options.outputFormat === 'json') {
    const { renderJson } = await import('./render-json.ts');
    const { settings } = plan;
    process.stdout.write(
      renderJson(result, { version, settings, places, summary, warnings, url: urlOf }),
    );
  }
  const text: TextOptions = {
    colors: colorsFor(options.color, process.stderr),
    written: !isDry(options),
    verbose: options.verbose ?? false,
  };
  tell(renderProblems(result, places, text));
  if (options.explainEvidence) tell(renderEvidence(result.findings, places));
  if (options.quiet) return;
  if (options.check && !options.diff && !options.dryRun) tell(renderCheck(result, places));
  if (options.statistics) tell(renderStatistics(summary));
  if (warnings) tell(renderWarnings(warnings, places, text));
  tell(renderSummary(summary, places, text));
}

async function printDiff(result: Run, places: Places, options: CliOptions): Promise<void> {
  const { colorDiff, renderDiff } = await import('./render-diff.ts');
  const patch = renderDiff(result, places);
  // `--diff` is for `git apply`: it is only coloured when that is asked for.
  const isPlain = options.diff && options.color !== 'always';
  const colors = colorsFor(isPlain ? 'never' : options.color, process.stdout);
  process.stdout.write(colors.isColorSupported ? colorDiff(patch, colors) : patch);
}

function tell(text: string): void {
  if (text !== '') process.stderr.write(`${text}\n`);
}

function urlOf(rule: string): string {
  return transforms.find((transform) => ruleIds(transform).includes(rule))?.reference ?? '';
}

function exitCode({ changed, withdrawn, crashes }: Run, { check }: CliOptions): number {
  if (withdrawn.length > 0 || crashes.length > 0) return 1;
  return check && changed.length > 0 ? 1 : 0;
}

/** Source on standard input, result on standard output. */
async function migrateInput(
  plan: RunOptions,
  options: CliOptions,
  version: string,
  log: WarningLog | null,
): Promise<number> {
  const file = resolve(plan.cwd, options.stdinFilename ?? 'stdin.py');
  const bytes = await buffer(process.stdin);
  const willPrint = !isDry(options);
  const echo = (): void => void (willPrint && process.stdout.write(bytes));
  const isExcluded =
    plan.files.forceExclude && !(await isIncluded(file, { root: plan.root, ...plan.files }));
  if (isExcluded) {
    echo();
    return 0;
  }
  const decoded = await decode(bytes);
  if (decoded.problem !== null) {
    echo();
    tell(`${options.stdinFilename ?? 'standard input'}: left as it is: ${decoded.problem}`);
    return 0;
  }
  const result = await compute({ ...plan, overlay: { file, text: decoded.text } }, options);
  if (willPrint) process.stdout.write(await resultBytes(result, bytes, decoded.encoding));
  await print(result, placesOf(result, plan.root, plan.cwd), plan, options, version, log);
  return exitCode(result, options);
}

async function resultBytes(
  { changed, files }: Run,
  input: Uint8Array,
  encoding: Encoding,
): Promise<Uint8Array> {
  const text = files.get(changed[0] ?? '');
  return text === undefined ? input : encode(text, encoding);
}
