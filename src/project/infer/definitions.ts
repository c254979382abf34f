// Finds function definitions by id, and the nodes of their own bodies.
import type { Scope } from '../../binder/scope.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import { firstDefinition } from '../symbols.ts';
import type { Mention } from './tracer.ts';

const BODIES: readonly string[] = ['function_definition', 'class_definition', 'lambda'];

/** The nodes of a kind in the body of a function, those of functions and classes inside it left out. */
export function ownNodes(definition: PyNode, kind: string): readonly PyNode[] {
  const body = definition.child('body');
  return body
    ? descendants(body, kind).filter((node) => enclosing(node, ...BODIES) === definition)
    : [];
}

/** The scope that the body of a class or function opens. */
export function bodyScope(module: Module, body: PyNode): Scope {
  return module.binding.scopeOf(body.children[0] ?? body);
}

/** The function definitions of an id: several where overloads, setters or branches define the name again. */
export function locate(modules: ReadonlyMap<string, Module>, id: string): readonly Mention[] {
  const parts = firstDefinition(id).split('.');
  for (let length = parts.length - 1; length > 0; length--) {
    const name = parts.slice(0, length).join('.');
    const module = modules.get(name);
    if (module) return within(module, module.binding.module, parts.slice(length));
  }
  return [];
}

function within(module: Module, scope: Scope, parts: readonly string[]): readonly Mention[] {
  const [head = '', ...rest] = parts[0] === '<locals>' ? parts.slice(1) : parts;
  const bindings = scope.bindings.get(head) ?? [];
  if (rest.length === 0)
    return bindings.flatMap(({ kind, value }) =>
      kind === 'function' && value ? [{ module, node: value }] : [],
    );
  return bindings.flatMap(({ value }) => {
    const body = value?.child('body');
    return body ? within(module, bodyScope(module, body), rest) : [];
  });
}
