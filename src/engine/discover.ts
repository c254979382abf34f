// Finds the Python files of folders, files and globs, sorted, ignores and excludes honoured. It reads no Python.
import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { isConfigFile } from '../project/dependencies/config-file.ts';
import { codeOf, UserError } from './problem.ts';

/** Folders that hold no code of the project; ruff's list. */
export const DEFAULT_EXCLUDE: readonly string[] = [
  '.bzr',
  '.direnv',
  '.eggs',
  '.git',
  '.git-rewrite',
  '.hg',
  '.ipynb_checkpoints',
  '.mypy_cache',
  '.nox',
  '.pants.d',
  '.pyenv',
  '.pytest_cache',
  '.pytype',
  '.ruff_cache',
  '.svn',
  '.tox',
  '.venv',
  '.vscode',
  '__pycache__',
  '__pypackages__',
  '_build',
  'buck-out',
  'build',
  'dist',
  'node_modules',
  'site-packages',
  'venv',
];

/** What is left out. Patterns are those of `.gitignore`, relative to the root. */
export interface DiscoverOptions {
  /** Absolute path of the project root. */
  readonly root: string;
  readonly exclude: readonly string[];
  /** Excludes and ignores also hold for files that are named one by one. */
  readonly forceExclude: boolean;
  readonly respectGitignore: boolean;
  /** Which names are looked for in folders; Python's if nothing is said. */
  accepts?(name: string): boolean;
}

/**
 * The Python files under the given files, folders and globs (absolute, or relative to `from`), as paths relative to the root with `/`, sorted.
 * A path that does not exist and a glob that matches nothing are errors.
 */
export async function discover(
  paths: readonly string[],
  from: string,
  options: DiscoverOptions,
): Promise<readonly string[]> {
  const excluded = ignore().add(options.exclude.map((pattern) => pattern.replace(/^\.\//, '')));
  const found = new Set<string>();
  for (const path of paths)
    for (const start of await startsOf(path, from)) {
      const file = await realpath(start);
      if ((await stat(file)).isDirectory()) walkFolder(file, excluded, options, found);
      else if (!options.forceExclude || (await isWanted(file, excluded, options)))
        found.add(toPosix(relative(options.root, file)));
    }
  return [...found].toSorted();
}

/** Whether excludes and ignores let a file be touched. */
export async function isIncluded(file: string, options: DiscoverOptions): Promise<boolean> {
  return isWanted(file, ignore().add([...options.exclude]), options);
}

/** A path with `/` between its parts. */
export function toPosix(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/');
}

async function startsOf(path: string, from: string): Promise<readonly string[]> {
  const absolute = resolve(from, path);
  try {
    await stat(absolute);
    return [absolute];
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      throw new UserError(`${path}: cannot be read (${code ?? 'unknown error'})`);
  }
  const { default: glob } = await import('fast-glob');
  if (!glob.isDynamicPattern(path)) throw new UserError(`${path}: no such file or folder`);
  const matches = await glob(toPosix(path), {
    cwd: from,
    absolute: true,
    onlyFiles: false,
    followSymbolicLinks: false,
    ignore: ['**/.git/**', '**/node_modules/**'],
  });
  if (matches.length === 0) throw new UserError(`${path}: the pattern matches nothing`);
  return matches
    .filter((match) => isPython(match) || isConfigFile(match) || !/\.[^/]*$/.test(match))
    .toSorted();
}

function accepts(path: string, { accepts: wanted = isPython }: DiscoverOptions): boolean {
  return wanted(toPosix(path));
}

function isPython(name: string): boolean {
  return name.endsWith('.py') || name.endsWith('.pyi');
}

/** The ignore rules of one folder. */
interface IgnoreFile {
  readonly folder: string;
  readonly rules: Ignore;
}

function walkFolder(
  folder: string,
  excluded: Ignore,
  options: DiscoverOptions,
  found: Set<string>,
): void {
  const above = options.respectGitignore ? ignoresAbove(folder) : [];
  // A folder that is named itself is wanted, whatever the rules above it say.
  const rules = isIgnored(folder, true, above) ? [] : above;
  walkInto(folder, rules, excluded, options, found);
}

function walkInto(
  folder: string,
  above: readonly IgnoreFile[],
  excluded: Ignore,
  options: DiscoverOptions,
  found: Set<string>,
): void {
  const entries = entriesOf(folder);
  const own = options.respectGitignore ? ignoreFile(folder, '.gitignore') : null;
  const rules = own ? [...above, own] : above;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const isFolder = entry.isDirectory();
    if (!isFolder && !(entry.isFile() && accepts(path, options))) continue;
    if (isExcluded(path, isFolder, excluded, options.root)) continue;
    if (isIgnored(path, isFolder, rules)) continue;
    if (isFolder) walkInto(path, rules, excluded, options, found);
    else found.add(toPosix(relative(options.root, path)));
  }
}

/** Links are not followed, so that a loop of them cannot be entered and no file is seen under two names. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'EACCES' || codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function isWanted(
  file: string,
  excluded: Ignore,
  options: DiscoverOptions,
): Promise<boolean> {
  const { root, respectGitignore } = options;
  if (!accepts(file, options) || isExcluded(file, false, excluded, root)) return false;
  return !respectGitignore || !isIgnored(file, false, ignoresAbove(dirname(file), true));
}

function isExcluded(path: string, isFolder: boolean, excluded: Ignore, root: string): boolean {
  const inside = toPosix(relative(root, path));
  if (inside === '' || inside.startsWith('../')) return false;
  return excluded.ignores(isFolder ? `${inside}/` : inside);
}

/** The nearest rule file that says something about a path decides. */
function isIgnored(path: string, isFolder: boolean, rules: readonly IgnoreFile[]): boolean {
  for (const { folder, rules: own } of rules.toReversed()) {
    const inside = toPosix(relative(folder, path));
    if (inside === '' || inside.startsWith('../')) continue;
    const result = own.test(isFolder ? `${inside}/` : inside);
    if (result.ignored) return true;
    if (result.unignored) return false;
  }
  return false;
}

/** The ignore rules of the folders above one, up to the root of its git repository, outermost first. */
function ignoresAbove(folder: string, includeOwn = false): readonly IgnoreFile[] {
  const found: IgnoreFile[] = [];
  for (let each = folder; ; each = dirname(each)) {
    const own = each === folder && !includeOwn ? null : ignoreFile(each, '.gitignore');
    if (own) found.unshift(own);
    const exclude = ignoreFile(each, join('.git', 'info', 'exclude'));
    if (exclude) found.unshift(exclude);
    if (exclude || isRepository(each)) return found;
    if (dirname(each) === each) return [];
  }
}

function isRepository(folder: string): boolean {
  return readText(join(folder, '.git', 'HEAD')) !== null || readText(join(folder, '.git')) !== null;
}

function ignoreFile(folder: string, name: string): IgnoreFile | null {
  const text = readText(join(folder, name));
  return text === null ? null : { folder, rules: ignore().add(text) };
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
