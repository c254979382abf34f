// Binds the engine to the real layers below it and finds the parser's WebAssembly files. Nothing is computed here.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildProject } from '../project/build.ts';
import { isImportedElsewhere } from '../project/exports.ts';
import { unusedImports } from '../project/import-cleanup.ts';
import { planImports } from '../project/import-plan.ts';
import { spellName } from '../project/project-names.ts';
import { createParser, type ParserFiles } from '../python/parse.ts';
import { isHanging } from '../python/layout/hanging.ts';
import { inferLineLength } from '../python/layout/infer-length.ts';
import { isLaidOut, layoutStatement, logicalLine } from '../python/layout.ts';
import type { Layers } from './layers.ts';
import { transforms } from '../transforms/index.ts';

/** The layers as a run uses them. */
export async function loadLayers(): Promise<Layers> {
  const parser = await createParser(parserFiles());
  return {
    parser,
    transforms,
    buildProject,
    spellName,
    planImports: ({ module, modules }, requests, settings, touched) =>
      planImports(module, requests, settings, touched, modules.hasTopLevel),
    unusedImports: (before, after, { lineLength }) =>
      unusedImports(
        before.module,
        after.module,
        (module, name) => isImportedElsewhere(after.modules, module, name),
        lineLength,
      ),
    logicalLine,
    inferLineLength,
    isLaidOut,
    isHanging,
    layoutStatement,
  };
}

/** Beside the bundle, or in the packages when run from source. */
function parserFiles(): ParserFiles {
  return {
    runtime: wasmFile('web-tree-sitter.wasm', 'web-tree-sitter/web-tree-sitter.wasm'),
    grammar: wasmFile('tree-sitter-python.wasm', 'tree-sitter-python/tree-sitter-python.wasm'),
  };
}

function wasmFile(name: string, inPackage: string): string {
  const bundled = fileURLToPath(new URL(name, import.meta.url));
  return existsSync(bundled) ? bundled : createRequire(import.meta.url).resolve(inPackage);
}
