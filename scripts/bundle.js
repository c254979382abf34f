// Bundles the tool into dist/ or the given directory: one module and the parts loaded on demand, both WebAssembly files, the Python helper of `verify`, the notices of what is bundled.
import { build } from 'esbuild';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join, resolve } from 'node:path';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(process.argv[2] ?? join(root, 'dist'));

/** Packages whose code or WebAssembly is part of the bundle, found from what esbuild read. */
function bundledPackages(inputs) {
  const names = Object.keys(inputs).flatMap((path) => {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
    return match ? [match[1]] : [];
  });
  return [...new Set([...names, 'tree-sitter-python', 'web-tree-sitter'])].toSorted();
}

async function notice(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? await readFile(join(folder, file), 'utf8') : `License: ${license}\n`;
  return `${name} ${version}\n\n${text.trim()}\n`;
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts', 'parse-worker': 'src/engine/parse-worker.ts' },
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Names stay, so that the trace in a report of an internal error can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // Bundled CommonJS packages ask for node's own modules with `require`.
  banner: {
    js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
  },
});
for (const wasm of [
  'web-tree-sitter/web-tree-sitter.wasm',
  'tree-sitter-python/tree-sitter-python.wasm',
])
  await copyFile(join(root, 'node_modules', wasm), join(out, wasm.split('/')[1]));
await copyFile(join(root, 'src', 'cli', 'verify_models.py'), join(out, 'verify_models.py'));
const notices = await Promise.all(bundledPackages(metafile.inputs).map(notice));
await writeFile(join(out, 'THIRD-PARTY-NOTICES.txt'), notices.join(`\n${'-'.repeat(72)}\n\n`));
