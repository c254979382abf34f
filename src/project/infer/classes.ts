// Questions about classes of the project and of SQLAlchemy: what an object is an instance of. It infers no values.
import { isLibrarySubclass, type LibraryClass } from '../../sqlalchemy/returns.ts';
import type { Value } from '../values.ts';
import type { ClassSource, ProjectIndex } from './tracer.ts';

/** Whether a value is an object of the canonical library class, or of a subclass of it in SQLAlchemy or in the project. */
export function isInstanceOf(index: ProjectIndex, value: Value, library: LibraryClass): boolean {
  return value.kind === 'instance' && derivesFrom(index, value.of, library);
}

/** Whether a class (canonical name or project id) is the library class or derives from it. */
export function derivesFrom(index: ProjectIndex, of: string, library: LibraryClass): boolean {
  if (isLibrarySubclass(of, library)) return true;
  const source = index.classById(of);
  return (
    source !== null && libraryBases(index, source).some((base) => isLibrarySubclass(base, library))
  );
}

/** The library classes among the ancestors of a class of the project. */
export function libraryBases(index: ProjectIndex, source: ClassSource): readonly string[] {
  return index.ancestors(source).filter((base) => typeof base === 'string');
}

/** The object that calling a class value makes. */
export function madeBy(value: Value | null): Value | null {
  if (value?.kind === 'class') return { kind: 'instance', of: value.id, element: null };
  if (value?.kind === 'instance') return value;
  return value?.kind === 'library' ? { kind: 'instance', of: value.name, element: null } : null;
}

/** An object of the entity: of a class, or of the class behind an alias. */
export function entityOf(value: Value): Value | null {
  if (value.kind === 'instance')
    return value.of.endsWith('.AliasedClass') ? madeBy(value.element) : null;
  return madeBy(value);
}
