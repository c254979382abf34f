// Runs SQLAlchemy's ORM tests in a copy of its source, and reads what became of each. It rewrites nothing.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const plugins = fileURLToPath(new URL('.', import.meta.url));

/** Runs the named tests of a copy; gives the outcome of each by its name. */
export function runTests({ python, folder, tests = ['test/orm'], workers, labels = null }) {
  const out = join(folder, 'outcomes.jsonl');
  rmSync(out, { force: true });
  const options = [
    '-q',
    '--tb=short',
    '--maxfail=100000',
    '-p',
    'no:cacheprovider',
    '-p',
    'outcomes',
  ];
  if (labels !== null) options.push('-p', 'labels_plugin');
  const { status, stdout, error } = spawnSync(
    python,
    [
      '-m',
      'pytest',
      ...tests,
      ...options,
      '-n',
      workers,
      '-o',
      'addopts=--strict-markers -p warnings -p logging',
    ],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      env: {
        ...process.env,
        PYTHONPATH: plugins,
        CONFORMANCE_OUTCOMES: out,
        CONFORMANCE_LABELS: labels ?? '',
      },
    },
  );
  if (error) throw error;
  if (status === null || status > 1) throw new Error(`pytest did not run:\n${stdout.slice(-4000)}`);
  return new Map(lines(out).map((each) => [each.test, each]));
}

/** Runs tests once more with labels of columns left out of account; gives the outcomes, and the texts that were let pass by test. */
export function runForLabels(run) {
  const labels = join(run.folder, 'labels');
  rmSync(labels, { recursive: true, force: true });
  mkdirSync(labels);
  // The name without its parameters means all of them.
  const tests = [...new Set(run.tests.map((each) => each.replace(/\[.*/s, '')))];
  const outcomes = runTests({ ...run, tests, workers: '0', labels });
  const texts = new Map();
  for (const { test, ...text } of readdirSync(labels).flatMap((name) => lines(join(labels, name))))
    texts.set(test, [...(texts.get(test) ?? []), text]);
  return { outcomes, texts };
}

function lines(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
