// The parser as tests use it: created once a worker, from the installed packages.
import { fileURLToPath } from 'node:url';
import { bindModule } from '../../src/binder/bind.ts';
import type { ModuleBinding } from '../../src/binder/scope.ts';
import { createParser } from '../../src/python/parse.ts';
import type { PyTree } from '../../src/python/tree.ts';

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));
const parser = await createParser({
  runtime: `${packages}/web-tree-sitter/web-tree-sitter.wasm`,
  grammar: `${packages}/tree-sitter-python/tree-sitter-python.wasm`,
});

/** Parses Python text. */
export function parse(text: string): PyTree {
  return parser.parse(text);
}

/** Parses and binds Python text. */
export function bind(text: string): ModuleBinding {
  return bindModule(parser.parse(text));
}
