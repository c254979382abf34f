// Writes docs/rules/ and the rule table of the README from the declarations of the rules, and the summary that the README quotes from a run of the bundle.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, '.cache');
await mkdir(cache, { recursive: true });
const folder = await mkdtemp(join(cache, 'docs-'));
try {
  const outfile = join(folder, 'docs.mjs');
  await build({
    absWorkingDir: root,
    stdin: {
      contents:
        "export * from './scripts/docs-pages.ts'; export { transforms } from './src/transforms/index.ts';",
      resolveDir: root,
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  const run = spawnSync(
    process.execPath,
    ['bin/sqla-migrate.js', 'examples/bookshop', '--dry-run', '--color', 'never'],
    { cwd: root, encoding: 'utf8', maxBuffer: 1e9 },
  );
  if (run.status !== 0) throw new Error(`the run on examples/bookshop failed: ${run.stderr}`);
  const { rulePages, currentReadme, transforms } = await import(pathToFileURL(outfile).href);
  const readme = join(root, 'README.md');
  await writeFile(readme, currentReadme(await readFile(readme, 'utf8'), transforms, run.stderr));
  const pages = rulePages(transforms);
  const rules = join(root, 'docs', 'rules');
  await mkdir(rules, { recursive: true });
  for (const name of await readdir(rules))
    if (!pages.has(`docs/rules/${name}`)) await rm(join(rules, name));
  for (const [path, text] of pages) await writeFile(join(root, path), text);
} finally {
  await rm(folder, { recursive: true, force: true });
}
