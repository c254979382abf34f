// Project facts from names alone, until project/build.ts is complete: no models, no inferred values.
import { bindModule } from '../binder/bind.ts';
import { buildGraph, moduleNames } from '../project/graph.ts';
import type { Project } from '../project/project.ts';
import { createSymbols } from '../project/resolve-symbols.ts';
import type { PyTree } from '../python/tree.ts';

/** Binds the files; classes and values stay unknown. */
export function buildProject(trees: ReadonlyMap<string, PyTree>): Project {
  const names = moduleNames([...trees.keys()]);
  const modules = [...trees].map(([path, tree]) => ({
    path,
    name: names.get(path) ?? path,
    isPackage: /(^|\/)__init__\.pyi?$/.test(path),
    tree,
    binding: bindModule(tree),
  }));
  const graph = buildGraph(modules);
  const symbols = createSymbols(graph);
  const models = { classes: new Map(), named: () => [], table: () => null };
  return {
    graph,
    models,
    factsFor(path) {
      const module = graph.byPath(path);
      if (!module) throw new Error(`${path} is not part of the project`);
      return {
        module,
        binding: module.binding,
        modules: graph,
        models,
        symbols,
        infer: () => null,
        qualifiedName(node) {
          const symbol = symbols.symbolOf(module, node);
          return symbol?.kind === 'definition' ? symbol.id : (symbol?.name ?? null);
        },
        mappedClass: () => null,
        definition(identifier) {
          const [only, ...more] = module.binding.reaching(identifier);
          return only && more.length === 0 ? only : null;
        },
      };
    },
  };
}
