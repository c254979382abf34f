// Whether what is read from a loaded object was loaded with it: by the mapping, or by an option of the query. It looks at no code in between.
import type { ColumnAttribute, MappedAttribute, RelationshipAttribute } from '../models.ts';
import { isEager, optionsOf, type OptionPath } from './options.ts';
import type { Origin } from './loaded.ts';

/** Mapped strategies that load with the parent. */
const MAPPED_EAGER: ReadonlySet<string> = new Set([
  'joined',
  'selectin',
  'subquery',
  'immediate',
  'noload',
]);

/** Whether a relationship loads on access unless a query says otherwise. */
export function isLazy(relation: RelationshipAttribute): boolean {
  return relation.lazy === 'select';
}

/** Whether an attribute of the object of an origin is there when it is read, or nothing certain can be said. */
export function isCovered(origin: Origin, attribute: MappedAttribute): boolean {
  if (attribute.kind === 'column') return isColumnCovered(origin, attribute);
  if (attribute.kind !== 'relationship') return true;
  if (!isLazy(attribute) || isReverse(origin, attribute)) return true;
  const { paths, unknown } = optionsOf(origin);
  if (unknown) return true;
  const whole = [...origin.path, attribute];
  // Where the way to the object was not loaded either, the finding stands at that read.
  return (
    paths.some((path) => namesAll(path)) ||
    !isPathLoaded(origin.path, paths) ||
    whole.every(
      (_, index) => index < origin.path.length || isLoaded(whole.slice(0, index + 1), paths),
    )
  );
}

function namesAll(path: OptionPath): boolean {
  return path.some(
    ({ name, strategy }) => name === null || (name === '*' && strategy !== 'lazyload'),
  );
}

function isPathLoaded(
  path: readonly RelationshipAttribute[],
  options: readonly OptionPath[],
): boolean {
  return path.every((_, index) => isLoaded(path.slice(0, index + 1), options));
}

function isLoaded(path: readonly RelationshipAttribute[], options: readonly OptionPath[]): boolean {
  const last = path.at(-1);
  if (!last) return true;
  const step = options
    .filter((option) => path.every(({ name }, index) => option[index]?.name === name))
    .map((option) => option[path.length - 1])
    .find(
      (each) =>
        each !== undefined && each.strategy !== 'defaultload' && each.strategy !== 'load_only',
    );
  if (step) return isEager(step.strategy) || /^raiseload$/.test(step.strategy);
  return last.lazy === null || MAPPED_EAGER.has(last.lazy);
}

/** Loading a collection puts its owner in the identity map, where reading the other side finds it. */
function isReverse(origin: Origin, attribute: RelationshipAttribute): boolean {
  const last = origin.path.at(-1);
  return (
    attribute.direction === 'many-to-one' &&
    last !== undefined &&
    (last.reverse === attribute.name ||
      (attribute.target !== null && attribute.target === last.owner))
  );
}

function isColumnCovered(origin: Origin, column: ColumnAttribute): boolean {
  const { paths, unknown } = optionsOf(origin);
  if (unknown || origin.kind === 'new') return true;
  const depth = origin.path.length;
  const here = paths.filter(
    (path) =>
      path.length === depth + 1 &&
      path.slice(0, depth).every(({ name }, index) => origin.path[index]?.name === name),
  );
  const steps = here.flatMap((path) => path.slice(depth));
  if (
    steps.some(
      ({ name, strategy }) => name === null || name === '*' || strategy === 'undefer_group',
    )
  )
    return true;
  if (steps.some(({ name, strategy }) => name === column.name && strategy === 'defer'))
    return false;
  const only = steps.filter(({ strategy }) => strategy === 'load_only');
  if (steps.some(({ name, strategy }) => name === column.name && strategy !== 'defer')) return true;
  if (only.length > 0 && depth === 0 && column.foreignKeys.length === 0) return column.primaryKey;
  return !column.deferred || depth > 0;
}
