// Finds how a mapped class of the project can be named at a place of a file, importing it where that makes no cycle.
import type { PyNode } from '../../python/tree.ts';
import type { MappedClass } from '../models.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { NameUse, RuleContext } from '../rule.ts';

/** The spelling of a mapped class at a place, `null` if it cannot be named there. */
export function spellClass(model: MappedClass, at: PyNode, ctx: RuleContext): NameUse | null {
  const { symbols, module, modules, binding } = ctx.facts;
  const names = [model.name, ...moduleNames(module).map((name) => `${name}.${model.name}`)];
  for (const text of names) {
    const symbol = symbols.symbolNamed(module, text, at);
    if (symbol?.kind === 'definition' && symbol.id === model.id) return { text, request: null };
  }
  const home = modules.byPath(model.location.path);
  if (!home || home === module || binding.isBound(model.name, at)) return null;
  if (model.id !== `${home.name}.${model.name}` || reaches(home, module, modules)) return null;
  return ctx.use(model.id, at);
}

/** Names under which the file has imported modules or the extension object. */
function moduleNames(module: Module): readonly string[] {
  return [...new Set(module.binding.imports.map((each) => each.name))].toSorted();
}

/** Whether importing `from` leads, through the project's imports, to `to`. */
function reaches(from: Module, to: Module, graph: ModuleGraph): boolean {
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
