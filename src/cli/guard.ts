// The git guard: which of the files to be rewritten could not be restored from git. It refuses nothing itself.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeOf } from '../engine/problem.ts';

/** What git says about files. */
export interface GitState {
  /** Why git could not be asked, `null` if it could. */
  readonly unavailable: string | null;
  /** Files that are untracked or differ from the index, in the given order. */
  readonly dirty: readonly string[];
}

const BATCH = 500;

/** Asks git about files, given relative to `root`. */
export async function gitState(root: string, paths: readonly string[]): Promise<GitState> {
  const tracked = new Set<string>();
  const changed = new Set<string>();
  try {
    for (let from = 0; from < paths.length; from += BATCH) {
      const batch = paths.slice(from, from + BATCH);
      for (const path of split(await git(root, ['ls-files', '-z', '--', ...batch])))
        tracked.add(path);
      for (const path of await changedIn(root, batch)) changed.add(path);
    }
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT';
    const unavailable = missing ? 'git was not found' : 'this is not a git repository';
    return { unavailable, dirty: [] };
  }
  return {
    unavailable: null,
    dirty: paths.filter((path) => !tracked.has(path) || changed.has(path)),
  };
}

/** Entries of `git status` read `XY path`; Y is the state of the work tree against the index. */
async function changedIn(root: string, paths: readonly string[]): Promise<readonly string[]> {
  const prefix = (await git(root, ['rev-parse', '--show-prefix'])).trim();
  const status = await git(root, [
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--',
    ...paths,
  ]);
  return split(status)
    .filter((entry) => entry[1] !== ' ')
    .map((entry) => entry.slice(3))
    .map((path) => (path.startsWith(prefix) ? path.slice(prefix.length) : path));
}

async function git(root: string, args: readonly string[]): Promise<string> {
  const run = promisify(execFile);
  const env = { ...process.env, GIT_LITERAL_PATHSPECS: '1', GIT_OPTIONAL_LOCKS: '0' };
  const { stdout } = await run('git', [...args], { cwd: root, env, maxBuffer: 1 << 28 });
  return stdout;
}

function split(text: string): readonly string[] {
  return text.split('\0').filter((each) => each !== '');
}
