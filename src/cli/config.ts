// Finds the project root and its configuration file. What other tools' files tell about the project is surroundings.ts's.
import { existsSync, readFileSync, statSync } from 'node:fs';
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
 * upwards; else the root is the git repository, else the nearest `pyproject.toml`'s folder, else the common parent.
 */
export function findConfig({ cwd, paths, file, isolated }: ConfigOptions): FoundConfig {
  const parent = commonParent(paths.map((path) => resolve(cwd, path)));
  if (file !== undefined) {
    const named = resolve(cwd, file);
    return { root: repositoryOf(parent) ?? parent, config: readNamed(named, file), file: named };
  }
  if (!isolated)
    for (const folder of upwards(parent)) {
      const found = configIn(folder);
      if (found) return { root: folder, ...found };
    }
  return { root: repositoryOf(parent) ?? projectOf(parent) ?? parent, config: {}, file: null };
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
  return upwards(folder).find((each) => existsSync(join(each, 'pyproject.toml'))) ?? null;
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
