// Finds the project root and its configuration file. What other tools' files tell about the project is surroundings.ts's.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { codeOf, messageOf, UserError } from '../engine/problem.ts';
import { checkConfig, type Config } from './config-schema.ts';

/** A parsed table of a TOML file. */
export type Table = Readonly<Record<string, unknown>>;

/** What was found for a run. */
export interface FoundConfig {
  /** Absolute path of the project root. */
  readonly root: string;
  /** The files and folders that facts are taken from: the whole root, unless nothing marks it as a project. */
  readonly facts: readonly string[];
  /** The innermost folder around the paths with project files of its own, else the root: an example or a package in a larger repository. */
  readonly project: string;
  readonly config: Config;
  /** The configuration file used, if any. */
  readonly file: string | null;
}

/** How to look for the configuration. */
export interface ConfigOptions {
  readonly cwd: string;
  readonly paths: readonly string[];
  /** A configuration file named on the command line. */
  readonly file?: string;
  /** Read no configuration file at all. */
  readonly isolated?: boolean;
}

/**
 * Finds root and configuration: the nearest `sqla-migrate.toml`, or `pyproject.toml` with a table of ours, from the common parent of the paths
 * upwards; else the root is the git repository, else the nearest folder with a `pyproject.toml`, `setup.cfg` or `setup.py`, else the common parent.
 */
export function findConfig(options: ConfigOptions): FoundConfig {
  const parent = commonParent(options.paths.map((path) => resolve(options.cwd, path)));
  const found = findRoot(parent, options);
  const own = projectOf(parent);
  const isInside = own !== null && upwards(own).includes(found.root);
  return { ...found, project: isInside ? own : found.root };
}

function findRoot(
  parent: string,
  { cwd, paths, file, isolated }: ConfigOptions,
): Omit<FoundConfig, 'project'> {
  if (file !== undefined) {
    const named = resolve(cwd, file);
    const root = repositoryOf(parent) ?? parent;
    return { root, facts: [root], config: readNamed(named, file), file: named };
  }
  if (!isolated)
    for (const folder of upwards(parent)) {
      const found = configIn(folder);
      if (found) return { root: folder, facts: [folder], ...found };
    }
  const marked = repositoryOf(parent) ?? projectOf(parent);
  const place = marked === null ? unmarked(parent, paths, cwd) : { root: marked, facts: [marked] };
  return { ...place, config: {}, file: null };
}

/** Without a mark of a project, single files are seen with their package or their neighbours: the folder may be somebody's home. */
function unmarked(parent: string, paths: readonly string[], cwd: string) {
  const named = paths.map((path) => resolve(cwd, path));
  if (named.some((path) => existsSync(path) && statSync(path).isDirectory()))
    return { root: parent, facts: [parent] };
  const isPackage = (folder: string): boolean => existsSync(join(folder, '__init__.py'));
  const outermost = upwards(parent).findLast((_, index, all) =>
    all.slice(0, index + 1).every(isPackage),
  );
  if (outermost !== undefined) return { root: dirname(outermost), facts: [outermost] };
  const neighbours = readdirSync(parent).filter((name) => /\.pyi?$/.test(name));
  return { root: parent, facts: neighbours.toSorted().map((name) => join(parent, name)) };
}

/** Parses a TOML file; a mistake in it is the user's to correct. */
export function readToml(file: string): Table {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = codeOf(error) === 'ENOENT' ? 'no such file' : messageOf(error).trim();
    throw new UserError(`${file}: ${reason}`);
  }
}

/** A table inside a table, empty if it is missing or something else. */
export function tableAt(table: Table, ...keys: readonly string[]): Table {
  let current: unknown = table;
  for (const key of keys) current = isTable(current) ? current[key] : undefined;
  return isTable(current) ? current : {};
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function configIn(folder: string): { readonly config: Config; readonly file: string } | null {
  const own = join(folder, 'sqla-migrate.toml');
  if (existsSync(own)) return { config: checkConfig(readToml(own), own), file: own };
  const shared = join(folder, 'pyproject.toml');
  if (!existsSync(shared) || !readFileSync(shared, 'utf8').includes('sqla-migrate')) return null;
  const tool = tableAt(readToml(shared), 'tool');
  if (!('sqla-migrate' in tool)) return null;
  return { config: checkConfig(tableAt(tool, 'sqla-migrate'), shared), file: shared };
}

function readNamed(file: string, name: string): Config {
  const table = readToml(file);
  if (basename(file) !== 'pyproject.toml') return checkConfig(table, name);
  return checkConfig(tableAt(table, 'tool', 'sqla-migrate'), name);
}

function repositoryOf(folder: string): string | null {
  return upwards(folder).find((each) => existsSync(join(each, '.git'))) ?? null;
}

function projectOf(folder: string): string | null {
  const marks = ['pyproject.toml', 'setup.cfg', 'setup.py'];
  return upwards(folder).find((each) => marks.some((mark) => existsSync(join(each, mark)))) ?? null;
}

/** A folder and its parents, innermost first. */
export function upwards(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

/** The innermost existing folder that holds all paths; of a glob the part before its first pattern counts. */
function commonParent(paths: readonly string[]): string {
  const folders = paths.map((path) => existingFolder(path.replace(/[*?[{!].*$/s, '')));
  const [first = '/', ...rest] = folders;
  return rest.reduce(
    (common, folder) => upwards(common).find((each) => upwards(folder).includes(each)) ?? common,
    first,
  );
}

function existingFolder(path: string): string {
  return (
    upwards(path).find((each) => existsSync(each) && statSync(each).isDirectory()) ?? dirname(path)
  );
}
