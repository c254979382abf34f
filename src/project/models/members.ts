// Looks up special class attributes such as `__tablename__` along the method resolution order. It evaluates none of them.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { isDeclaredAttr, returnedValue } from './attributes.ts';
import { readCall } from './calls.ts';
import { decoratorsOf, type Sources } from './sources.ts';

/** A special attribute of a class. */
export interface Member {
  /** The class that has it. */
  readonly owner: string;
  readonly module: Module;
  /** The value, or what the declared_attr function returns; `null` if it cannot be told. */
  readonly node: PyNode | null;
  /** It is a `declared_attr` (or a property of classes) that runs for each class. */
  readonly dynamic: boolean;
}

/** The first member of a name along `mro`. */
export function memberValue(
  symbols: Symbols,
  sources: Sources,
  mro: readonly string[],
  name: string,
): Member | null {
  for (const owner of mro) {
    const source = sources.classes.get(owner);
    const binding = source?.members.get(name)?.findLast((each) => each.kind !== 'annotation');
    if (!source || !binding) continue;
    const { module } = source;
    const value = binding.value;
    if (binding.kind !== 'function' || !value)
      return { owner, module, node: value, dynamic: false };
    const dynamic = decoratorsOf(value).some((decorator) => {
      const symbol = symbols.symbolOf(module, readCall(decorator)?.callee ?? decorator);
      return symbol?.kind === 'library' ? isDeclaredAttr(symbol.name) : true;
    });
    return { owner, module, node: returnedValue(module, value), dynamic };
  }
  return null;
}
