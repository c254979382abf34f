// Finds the parser's WebAssembly files and the program of the workers: beside the bundle, or in the packages when run from source.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ParserFiles } from '../python/parse.ts';

/** The WebAssembly files. */
export function parserFiles(): ParserFiles {
  return {
    runtime: wasmFile('web-tree-sitter.wasm', 'web-tree-sitter/web-tree-sitter.wasm'),
    grammar: wasmFile('tree-sitter-python.wasm', 'tree-sitter-python/tree-sitter-python.wasm'),
  };
}

function wasmFile(name: string, inPackage: string): string {
  return beside(name) ?? createRequire(import.meta.url).resolve(inPackage);
}

/** The program of the workers; `null` when run from source, where there are none. */
export function workerFile(): string | null {
  return beside('parse-worker.js');
}

function beside(name: string): string | null {
  const file = fileURLToPath(new URL(name, import.meta.url));
  return existsSync(file) ? file : null;
}
