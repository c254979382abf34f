// One run from paths to results, top to bottom: discover, read, prefilter and passes, write. Printing is the command line's.
import { availableParallelism } from 'node:os';
import { join, posix, relative } from 'node:path';
import { DEFAULT_SETTINGS, type Settings } from '../project/settings.ts';
import { isConfigFile } from '../project/dependencies/config-file.ts';
import { migrateConfigFiles } from './config-files.ts';
import { DEFAULT_EXCLUDE, discover, toPosix, type DiscoverOptions } from './discover.ts';
import type { Layers } from './layers.ts';
import { loadLayers } from './load-layers.ts';
import type { ConfiguredLengths } from './line-length.ts';
import { migrateTexts, migrateTrees, wantedPaths } from './migrate.ts';
import { parseFiles } from './parse-files.ts';
import { workerFile } from './parser-files.ts';
import { readSources, type Sources } from './read.ts';
import type { Migration, ReportedFinding, Withdrawn } from './report.ts';
import { writeFiles } from './write.ts';

/** What to run on. */
export interface RunOptions {
  /** Absolute path of the project root. */
  readonly root: string;
  /** Absolute paths of the files and folders that facts are taken from: usually the root. */
  readonly facts: readonly string[];
  /** Absolute path of the folder that `paths` are relative to. */
  readonly cwd: string;
  /** Files, folders and globs that may be changed. */
  readonly paths: readonly string[];
  readonly files: Omit<DiscoverOptions, 'root'>;
  readonly settings: Settings;
  /** What the tools of the project are told about the lines of a file. */
  lengthsOf?(path: string): ConfiguredLengths;
  /** A text that stands in for one file, whether or not it exists: standard input. */
  readonly overlay?: { readonly file: string; readonly text: string };
  /** Threads that parse; as many as the machine runs at once when it is not said. */
  readonly jobs?: number;
  onProgress?(step: string, done: number, total: number): void;
}

/** The outcome of a run that has written nothing yet. Paths are relative to the root. */
export interface Run extends Migration {
  readonly sources: Sources;
  /** The files that the run was allowed to change. */
  readonly editable: readonly string[];
  /** The files whose text is new, sorted. */
  readonly changed: readonly string[];
}

/** Computes and verifies everything that a run would write. */
export async function run(options: RunOptions): Promise<Run> {
  const { root, overlay } = options;
  const python = overlay ? [pathOf(root, overlay.file)] : await editablePaths(options);
  const code = withOverlay(await readSources(root, await factPaths(options, python)), options);
  const config = overlay ? [] : await configPaths(options);
  const sources = merged(code, await readSources(root, config));
  const editable = [...new Set([...python, ...config])].toSorted();
  const mayChange = new Set(editable);
  const after = await migrate(options, code, sources, config, mayChange);
  const unreadable = sources.unreadable.filter(({ path }) => mayChange.has(path));
  return {
    ...after,
    unprocessed: [...unreadable, ...after.unprocessed].toSorted((a, b) =>
      a.path < b.path ? -1 : 1,
    ),
    sources,
    editable,
    changed: editable.filter((path) => after.files.get(path) !== sources.texts.get(path)),
  };
}

async function migrate(
  { settings, lengthsOf, jobs, onProgress }: RunOptions,
  code: Sources,
  { texts }: Sources,
  config: readonly string[],
  mayChange: ReadonlySet<string>,
): Promise<Migration> {
  const layers = await loadLayers();
  const migrating = {
    settings,
    layers,
    ...(lengthsOf ? { lengthsOf } : {}),
    isEditable: (path: string) => mayChange.has(path),
  };
  const wanted = wantedPaths(code.texts, migrating);
  const trees = await parseFiles(
    wanted.map((path) => [path, code.texts.get(path) ?? '']),
    {
      parser: layers.parser,
      jobs: jobs ?? availableParallelism(),
      worker: workerFile(),
      onProgress: (done, total) => onProgress?.('Parsing', done, total),
    },
  );
  return withConfigFiles(
    migrateTrees(code.texts, trees, migrating),
    new Map(config.map((path) => [path, texts.get(path) ?? ''])),
    settings,
    layers,
  );
}

/** Writes the new texts of a run. */
export async function writeRun(root: string, { sources, files, changed }: Run): Promise<void> {
  const writes = changed.flatMap((path) => {
    const before = sources.texts.get(path);
    const after = files.get(path);
    const encoding = sources.encodings.get(path);
    return before === undefined || after === undefined || !encoding
      ? []
      : [{ path, before, after, encoding }];
  });
  await writeFiles(root, writes);
}

/**
 * Migrates texts in memory, by relative path: the same steps as a run, without files. Who calls it often loads the layers once: the
 * memory of a grammar is never given back.
 */
export async function migrateSources(
  files: ReadonlyMap<string, string>,
  options: Partial<Settings> = {},
  loaded: Layers | null = null,
): Promise<{
  files: ReadonlyMap<string, string>;
  findings: readonly ReportedFinding[];
  withdrawn: readonly Withdrawn[];
  migration: Migration;
}> {
  const settings = { ...DEFAULT_SETTINGS, ...options };
  const layers = loaded ?? (await loadLayers());
  const code = new Map([...files].filter(([path]) => /\.pyi?$/.test(path)));
  const config = new Map([...files].filter(([path]) => isConfigFile(path)));
  const migration = withConfigFiles(
    migrateTexts(code, { settings, layers, isEditable: () => true }),
    config,
    settings,
    layers,
  );
  const { findings, withdrawn } = migration;
  return { files: new Map([...files, ...migration.files]), findings, withdrawn, migration };
}

async function editablePaths({ root, cwd, paths, files }: RunOptions): Promise<readonly string[]> {
  const found = await discover(paths, cwd, { root, ...files });
  return found.filter((path) => /\.pyi?$/.test(path) || !isConfigFile(path));
}

/** The files of requirements and settings among what the run may change. */
async function configPaths({ root, cwd, paths, files }: RunOptions): Promise<readonly string[]> {
  const found = await discover(paths, cwd, { root, ...files, accepts: isConfigFile });
  return found.filter(isConfigFile);
}

/** Adds the files of requirements and settings to a migration: what they need depends on the code. */
function withConfigFiles(
  migration: Migration,
  config: ReadonlyMap<string, string>,
  settings: Settings,
  { transforms }: Layers,
): Migration {
  const texts = new Map(
    [...config].map(([path, text]) => [path, migration.files.get(path) ?? text]),
  );
  const { files, findings } = migrateConfigFiles(texts, transforms, settings, (path) =>
    asyncioBeside(path, migration.files),
  );
  return {
    ...migration,
    files: new Map([...migration.files, ...files]),
    findings: [...migration.findings, ...findings].toSorted(
      (a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)) || a.start - b.start,
    ),
  };
}

/** Whether the code that a file of requirements speaks for uses asyncio: what lies below the nearest folder around it that holds code. */
function asyncioBeside(path: string, files: ReadonlyMap<string, string>): boolean {
  const code = [...files].filter(([each]) => /\.pyi?$/.test(each));
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    const isTop = folder === posix.dirname(folder);
    const below = code.filter(([each]) => isTop || each.startsWith(`${folder}/`));
    if (below.length > 0 || isTop) return below.some(([, text]) => ASYNCIO.test(text));
  }
}

const ASYNCIO = /\bsqlalchemy\.ext\.asyncio\b|\bcreate_async_engine\b/;

function merged(code: Sources, config: Sources): Sources {
  const texts = [...code.texts, ...config.texts];
  return {
    texts: new Map(texts.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    encodings: new Map([...code.encodings, ...config.encodings]),
    unreadable: code.unreadable,
  };
}

/** Facts come from the whole project: what the user excludes from changes still counts. */
async function factPaths(
  { root, facts: from, files }: RunOptions,
  editable: readonly string[],
): Promise<readonly string[]> {
  const facts = await discover(from, root, { root, ...files, exclude: DEFAULT_EXCLUDE });
  return [...new Set([...facts, ...editable])].toSorted();
}

function withOverlay(sources: Sources, { root, overlay }: RunOptions): Sources {
  if (!overlay) return sources;
  const path = pathOf(root, overlay.file);
  const texts = [...sources.texts].filter(([each]) => each !== path);
  return {
    ...sources,
    texts: new Map(
      [...texts, [path, overlay.text] as const].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    unreadable: sources.unreadable.filter((each) => each.path !== path),
  };
}

function pathOf(root: string, file: string): string {
  return toPosix(relative(root, join(file)));
}
