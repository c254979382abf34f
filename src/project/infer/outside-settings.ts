// What code outside of a class assigns to attributes of its objects (`app.session = …`, `g.db = …`).
import type { Inferred } from '../values.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { ClassSource, Tracer } from './tracer.ts';
import { step } from './value.ts';

/** An attribute that is assigned in more places is too common to be followed. */
const MOST_PLACES = 200;

/** The values assigned from outside to an attribute of objects of the class, or of the class itself. */
export function setOnClass(
  tracer: Tracer,
  source: ClassSource,
  name: string,
): readonly (Inferred | null)[] {
  return settings(tracer, name, (module, object) => {
    const value = tracer.infer(module, object)?.value;
    const id = value?.kind === 'instance' ? value.of : value?.kind === 'class' ? value.id : null;
    const other = id === null ? null : tracer.index.classById(id);
    if (!other) return false;
    return (
      other === source ||
      tracer.index.ancestors(source).includes(other) ||
      tracer.index.ancestors(other).includes(source)
    );
  });
}

/** The values assigned to an attribute of a library's object (`flask.g`). */
export function setOnLibrary(
  tracer: Tracer,
  library: string,
  name: string,
): readonly (Inferred | null)[] {
  return settings(tracer, name, (module, object) => {
    const symbol = tracer.symbols.symbolOf(module, object);
    return symbol?.kind === 'library' && symbol.name === library;
  });
}

function settings(
  tracer: Tracer,
  name: string,
  isMeant: (module: Module, object: PyNode) => boolean,
): readonly (Inferred | null)[] {
  const assignments = tracer.index.attributeAssignments(name);
  if (assignments.length > MOST_PLACES) return [];
  const found: (Inferred | null)[] = [];
  for (const { module, node } of assignments) {
    const object = node.child('left')?.child('object');
    const value = node.child('right');
    if (!object || !value || !isMeant(module, object)) continue;
    const inferred = tracer.infer(module, value);
    // One value that is unknown makes the attribute unknown.
    if (!inferred) return [null];
    found.push(step(inferred, `${object.text}.${name}: set (${tracer.place(module, node)})`));
  }
  return found;
}
