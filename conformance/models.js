// Migrates the models of projects on PyPI and proves with `sqla-migrate verify` that schema and mappers stay the same.
//
//   npm run conformance:models [-- NAME…]
//
// Needs Python 3.11 and PyPI. Sources and environments are kept in .cache/conformance. Exits with 1 if a comparison fails, or if fewer
// than 95% of the columns or 90% of the relationships are typed.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECTS } from './models-projects.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const cache = join(here, '..', '.cache', 'conformance');
const tool = join(here, '..', 'bin', 'sqla-migrate.js');
const python = process.env['CONFORMANCE_PYTHON'] ?? 'python3';
const PIP = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
const LEAST = { columns: 0.95, relationships: 0.9 };

const names = process.argv.slice(2);
const unknown = names.filter((name) => !PROJECTS.some((each) => each.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `no project is called ${unknown.join(', ')}; they are listed in conformance/models-projects.js\n`,
  );
  process.exit(2);
}
const results = PROJECTS.filter(({ name }) => names.length === 0 || names.includes(name)).map(
  check,
);
report(results);
process.exit(results.every(isProven) && isTyped(results) ? 0 : 1);

/** Installs, migrates, compares and counts one project. */
function check(project) {
  const interpreter = environment(project.requirements);
  const tree = source(project);
  const migrated = run(process.execPath, [tool, '.', '--quiet'], tree);
  const words = [
    ...project.metadata.flatMap((each) => ['--metadata', each]),
    ...(project.imports ?? []).flatMap((each) => ['--import', each]),
  ];
  const env = {
    PYTHONPATH: join(here, 'stubs'),
    CONFORMANCE_STUBS: (project.stubs ?? []).join(','),
  };
  const verified = run(
    process.execPath,
    [tool, 'verify', '--python', interpreter, ...words],
    tree,
    env,
  );
  const counted = JSON.parse(run(python, [join(here, 'count_models.py'), tree], tree).stdout);
  return { project, migrated, verified, counted };
}

/** A new repository that holds the package as it is on PyPI, and nothing else. */
function source({ name, requirement, folder }) {
  const kept = join(cache, 'sources', requirement);
  if (!existsSync(kept)) {
    const building = `${kept}.building`;
    rmSync(building, { recursive: true, force: true });
    execFileSync(python, [...PIP, '--no-compile', '--target', building, requirement], {
      stdio: 'inherit',
    });
    mkdirSync(kept, { recursive: true });
    renameSync(join(building, folder), join(kept, folder));
    rmSync(building, { recursive: true, force: true });
  }
  const tree = join(cache, 'work', name);
  rmSync(tree, { recursive: true, force: true });
  cpSync(kept, tree, { recursive: true });
  const git = (...words) =>
    execFileSync('git', words, { cwd: tree, stdio: ['ignore', 'ignore', 'inherit'] });
  git('init', '--quiet');
  git('add', '--all', '--force');
  git(
    '-c',
    'user.name=Conformance',
    '-c',
    'user.email=conformance@example.org',
    'commit',
    '--quiet',
    '-m',
    requirement,
  );
  return tree;
}

/** A virtual environment of pinned requirements, keyed by their text. */
function environment(requirements) {
  const file = join(here, requirements);
  const key = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);
  const folder = join(cache, 'environments', key);
  const interpreter = join(folder, 'bin', 'python');
  const done = join(folder, 'complete');
  if (existsSync(done)) return interpreter;
  rmSync(folder, { recursive: true, force: true });
  execFileSync(python, ['-m', 'venv', folder], { stdio: 'inherit' });
  execFileSync(interpreter, [...PIP, '-r', file], { stdio: 'inherit' });
  cpSync(file, done);
  return interpreter;
}

function run(program, words, cwd, env = {}) {
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}

function share([all, typed]) {
  return all === 0 ? 1 : typed / all;
}

function isProven({ migrated, verified }) {
  return migrated.status === 0 && verified.status === 0;
}

function sumOf(all, kind) {
  return all.reduce(
    ([count, typed], { counted }) => [count + counted[kind][0], typed + counted[kind][1]],
    [0, 0],
  );
}

function isTyped(all) {
  return Object.entries(LEAST).every(([kind, least]) => share(sumOf(all, kind)) >= least);
}

function report(all) {
  const percent = (pair) => `${pair[1]} of ${pair[0]} (${(100 * share(pair)).toFixed(1)}%)`;
  for (const { project, migrated, verified, counted } of all) {
    const { columns, relationships, left } = counted;
    const typed = `typed: columns ${percent(columns)}, relationships ${percent(relationships)}`;
    process.stdout.write(`${project.requirement}: ${typed}\n`);
    for (const each of left) process.stdout.write(`    untyped: ${each}\n`);
    if (migrated.status !== 0)
      process.stdout.write(`    migration exits with ${migrated.status}: ${migrated.stderr}\n`);
    const lines = `${verified.stdout}${verified.stderr}`.trimEnd().split('\n');
    for (const line of lines) process.stdout.write(`    ${line}\n`);
  }
  const proven = all.filter(isProven).length;
  const typed = Object.keys(LEAST).map((kind) => `${kind} ${percent(sumOf(all, kind))}`);
  process.stdout.write(
    `${proven} of ${all.length} projects identical; typed: ${typed.join(', ')}\n`,
  );
}
