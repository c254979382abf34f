// Makes the tree that is published and tagged: bundle, WebAssembly, notices, and a package.json without dependencies or scripts.
//
//   node scripts/release.js <directory> [--commit-to <git repository>]
//
// With --commit-to the tree becomes a commit of that repository, on top of its HEAD, tagged v<version>. No branch moves, and the
// work tree of the repository is not touched.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'commit-to': { type: 'string' } },
});
const [target, ...rest] = positionals;
if (target === undefined || rest.length > 0) {
  process.stderr.write(
    'usage: node scripts/release.js <directory> [--commit-to <git repository>]\n',
  );
  process.exit(2);
}

const directory = resolve(target);
await refuseUsed(directory);
const version = await makeTree(directory);
process.stdout.write(`made ${directory}\n`);
const repository = values['commit-to'];
if (repository !== undefined) await commitTree(directory, resolve(repository), version);

async function refuseUsed(path) {
  if (!existsSync(path) || (await readdir(path)).length === 0) return;
  process.stderr.write(`${path} is not empty; name a new directory\n`);
  process.exit(2);
}

async function makeTree(path) {
  await mkdir(path, { recursive: true });
  const whole = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  for (const name of [
    'bin',
    'dist',
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    '.pre-commit-hooks.yaml',
  ])
    if (existsSync(join(root, name)))
      await cp(join(root, name), join(path, name), { recursive: true });
  const bundle = join(root, 'scripts', 'bundle.js');
  execFileSync(process.execPath, [bundle, join(path, 'dist')], { stdio: 'inherit' });
  const { dependencies, devDependencies, scripts, ...published } = whole;
  await writeFile(join(path, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  return whole.version;
}

async function commitTree(path, into, release) {
  const scratch = await mkdtemp(join(tmpdir(), 'sqla-migrate-index-'));
  const git = (...words) =>
    execFileSync('git', ['-C', into, ...words], {
      encoding: 'utf8',
      env: { ...process.env, GIT_INDEX_FILE: join(scratch, 'index') },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  try {
    const tag = `v${release}`;
    if (git('tag', '--list', tag) !== '') {
      process.stderr.write(`${into} has the tag ${tag} already\n`);
      process.exit(2);
    }
    git('--work-tree', path, 'add', '--all', '--force', '.');
    const tree = git('write-tree');
    const head = headOf(git);
    const commit = git(
      'commit-tree',
      tree,
      ...(head ? ['-p', head] : []),
      '-m',
      `Release ${release}`,
    );
    git('tag', tag, commit);
    process.stdout.write(`tagged ${tag} in ${into}\n`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The commit that HEAD names, or nothing in a repository without commits. */
function headOf(git) {
  try {
    return git('rev-parse', '--verify', '--quiet', 'HEAD');
  } catch {
    return '';
  }
}
