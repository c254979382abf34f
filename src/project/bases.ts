// What decides whether a declarative base can become a class: code that depends on its metaclass or its constructor. No rewriting.
import { readCall } from '../python/calls.ts';
import { positionsOf } from '../python/position.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import type { Facts } from './facts.ts';
import type { Module } from './modules.ts';

/** Where the project names DeclarativeMeta (`path:line`), `null` if nowhere. */
export function usesDeclarativeMeta(facts: Facts): string | null {
  for (const module of facts.modules.modules) {
    if (!module.tree.text.includes('DeclarativeMeta')) continue;
    const node = descendants(module.tree.root, 'identifier').find(
      (each) => each.text === 'DeclarativeMeta' && !isAnnotation(each),
    );
    if (node) return placeOf(module, node);
  }
  return null;
}

/** An annotation does not depend on the class being the metaclass at run time, and an unused import does nothing. */
function isAnnotation(node: PyNode): boolean {
  for (let each: PyNode | null = node; each; each = each.parent)
    if (each.kind === 'type' || each.kind.startsWith('import')) return true;
  return false;
}

/** Why a class given as `cls=` cannot be a plain base of a DeclarativeBase class; `null` if it can. */
export function constructorOf(node: PyNode, facts: Facts): string | null {
  const symbol = facts.symbols.symbolOf(facts.module, node);
  if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'class')
    return `the class ${node.text} given as cls= was not found in the project`;
  const role = facts.models.classes.get(symbol.id)?.role;
  const body = symbol.binding.value?.child('body');
  const members = body ? symbol.module.binding.scopeOf(body.children[0] ?? body).bindings : null;
  if (role === 'base') return `${node.text} is a declarative base itself`;
  if (members?.has('__init__'))
    return `${node.text} has a constructor of its own, which the default one would no longer call`;
  return null;
}

/** Where a class is given as `cls=` to a call of declarative_base (`path:line`), `null` if nowhere. */
export function givenAsCls(id: string, facts: Facts): string | null {
  for (const module of facts.modules.modules) {
    if (!module.tree.text.includes('cls=') && !module.tree.text.includes('cls =')) continue;
    for (const node of descendants(module.tree.root, 'keyword_argument')) {
      const value = node.child('name')?.text === 'cls' ? node.child('value') : null;
      const call = readCall(node.parent?.parent ?? null);
      if (!value || !call?.callee.text.endsWith('declarative_base')) continue;
      const symbol = facts.symbols.symbolOf(module, value);
      if (symbol?.kind === 'definition' && symbol.id === id) return placeOf(module, node);
    }
  }
  return null;
}

function placeOf(module: Module, node: PyNode): string {
  return `${module.path}:${positionsOf(module.tree.text).at(node.start).line}`;
}
