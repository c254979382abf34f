// Fetches what the benchmark compares with, pinned, into an ignored cache: a corpus of real users of SQLAlchemy, LibCST, ast-grep.
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

const compare = fileURLToPath(new URL('compare', import.meta.url));
const cache = fileURLToPath(new URL('../.cache/bench', import.meta.url));
const AST_GREP = '0.51.1';

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

function run(program, args, cwd = cache) {
  execFileSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Five applications and services of about 414 thousand lines in all, side by side as one project. */
export function corpus() {
  const list = join(compare, 'corpus.txt');
  return provide('corpus', readFileSync(list), (folder) => {
    // Wheels of pure Python are only unpacked: nothing of them is run.
    const wheels = join(folder, 'wheels');
    const only = ['--only-binary', ':all:', '--platform', 'any', '--python-version', '3.11'];
    run('python3', ['-m', 'pip', 'download', '-q', '--no-deps', ...only, '-d', wheels, '-r', list]);
    for (const wheel of readdirSync(wheels))
      run('python3', ['-m', 'zipfile', '-e', join(wheels, wheel), join(folder, 'project')]);
    // Makes the folder a project of its own.
    writeFileSync(join(folder, 'project', 'sqla-migrate.toml'), '');
  }).concat('/project');
}

/** The Python of an environment that has LibCST. */
export function pythonWithLibcst() {
  const requirements = join(compare, 'requirements.txt');
  const folder = provide('libcst', readFileSync(requirements), (target) => {
    run('python3', ['-m', 'venv', join(target, 'venv')]);
    run(join(target, 'venv', 'bin', 'python'), ['-m', 'pip', 'install', '-q', '-r', requirements]);
  });
  return join(folder, 'venv', 'bin', 'python');
}

/** The executable of ast-grep, taken from its platform package: no install script runs. */
export function astGrep() {
  const folder = provide('ast-grep', AST_GREP, (target) => {
    writeFileSync(join(target, 'package.json'), '{"private": true}\n');
    run(
      'npm',
      [
        'install',
        '--silent',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        `@ast-grep/cli@${AST_GREP}`,
      ],
      target,
    );
    const scope = join(target, 'node_modules', '@ast-grep');
    const platform = readdirSync(scope).find((name) => name.startsWith('cli-'));
    if (!platform) throw new Error('ast-grep has no package for this platform');
    renameSync(join(scope, platform), join(target, 'platform'));
  });
  return join(folder, 'platform', 'ast-grep');
}

/** Where lists and rules of a run go. */
export function scratch(name, text) {
  mkdirSync(cache, { recursive: true });
  const file = join(cache, name);
  writeFileSync(file, text);
  return file;
}
