// Small projects of several files as tests build them: modules, graph, symbols, inference.
import { bindModule } from '../../src/binder/bind.ts';
import { buildGraph, moduleNames } from '../../src/project/graph.ts';
import { createInference, type ProjectInference } from '../../src/project/infer.ts';
import { buildModelIndex } from '../../src/project/models/build.ts';
import type { Module, ModuleGraph } from '../../src/project/modules.ts';
import { createSymbols } from '../../src/project/resolve-symbols.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/project/settings.ts';
import type { Inferred, Value } from '../../src/project/values.ts';
import { descendants, type PyNode } from '../../src/python/tree.ts';
import { parse } from './python.ts';

/** Files by path. */
export type Files = Readonly<Record<string, string>>;

/** What a test may vary. */
export interface ProjectOptions {
  readonly settings?: Partial<Settings>;
}

/** A project and its inference. */
export interface TestProject {
  readonly graph: ModuleGraph;
  readonly inference: ProjectInference;
}

/** Parses, binds and connects the files. */
export function projectOf(files: Files, options: ProjectOptions = {}): TestProject {
  const names = moduleNames(Object.keys(files));
  const graph = buildGraph(
    Object.entries(files).map(([path, text]) => {
      const tree = parse(text);
      return {
        path,
        name: names.get(path) ?? path,
        isPackage: path.endsWith('__init__.py'),
        tree,
        binding: bindModule(tree),
      };
    }),
  );
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const symbols = createSymbols(graph);
  const models = buildModelIndex(graph, symbols, settings);
  return { graph, inference: createInference(graph, symbols, models, settings) };
}

/** The last expression statement of a module. */
export function lastExpression(module: Module): PyNode {
  const node = descendants(module.tree.root, 'expression_statement').at(-1)?.named[0];
  if (!node) throw new Error(`${module.path} ends in no expression`);
  return node;
}

/** What the last expression statement of `main.py` evaluates to. */
export function inferLast(
  files: Files,
  options: ProjectOptions = {},
  main = 'main.py',
): Inferred | null {
  const { graph, inference } = projectOf(files, options);
  const module = graph.byPath(main);
  if (!module) throw new Error(`no ${main}`);
  return inference.infer(module, lastExpression(module));
}

/** A short text for what is known: `Query<main.User>`, `~Session` if it is only likely, `none`. */
export function describeInferred(inferred: Inferred | null): string {
  if (!inferred) return 'none';
  return (inferred.evidence === 'likely' ? '~' : '') + describeValue(inferred.value);
}

function describeValue(value: Value | null): string {
  if (!value) return '?';
  switch (value.kind) {
    case 'instance': {
      const element = value.element ? `<${describeValue(value.element)}>` : '';
      return shortName(value.of) + element;
    }
    case 'tuple':
      return `(${value.items.map(describeValue).join(', ')})`;
    case 'class':
    case 'function':
      return `${value.kind} ${value.id}`;
    case 'classes':
      return `one of ${value.ids.join(', ')}`;
    case 'method':
      return `method ${describeValue(value.self)}.${value.name}`;
    default:
      return `${value.kind} ${value.name}`;
  }
}

/** SQLAlchemy's and Python's own classes go by their last name. */
function shortName(name: string): string {
  return /^(sqlalchemy|builtins|types|contextlib|collections)\./.test(name)
    ? name.slice(name.lastIndexOf('.') + 1)
    : name;
}
