// Tells whether importing a module leads back to another one. It edits nothing.
import type { Module, ModuleGraph } from './modules.ts';

/** Whether importing `from` leads, through the project's imports, to `to`. */
export function reaches(from: Module, to: Module, graph: ModuleGraph): boolean {
  const seen = new Set<Module>([from]);
  const queue = [from];
  for (let module = queue.shift(); module; module = queue.shift())
    for (const next of importsOf(module, graph)) {
      if (next === to) return true;
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  return false;
}

function importsOf(module: Module, graph: ModuleGraph): readonly Module[] {
  return module.binding.imports.flatMap(({ imported, typeChecking }) => {
    if (!imported || typeChecking) return [];
    const { level, module: from, name } = imported;
    const member =
      name === null ? null : graph.resolve(module, from === '' ? name : `${from}.${name}`, level);
    return [graph.resolve(module, from, level), member].filter((each) => each !== null);
  });
}
