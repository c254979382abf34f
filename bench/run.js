// npm run bench [-- PATH] [--runs N] [--only TEXT]: our whole run beside LibCST and ast-grep, in one go, on the same files.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { measure } from './measure.js';
import { astGrep, corpus, pythonWithLibcst, scratch } from './provide.js';
import { moduleWithSites } from './sites-file.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const tool = join(root, 'bin', 'sqla-migrate.js');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '3' }, only: { type: 'string', default: '' } },
});
const runs = Number(values.runs);

/** The tool's own view of the files, bundled on the fly because Node 20 runs no TypeScript. */
async function facts() {
  mkdirSync(join(root, '.cache', 'bench'), { recursive: true });
  const outfile = join(root, '.cache', 'bench', 'facts.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/facts.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}

/** One ast-grep rule that finds the calls and names that trigger our rules. */
function astGrepRule(triggers) {
  const any = [...new Set(triggers.flatMap(patternsOf))].map((pattern) => `    - ${pattern}`);
  return `id: triggers\nlanguage: python\nmessage: legacy\nseverity: info\nrule:\n  any:\n${any.join('\n')}\n`;
}

function patternsOf(trigger) {
  const method = /^\.(\w+)\($/.exec(trigger)?.[1];
  if (method) return [`pattern: $OBJECT.${method}($$$)`];
  const call = /^(\w+)\($/.exec(trigger)?.[1];
  if (call) return [`pattern: ${call}($$$)`, `pattern: $MODULE.${call}($$$)`];
  const name = /^\w+$/.exec(trigger)?.[0];
  return name ? [`{ kind: identifier, regex: "^${name}$" }`] : [];
}

function contestants(paths, list, rule) {
  const node = process.execPath;
  const python = pythonWithLibcst();
  const codemod = join(root, 'bench', 'compare', 'libcst_rename.py');
  const cores = String(availableParallelism());
  const scan = [
    astGrep(),
    'scan',
    '--rule',
    rule,
    '--json=stream',
    '--no-ignore',
    'vcs',
    '--no-ignore',
    'hidden',
  ];
  return [
    { name: 'sqla-migrate --dry-run', command: [node, tool, target, '--dry-run'] },
    {
      name: 'sqla-migrate --check -q',
      command: [node, tool, target, '--check', '-q'],
      codes: [0, 1],
    },
    { name: 'LibCST, one process', command: [python, codemod, list] },
    { name: `LibCST, ${cores} processes`, command: [python, codemod, list, cores] },
    { name: 'ast-grep scan, all cores', command: [...scan, ...paths], codes: [0, 1] },
    { name: 'ast-grep scan, one thread', command: [...scan, '-j', '1', ...paths], codes: [0, 1] },
  ].filter(({ name }) => name.includes(values.only));
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[at])))
        .join('  '),
    )
    .join('\n');
}

const target = resolve(positionals[0] ?? corpus());
execFileSync('npm', ['run', '--silent', 'bundle'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'ignore'],
});
const own = await facts();
const { root: project, paths, lines, parsed } = await own.filesOf(target, process.cwd());
const absolute = paths.map((path) => join(project, path));
const list = scratch('files.txt', `${absolute.join('\n')}\n`);
const rule = scratch('triggers.yml', astGrepRule(own.triggers()));

const count = (number) => number.toLocaleString('en-US');
console.log(
  `${count(paths.length)} files, ${count(lines)} lines; ${count(parsed)} files pass our prefilter.`,
);
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}; best of ${runs}.\n`,
);
const rows = [];
for (const { name, command, codes } of contestants(absolute, list, rule)) {
  const { wall, cpu } = measure(command, { runs, cwd: project, codes });
  rows.push({ name, wall, cpu });
  console.error(`${name}: ${wall.toFixed(2)} s`);
}
const base = rows.find(({ name }) => name.startsWith('sqla-migrate'))?.wall;
console.log(
  table([
    ['', 'wall s', 'CPU s', 'lines/s', 'times ours'],
    ...rows.map(({ name, wall, cpu }) => [
      name,
      wall.toFixed(2),
      cpu.toFixed(2),
      count(Math.round(lines / wall)),
      base ? (wall / base).toFixed(2) : '',
    ]),
  ]),
);

const file = join(root, 'examples', 'bookshop', 'bookshop', 'reports', 'sales.py');
const milliseconds = () => {
  const { wall, cpu } = measure([process.execPath, tool, file, '--dry-run'], {
    runs: 5,
    cwd: root,
  });
  return `${(wall * 1000).toFixed(0)} ms wall, ${(cpu * 1000).toFixed(0)} ms CPU`;
};
console.log(
  `\nOne file (bookshop/reports/sales.py) with the facts of its project, best of 5, Node's start included:`,
);
console.log(`  ${milliseconds()}`);

/** One file with so many query sites. */
function sites(count) {
  const folder = join(root, '.cache', 'bench', `sites-${count}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'sqla-migrate.toml'), '');
  writeFileSync(join(folder, 'app.py'), moduleWithSites(count));
  return measure([process.execPath, tool, '.', '--dry-run'], {
    runs: 3,
    cwd: folder,
  });
}
const grown = [250, 500, 1000, 2000].map((count) => ({ count, ...sites(count) }));
console.log('\nOne file with many query sites, best of 3:');
console.log(
  table([
    ['sites', 'wall s', 'CPU s', 'ms/site'],
    ...grown
      .map(({ count, wall, cpu }) => [
        count,
        wall.toFixed(2),
        cpu.toFixed(2),
        ((wall * 1000) / count).toFixed(2),
      ])
      .map((row) => row.map(String)),
  ]),
);
