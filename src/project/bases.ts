// What decides whether a declarative base can become a class: code that depends on its metaclass or its constructor. No rewriting.
import { readCall } from '../python/calls.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import type { Facts } from './facts.ts';
import type { Module } from './modules.ts';
import { placeOf } from './place.ts';

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
  if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'class' || !symbol.binding.value)
    return `the class ${node.text} given as cls= was not found in the project`;
  if (facts.models.classes.get(symbol.id)?.role === 'base')
    return `${node.text} is a declarative base itself`;
  return ownConstructor(symbol.binding.value, symbol.module, facts);
}

/** Why the constructor of a class, or of a class above it, takes the place of the default one; `null` if it has none. */
export function ownConstructor(classNode: PyNode, module: Module, facts: Facts): string | null {
  const name = classNode.child('name')?.text ?? '';
  const body = classNode.child('body');
  const members = body ? module.binding.scopeOf(body.children[0] ?? body).bindings : null;
  if (members?.has('__init__'))
    return `${name} has a constructor of its own, which would take the place of the default one`;
  for (const base of classNode.child('superclasses')?.named ?? []) {
    if (base.kind === 'keyword_argument')
      return `${name} is made with ${base.text}, which a DeclarativeBase class cannot have`;
    const symbol = facts.symbols.symbolOf(module, base);
    const above = symbol?.kind === 'definition' && symbol.binding.kind === 'class';
    if (above && symbol.binding.value) {
      const problem = ownConstructor(symbol.binding.value, symbol.module, facts);
      if (problem) return problem;
    } else if (!isPlainBase(base, module, facts))
      return `${base.text}, a base of ${name}, was not found in the project: it may have a constructor`;
  }
  return null;
}

function isPlainBase(base: PyNode, module: Module, facts: Facts): boolean {
  const head = base.kind === 'subscript' ? (base.child('value') ?? base) : base;
  const symbol = facts.symbols.symbolOf(module, head);
  if (symbol?.kind === 'library')
    return ['builtins.object', 'typing.Generic', 'abc.ABC'].includes(symbol.name);
  return symbol === null && head.text === 'object';
}

/** Whether a class and all classes above it are written out and inherit nothing that maps them or that is not known. */
export function isPlainClass(classNode: PyNode, module: Module, facts: Facts): boolean {
  return (classNode.child('superclasses')?.named ?? []).every((base) => {
    if (base.kind === 'comment') return true;
    const head = base.kind === 'subscript' ? (base.child('value') ?? base) : base;
    const named = head.kind === 'keyword_argument' ? head.child('value') : head;
    const symbol = named && facts.symbols.symbolOf(module, named);
    if (symbol?.kind === 'library') return PLAIN_LIBRARIES.test(symbol.name);
    if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'class') return false;
    const { value } = symbol.binding;
    return value !== null && value !== classNode && isPlainClass(value, symbol.module, facts);
  });
}

const PLAIN_LIBRARIES = /^(?:abc|builtins|collections|enum|typing|typing_extensions)\./;

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
