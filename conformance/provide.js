// Fetches the source distribution of SQLAlchemy and the packages that its tests need, pinned, into an ignored cache.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where everything that a run writes goes. */
export const cache = fileURLToPath(new URL('../.cache/conformance', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

/** A folder in the cache, filled once for each content of `key`. */
function provide(name, key, fill) {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
  const folder = join(cache, `${name}-${hash}`);
  if (existsSync(join(folder, '.complete'))) return folder;
  mkdirSync(folder, { recursive: true });
  fill(folder);
  writeFileSync(join(folder, '.complete'), '');
  return folder;
}

function run(program, ...args) {
  execFileSync(program, args, { cwd: cache, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The unpacked distribution: `lib`, `test`, `setup.cfg`. */
export function source() {
  const list = join(here, 'source.txt');
  const folder = provide('source', readFileSync(list), (target) => {
    // pip compares the file with the sum in the list.
    const only = ['--no-deps', '--no-binary', ':all:', '--require-hashes', '-r', list];
    run('python3', '-m', 'pip', 'download', '-q', ...only, '-d', target);
    const archive = readdirSync(target).find((each) => each.endsWith('.tar.gz'));
    if (archive === undefined) throw new Error('pip gave no source distribution');
    run('python3', '-m', 'tarfile', '-e', join(target, archive), target);
    renameSync(join(target, archive.slice(0, -'.tar.gz'.length)), join(target, 'unpacked'));
  });
  return join(folder, 'unpacked');
}

/** The Python of an environment that has pytest; SQLAlchemy itself is taken from its source. */
export function python() {
  const list = join(here, 'requirements.txt');
  const folder = provide('environment', readFileSync(list), (target) => {
    run('python3', '-m', 'venv', join(target, 'venv'));
    const executable = join(target, 'venv', 'bin', 'python');
    run(executable, '-m', 'pip', 'install', '-q', '--no-deps', '-r', list);
  });
  return join(folder, 'venv', 'bin', 'python');
}
