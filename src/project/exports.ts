// Which names of a module other modules of the project take from it. It judges nothing.
import type { Module, ModuleGraph } from './modules.ts';

/** Whether a module other than `module` imports `name` from it, or may read or replace it as an attribute of the module. */
export function isImportedElsewhere(graph: ModuleGraph, module: Module, name: string): boolean {
  return graph
    .importersOf(module)
    .some((other) => other !== module && takes(graph, other, module, name));
}

function takes(graph: ModuleGraph, other: Module, module: Module, name: string): boolean {
  if (!other.tree.text.includes(name)) return false;
  if (other.tree.text.includes(`${module.name}.${name}`)) return true;
  const { imports, starImports } = other.binding;
  if (starImports.some((star) => graph.resolve(other, star.module, star.level) === module))
    return true;
  return imports.some(({ imported }) => {
    if (!imported) return false;
    const source = graph.resolve(other, imported.module, imported.level);
    if (imported.name === null) return readsThrough(source, other, module, name);
    if (source === module && imported.name === name) return true;
    const child = [imported.module, imported.name].filter((part) => part !== '').join('.');
    return (
      graph.resolve(other, child, imported.level) === module && other.tree.text.includes(`.${name}`)
    );
  });
}

/** `import a as x`, or of a package above it, makes `x.name` readable; how the module calls itself is no reason. */
function readsThrough(source: Module | null, other: Module, module: Module, name: string): boolean {
  if (!source || !`${module.name}.`.startsWith(`${source.name}.`)) return false;
  return other.tree.text.includes(`${module.name.slice(source.name.length)}.${name}`);
}
