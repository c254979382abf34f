// The options of the command line, and how they join the configuration to settings. It runs nothing.
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { RunOptions } from '../engine/run.ts';
import { UserError } from '../engine/problem.ts';
import { DEFAULT_EXCLUDE } from '../engine/discover.ts';
import { DEFAULT_SETTINGS, type Settings, type TargetVersion } from '../project/settings.ts';
import type { ColorChoice } from './color.ts';
import type { FoundConfig } from './config.ts';
import { pythonMinorOf } from './config-schema.ts';
import type { Surroundings } from './surroundings.ts';

/** The options of a migration as parsed. */
export interface CliOptions {
  readonly dryRun?: true;
  readonly diff?: true;
  readonly check?: true;
  readonly unsafeFixes?: true;
  readonly select?: readonly string[];
  readonly ignore?: readonly string[];
  readonly targetVersion?: TargetVersion;
  readonly pythonVersion?: string;
  readonly exclude?: readonly string[];
  readonly extendExclude?: readonly string[];
  readonly forceExclude?: true;
  /** `false` after `--no-respect-gitignore`. */
  readonly respectGitignore: boolean;
  readonly stdinFilename?: string;
  readonly outputFormat: 'text' | 'json';
  readonly explainEvidence?: true;
  readonly statistics?: true;
  /** A log with warnings of SQLAlchemy 1.4. */
  readonly warnings?: string;
  readonly allowDirty?: true;
  readonly jobs?: number;
  readonly config?: string;
  readonly isolated?: true;
  readonly verbose?: true;
  readonly quiet?: true;
  readonly color: ColorChoice;
}

/** Adds arguments and options of a migration to the program. */
export function addOptions(program: Command): Command {
  return program
    .argument('[paths...]', 'files, folders and globs; - reads standard input', [])
    .optionsGroup('What is written:')
    .option('-n, --dry-run', 'write nothing; show the diff and the summary')
    .option('--diff', 'write nothing; print a patch that `git apply` takes')
    .option('--check', 'write nothing; exit 1 if something would be rewritten')
    .option('--allow-dirty', 'rewrite files although git could not restore them')
    .optionsGroup('What is rewritten:')
    .option(
      '--unsafe-fixes',
      'also apply rewrites that rest on likely evidence or may change behaviour',
    )
    .addOption(
      list('--select <rules>', 'only these rules: ids or their beginnings, comma separated'),
    )
    .addOption(list('--ignore <rules>', 'all but these rules'))
    .addOption(
      new Option('--target-version <version>', 'SQLAlchemy that the result must run on').choices([
        '1.4',
        '2.0',
        '2.1',
      ]),
    )
    .option('--python-version <version>', 'oldest Python of the project, like 3.9', checkPython)
    .optionsGroup('Which files:')
    .addOption(list('--exclude <patterns>', 'leave these out, instead of the default excludes'))
    .addOption(list('--extend-exclude <patterns>', 'leave these out too'))
    .option('--force-exclude', 'excludes also hold for files named on the command line')
    .option('--no-respect-gitignore', 'do not leave out what git ignores')
    .option('--stdin-filename <file>', 'the file that standard input stands for')
    .optionsGroup('What is printed:')
    .addOption(
      new Option('--output-format <format>', 'form of the report')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--explain-evidence', 'why each place was proven, likely or left')
    .option('--statistics', 'counts by rule')
    .option(
      '--warnings <log>',
      'match what SQLALCHEMY_WARN_20=1 printed under 1.4 with rules and places: what is resolved, what remains',
    )
    .option('-v, --verbose', 'list everything')
    .option('-q, --quiet', 'no summary')
    .addOption(
      new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'),
    )
    .optionsGroup('Configuration:')
    .option('--config <file>', 'configuration file to use')
    .option('--isolated', 'read no configuration file')
    .addOption(
      new Option('-j, --jobs <number>', 'threads that parse; the result is the same').argParser(
        checkJobs,
      ),
    );
}

function list(flags: string, description: string): Option {
  return new Option(flags, description).argParser(
    (value, previous: readonly string[] | undefined) => [
      ...(previous ?? []),
      ...value
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== ''),
    ],
  );
}

function checkPython(value: string): string {
  if (pythonMinorOf(value) === null) throw new InvalidArgumentError('Expected a version like 3.9.');
  return value;
}

function checkJobs(value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new InvalidArgumentError('Expected a number from 1.');
  return Number(value);
}

/** Options that exclude each other are an error. */
export function checkCombination(paths: readonly string[], options: CliOptions): void {
  if (paths.includes('-') && paths.length > 1)
    throw new UserError('- (standard input) cannot be combined with other paths');
  if (options.stdinFilename !== undefined && !paths.includes('-'))
    throw new UserError('--stdin-filename needs - as the path');
  if (options.diff && options.outputFormat !== 'text')
    throw new UserError(
      `--diff and --output-format ${options.outputFormat} both write to standard output; choose one`,
    );
  if (paths.includes('-') && options.outputFormat !== 'text' && !isDry(options))
    throw new UserError(
      `the result and the ${options.outputFormat} report would both go to standard output; add --dry-run or --check`,
    );
  if (options.config !== undefined && options.isolated)
    throw new UserError('--config and --isolated exclude each other');
}

/** Whether the run writes nothing. */
export function isDry({ dryRun, diff, check }: CliOptions): boolean {
  return Boolean(dryRun ?? diff ?? check);
}

/** The settings of a run: the command line wins over the configuration, which wins over what the project's other files tell. */
export function settingsOf(
  options: CliOptions,
  { config }: FoundConfig,
  surroundings: Surroundings,
): Settings {
  const python = options.pythonVersion ?? config.pythonVersion;
  const defaults = DEFAULT_SETTINGS;
  return {
    targetVersion:
      options.targetVersion ??
      config.targetVersion ??
      surroundings.target ??
      defaults.targetVersion,
    runsOn: surroundings.runsOn,
    pythonMinor:
      (python === undefined ? null : pythonMinorOf(python)) ??
      surroundings.pythonMinor ??
      defaults.pythonMinor,
    lineLength: config.lineLength ?? defaults.lineLength,
    unsafeFixes: options.unsafeFixes ?? config.unsafeFixes ?? defaults.unsafeFixes,
    explicitTypes: config.explicitTypes ?? defaults.explicitTypes,
    select: options.select ?? config.select ?? defaults.select,
    ignore: options.ignore ?? config.ignore ?? defaults.ignore,
    sessionNames: config.sessionNames ?? defaults.sessionNames,
    sessionFactories: config.sessionFactories ?? defaults.sessionFactories,
    engineNames: config.engineNames ?? defaults.engineNames,
    baseClasses: config.baseClasses ?? defaults.baseClasses,
  };
}

/** Which files a run leaves out. */
export function filesOf(options: CliOptions, { config }: FoundConfig): RunOptions['files'] {
  return {
    exclude: [
      ...(options.exclude ?? config.exclude ?? DEFAULT_EXCLUDE),
      ...(config.extendExclude ?? []),
      ...(options.extendExclude ?? []),
    ],
    forceExclude: options.forceExclude ?? config.forceExclude ?? false,
    respectGitignore: options.respectGitignore && (config.respectGitignore ?? true),
  };
}
