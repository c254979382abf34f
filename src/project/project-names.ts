// Decides how a class or function of the project is spelled at a place of a file, following what the file imports already. It edits nothing.
import type { Binding } from '../binder/scope.ts';
import type { ImportRequest } from '../edits/edit.ts';
import type { PyNode } from '../python/tree.ts';
import type { Facts } from './facts.ts';
import { readImport } from './import-statements.ts';
import { isBoundBefore, useName, type UseOptions } from './imports.ts';
import type { Module } from './modules.ts';
import type { NameUse } from './rule.ts';

/**
 * The spelling of any dotted name at a place. A definition of the project is spelled as the file binds it; else it is imported from the module
 * that the file imports its siblings from, else from its own. Everything else is a matter of imports.ts.
 */
export function spellName(
  facts: Facts,
  name: string,
  at: PyNode,
  pending: readonly ImportRequest[],
  options: UseOptions,
): NameUse {
  const definition = facts.symbols.definition(name);
  if (!definition) return useName(facts.module, name, at, pending, options);
  const plain = name.slice(name.lastIndexOf('.') + 1);
  const bound = facts.symbols.symbolNamed(facts.module, plain, at);
  if (bound?.kind === 'definition' && bound.id === name && isRuntime(facts, plain, at, options))
    return { text: plain, request: null };
  const own = `${definition.module.name}.${plain}`;
  const use = useName(facts.module, own, at, [], options);
  if (!use.request) return use;
  const isOwn = use.request.module === definition.module.name;
  const source = isOwn ? siblingSource(facts, name, plain, definition.module) : null;
  // The name is requested under the module that it is imported from, so that a second use finds the first.
  return useName(facts.module, source === null ? own : `${source}.${plain}`, at, pending, options);
}

/** An import under TYPE_CHECKING serves annotations only. */
function isRuntime(facts: Facts, plain: string, at: PyNode, options: UseOptions): boolean {
  const lookup = facts.binding.lookup(plain, at);
  if (lookup && !isBoundBefore(lookup, at)) return false;
  const bindings = lookup?.bindings ?? [];
  return options.typing === true || bindings.some((binding) => !binding.typeChecking);
}

/** The package that re-exports the name, or its own module, as the file writes it where it imports something else from there. */
function siblingSource(facts: Facts, id: string, plain: string, home: Module): string | null {
  for (const binding of facts.binding.imports) {
    const source = sourceOf(facts, binding);
    if (!source || (source.module !== home && !isComplete(facts, source.module))) continue;
    const symbol = facts.symbols.exported(source.module, plain);
    if (symbol?.kind === 'definition' && symbol.id === id) return source.text;
  }
  return null;
}

/** A package that does not lead to this file has all of its names when the file imports it. */
function isComplete(facts: Facts, module: Module): boolean {
  return module.isPackage && !facts.leadsTo(module, facts.module);
}

function sourceOf(facts: Facts, { imported, statement, scope }: Binding) {
  if (!imported || imported.name === null || scope.kind !== 'module') return null;
  const module = facts.modules.resolve(facts.module, imported.module, imported.level);
  const text = readImport(statement)?.module;
  return module && text !== undefined ? { module, text } : null;
}
