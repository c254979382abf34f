// Writes the rule table of the README and docs/rules/ from the declarations of the rules.
import { build } from 'esbuild';
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
  const { rulePages, withTable, transforms } = await import(pathToFileURL(outfile).href);
  const readme = join(root, 'README.md');
  await writeFile(readme, withTable(await readFile(readme, 'utf8'), transforms));
  const pages = rulePages(transforms);
  const rules = join(root, 'docs', 'rules');
  await mkdir(rules, { recursive: true });
  for (const name of await readdir(rules))
    if (!pages.has(`docs/rules/${name}`)) await rm(join(rules, name));
  for (const [path, text] of pages) await writeFile(join(root, path), text);
} finally {
  await rm(folder, { recursive: true, force: true });
}
