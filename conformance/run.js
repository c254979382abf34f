// npm run conformance [-- FILES… --workers N --select RULES]: SQLAlchemy's own ORM tests before and after their queries are rewritten.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cache, python, source } from './provide.js';
import { report } from './report.js';
import { runForLabels, runTests } from './suite.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    workers: { type: 'string', default: '2' },
    select: { type: 'string', default: 'query,loader-string' },
  },
});
const tests = positionals.length > 0 ? positionals : ['test/orm'];
const { workers } = values;

/** The outcomes of the untouched tests, kept beside them. */
function baseline(untouched, executable) {
  const file = join(cache, 'baseline.json');
  const key = `${untouched} ${executable}`;
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  if (kept?.key === key) return new Map(kept.outcomes);
  const outcomes = runTests({ python: executable, folder: untouched, workers });
  writeFileSync(file, JSON.stringify({ key, outcomes: [...outcomes] }));
  return outcomes;
}

/** A copy of the ORM tests alone: the project that is migrated. */
function copyOf(untouched) {
  const folder = join(cache, 'rewritten');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'test'), { recursive: true });
  for (const name of [
    'setup.cfg',
    'pyproject.toml',
    'test/__init__.py',
    'test/conftest.py',
    'test/requirements.py',
    'test/orm',
  ])
    cpSync(join(untouched, name), join(folder, name), {
      recursive: true,
      filter: (path) => !path.endsWith('__pycache__'),
    });
  writeFileSync(join(folder, 'sqla-migrate.toml'), 'session-factories = ["fixture_session"]\n');
  return folder;
}

function migrate(folder) {
  const tool = join(root, 'bin', 'sqla-migrate.js');
  const options = [
    '--unsafe-fixes',
    '--allow-dirty',
    '--select',
    values.select,
    '--output-format',
    'json',
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, 'test/orm', ...options], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`sqla-migrate ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout).findings;
}

/** The queries that the independent counter finds. */
function countSites(folder) {
  const counter = join(root, 'bench', 'sites.py');
  const { stdout } = spawnSync('python3', [counter, join(folder, 'test', 'orm'), '--json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  return JSON.parse(stdout).by_kind['session-query'] ?? 0;
}

const untouched = source();
const executable = python();
const before = baseline(untouched, executable);
const folder = copyOf(untouched);
const sites = { before: countSites(folder) };
const findings = migrate(folder);
sites.after = countSites(folder);
for (const name of ['lib', 'test/sql']) symlinkSync(join(untouched, name), join(folder, name));
const after = runTests({ python: executable, folder, tests, workers });
const failed = [...after.values()].filter(
  ({ test, outcome }) => outcome === 'failed' && before.get(test)?.outcome !== 'failed',
);
const again =
  failed.length === 0
    ? { outcomes: new Map(), texts: new Map() }
    : runForLabels({ python: executable, folder, tests: failed.map((each) => each.test) });
const missing = [...before.keys()].filter(
  (test) => !after.has(test) && tests.some((each) => test.startsWith(each)),
);
const { text, isComplete } = report({ sites, findings, before, after, failed, missing, again });
writeFileSync(join(cache, 'report.txt'), text);
process.stdout.write(text);
process.exitCode = isComplete ? 0 : 1;
