// Says what the type variables of a generic class stand for in a class that derives from it, as in `class Items(Repository[Item])`.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Symbol } from '../symbols.ts';
import type { Inferred } from '../values.ts';
import { proven, type ClassSource, type Tracer } from './tracer.ts';
import { readType, type TypeExpression } from './type-text.ts';

/** A type as it is written in a file. */
interface WrittenType {
  readonly module: Module;
  readonly type: TypeExpression;
}

/** What type variables stand for, by their ids. */
type TypeArguments = ReadonlyMap<string, WrittenType>;

/** The value of something that the body of `generic` annotates with a type variable, in objects of a class that derives from it; `null` for other annotations. */
export function genericValue(
  tracer: Tracer,
  source: ClassSource,
  generic: ClassSource,
  annotation: PyNode,
): Inferred | null {
  const type = readType(annotation);
  const [only, ...others] = type.parts;
  const isClass = /(^|\.)[Tt]ype$/.test(type.name) && only !== undefined && others.length === 0;
  const variable = symbolOf(tracer, { module: generic.module, type: isClass ? only : type });
  if (variable?.kind !== 'definition' || variable.binding.kind !== 'assignment') return null;
  const written = argumentsOf(tracer, source, generic)?.get(variable.id);
  const node = written?.type.parts.length === 0 ? written.type.node : null;
  const made = written && node ? tracer.typed(written.module, node) : null;
  if (!isClass) return made;
  return made?.value.kind === 'instance' && tracer.index.classById(made.value.of)
    ? proven({ kind: 'class', id: made.value.of })
    : null;
}

/** What a class gives for the type variables of one that it derives from. */
function argumentsOf(
  tracer: Tracer,
  source: ClassSource,
  generic: ClassSource,
): TypeArguments | null {
  const { module } = source;
  for (const { base, type } of basesOf(tracer, source)) {
    if (!base || !tracer.index.ancestors(base).includes(generic)) continue;
    const given = new Map(
      parametersOf(tracer, base).flatMap((id, index): [string, WrittenType][] => {
        const part = type.parts[index];
        return part ? [[id, { module, type: part }]] : [];
      }),
    );
    if (base === generic) return given;
    const inner = argumentsOf(tracer, base, generic);
    return inner && new Map([...inner].map(([id, each]) => [id, resolved(tracer, each, given)]));
  }
  return null;
}

function resolved(tracer: Tracer, written: WrittenType, given: TypeArguments): WrittenType {
  const symbol = symbolOf(tracer, written);
  return (symbol?.kind === 'definition' && given.get(symbol.id)) || written;
}

interface Base {
  readonly type: TypeExpression;
  readonly symbol: Symbol | null;
  readonly base: ClassSource | null;
}

function basesOf(tracer: Tracer, { module, node }: ClassSource): readonly Base[] {
  return (node.child('superclasses')?.named ?? []).map((each) => {
    const type = readType(each);
    const symbol = symbolOf(tracer, { module, type });
    const base = symbol?.kind === 'definition' ? tracer.index.classById(symbol.id) : null;
    return { type, symbol, base: base ?? null };
  });
}

/** The type variables of a class in the order of its arguments: as `Generic` lists them, else as its bases name them. */
function parametersOf(tracer: Tracer, source: ClassSource): readonly string[] {
  const bases = basesOf(tracer, source);
  const listed = bases.find(
    ({ symbol }) =>
      symbol?.kind === 'library' && /^typing(_extensions)?\.(Generic|Protocol)$/.test(symbol.name),
  );
  const types = (listed ? [listed] : bases).flatMap(({ type }) => type.parts);
  const ids = types.flatMap((type) => {
    const symbol = symbolOf(tracer, { module: source.module, type });
    return symbol?.kind === 'definition' && symbol.binding.kind === 'assignment' ? [symbol.id] : [];
  });
  return [...new Set(ids)];
}

function symbolOf(tracer: Tracer, { module, type }: WrittenType): Symbol | null {
  return type.kind === 'name' && type.node ? tracer.symbols.symbolOf(module, type.node) : null;
}
