// Finds how a name of the project (a mapped class, `db`) can be spelled at a place of a file, importing it where that makes no cycle.
import type { PyNode } from '../../python/tree.ts';
import type { MappedClass } from '../models.ts';
import { isBoundBefore } from '../imports.ts';
import type { Module } from '../modules.ts';
import type { NameUse, RuleContext } from '../rule.ts';

/** The spelling of a mapped class at a place, `null` if it cannot be named there. */
export function spellClass(model: MappedClass, at: PyNode, ctx: RuleContext): NameUse | null {
  const { symbols, module, modules, binding, leadsTo } = ctx.facts;
  const names = [model.name, ...moduleNames(module).map((name) => `${name}.${model.name}`)];
  for (const text of names) {
    const symbol = symbols.symbolNamed(module, text, at);
    if (symbol?.kind === 'definition' && symbol.id === model.id) return { text, request: null };
  }
  const home = modules.byPath(model.location.path);
  if (!home || home === module || binding.isBound(model.name, at)) return null;
  if (model.id !== `${home.name}.${model.name}` || leadsTo(home, module)) return null;
  return ctx.use(model.id, at);
}

/** The spelling of a name that stands at the top of a module, `null` if it cannot be named at a place. */
export function spellName(
  {
    id,
    name,
    module: home,
  }: { readonly id: string; readonly name: string; readonly module: Module },
  at: PyNode,
  ctx: RuleContext,
): NameUse | null {
  const { symbols, module, binding, leadsTo } = ctx.facts;
  const means = (text: string): boolean => {
    const symbol = symbols.symbolNamed(module, text, at);
    const lookup = binding.lookup(text.split('.')[0] ?? '', at);
    return (
      symbol?.kind === 'definition' &&
      symbol.id === id &&
      (!lookup || isBoundBefore(lookup, at)) &&
      !lookup?.bindings.some((each) => each.typeChecking)
    );
  };
  if (means(name)) return { text: name, request: null };
  // `extensions.db` is where the name belongs; `models.db` is what `models` happened to import.
  const owner = moduleNames(module).find((each) => {
    if (!means(`${each}.${name}`)) return false;
    const symbol = symbols.symbolNamed(module, each, at);
    return symbol?.kind === 'module' && (symbol.module === home || symbol.module?.isPackage);
  });
  if (owner !== undefined) return { text: `${owner}.${name}`, request: null };
  const isFree = home !== module && !binding.isBound(name, at);
  const isEarly = isPackageOf(home, module) && isTakenEarlier(id, module, ctx);
  if (isFree && (isEarly || isAlongside(id, home, ctx) || !leadsTo(home, module)))
    return ctx.use(id, at);
  return null;
}

function isPackageOf(home: Module, module: Module): boolean {
  return home.isPackage && module.name.startsWith(`${home.name}.`);
}

/**
 * Whether the file imports a module that takes the name from its package itself: the package has the name before it comes to this file,
 * although it may still be on its way through its own imports.
 */
function isTakenEarlier(id: string, module: Module, { facts }: RuleContext): boolean {
  return module.binding.imports.some(({ imported, scope, statement, typeChecking }) => {
    if (
      !imported ||
      typeChecking ||
      scope.kind !== 'module' ||
      statement.parent !== module.tree.root
    )
      return false;
    const other = facts.modules.resolve(module, imported.module, imported.level);
    return other?.binding.imports.some((each) => {
      if (!each.imported || each.typeChecking || each.scope.kind !== 'module') return false;
      const symbol = facts.symbols.exported(other, each.name);
      return symbol?.kind === 'definition' && symbol.id === id;
    });
  });
}

/** Whether the file imports from the name's own module something that is defined after the name: where that succeeds, so does this. */
function isAlongside(id: string, home: Module, { facts }: RuleContext): boolean {
  const { module, modules, symbols } = facts;
  const own = symbols.definition(id)?.binding;
  if (own?.statement.parent?.parent !== home.tree.root) return false;
  return module.binding.imports.some(({ imported, scope, statement, typeChecking }) => {
    if (!imported?.name || typeChecking || scope.kind !== 'module') return false;
    if (statement.parent !== module.tree.root) return false;
    if (modules.resolve(module, imported.module, imported.level) !== home) return false;
    const symbol = symbols.exported(home, imported.name);
    return (
      symbol?.kind === 'definition' &&
      symbol.module === home &&
      symbol.binding.scope.kind === 'module' &&
      symbol.binding.node.start > own.node.end
    );
  });
}

/** Names under which the file has imported modules or the extension object. */
function moduleNames(module: Module): readonly string[] {
  return [...new Set(module.binding.imports.map((each) => each.name))].toSorted();
}
