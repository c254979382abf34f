// Tells whether importing a module leads back to another one. It edits nothing.
import type { Binding } from '../binder/scope.ts';
import type { PyNode } from '../python/tree.ts';
import type { Module, ModuleGraph } from './modules.ts';

/** Says whether importing one module leads, through the project's imports, to another. */
export type LeadsTo = (from: Module, to: Module) => boolean;

/** Creates the answer for the modules of a project. */
export function createLeadsTo(graph: ModuleGraph): LeadsTo {
  const known = new Map<Module, ReadonlySet<Module>>();
  return (from, to) => {
    const reached = known.get(from) ?? reachedFrom(from, graph);
    known.set(from, reached);
    return reached.has(to);
  };
}

/** The modules that are imported while one is: an import in a function counts if their code runs the function by then. */
function reachedFrom(from: Module, graph: ModuleGraph): ReadonlySet<Module> {
  const running = new Set<Module>([from]);
  const reached = new Set<Module>();
  let size = -1;
  while (size !== running.size) {
    size = running.size;
    for (const module of running)
      for (const binding of module.binding.imports) {
        const name = functionAround(binding.statement);
        if (name !== null && !isUsedOnImport(name, module, running, graph, new Set())) continue;
        for (const each of targetsOf(binding, module, graph)) {
          reached.add(each);
          running.add(each);
        }
      }
  }
  return reached;
}

function targetsOf(
  { imported, typeChecking }: Binding,
  module: Module,
  graph: ModuleGraph,
): readonly Module[] {
  if (!imported || typeChecking) return [];
  const { level, module: from, name } = imported;
  const member =
    name === null ? null : graph.resolve(module, from === '' ? name : `${from}.${name}`, level);
  return [graph.resolve(module, from, level), member].filter((each) => each !== null);
}

/** The name of the function at the top of a module that a node stands in. */
function functionAround(node: PyNode): string | null {
  let outer = node;
  while (outer.parent?.parent) outer = outer.parent;
  return outer.kind === 'function_definition' ? (outer.child('name')?.text ?? null) : null;
}

/** Whether code of the modules outside of functions mentions a function, or one that mentions it. */
function isUsedOnImport(
  name: string,
  home: Module,
  running: ReadonlySet<Module>,
  graph: ModuleGraph,
  seen: Set<string>,
): boolean {
  const key = `${home.path}:${name}`;
  if (seen.has(key)) return false;
  seen.add(key);
  return [...running].some(
    (module) =>
      module.tree.text.includes(name) &&
      mentionsOf(name, home, module, graph).some((node) => {
        const around = functionAround(node);
        return around === null || isUsedOnImport(around, module, running, graph, seen);
      }),
  );
}

/** The places of a module that mention a function of another, or of its own. */
function mentionsOf(
  name: string,
  home: Module,
  module: Module,
  graph: ModuleGraph,
): readonly PyNode[] {
  const { binding } = module;
  if (module === home) return binding.references(binding.module, name);
  return binding.imports.flatMap(({ imported, scope, name: own }) => {
    if (!imported) return [];
    const references = binding.references(scope, own);
    if (imported.name === name) return references;
    const from = imported.name === null ? imported.module : `${imported.module}.${imported.name}`;
    return graph.resolve(module, from, imported.level) === home
      ? references.filter(({ parent }) => parent?.child('attribute')?.text === name)
      : [];
  });
}
