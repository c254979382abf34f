// Tells whether loading an entity brings a collection in the same rows (joined eager loading). It reads the model index only.
import type { MappedClass, ModelIndex, RelationshipAttribute } from '../models.ts';

/** Whether the mapping itself loads a collection of `model`, or of what it loads along, in the same rows. */
export function eagerCollectionOf(
  model: MappedClass | null,
  models: ModelIndex,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  if (!model || seen.has(model.id)) return false;
  const visited = new Set([...seen, model.id]);
  return [...model.attributes.values()].some(
    (attribute) =>
      attribute.kind === 'relationship' &&
      (attribute.lazy === 'joined' || attribute.lazy === null) &&
      bringsCollection(attribute, models, visited),
  );
}

/** Whether loading a relationship in the same rows repeats the rows of its parent. */
export function bringsCollection(
  attribute: RelationshipAttribute,
  models: ModelIndex,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  if (!isScalar(attribute)) return true;
  const target = attribute.target === null ? null : (models.classes.get(attribute.target) ?? null);
  return eagerCollectionOf(target, models, seen);
}

/** Whether a join along the relationship keeps one row for each parent. */
export function isScalar(attribute: RelationshipAttribute): boolean {
  return attribute.uselist === false && attribute.direction === 'many-to-one';
}
