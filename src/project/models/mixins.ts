// Says what is known about the attributes of a class without a table: a mixin, an abstract class, a base. It resolves nothing itself.
import type { ColumnAttribute, MappedAttribute, RelationshipAttribute } from '../models.ts';
import type { DeclaredAttribute } from './attributes.ts';
import { detachedColumn } from './column-attributes.ts';

/** The declared attributes, nearest first, completed by what all mapped classes that use them agree on. */
export function detachedAttributes(
  declared: readonly DeclaredAttribute[],
  users: readonly ReadonlyMap<string, MappedAttribute>[],
): ReadonlyMap<string, MappedAttribute> {
  const found = new Map<string, MappedAttribute>();
  for (const attribute of declared) {
    if (found.has(attribute.name)) continue;
    const seen = users.flatMap((user) => {
      const value = user.get(attribute.name);
      return value?.owner === attribute.owner ? [value] : [];
    });
    const value = common(attribute, seen);
    if (value) found.set(attribute.name, value);
  }
  return found;
}

function common(
  attribute: DeclaredAttribute,
  seen: readonly MappedAttribute[],
): MappedAttribute | null {
  const { name, owner, location, declaration } = attribute;
  const columns = seen.filter((each): each is ColumnAttribute => each.kind === 'column');
  if (declaration.kind === 'column') {
    const own = detachedColumn(name, declaration.column);
    const [first] = columns;
    const type = own.type ?? first?.type ?? null;
    const agreed = columns.every((each) => each.nullable === own.nullable);
    return {
      ...own,
      owner,
      location,
      type,
      nullable: agreed ? own.nullable : null,
      foreignKeys: first?.foreignKeys ?? own.foreignKeys,
    };
  }
  if (declaration.kind === 'other') return { kind: declaration.other, name, owner, location };
  const [first, ...more] = seen.filter(
    (each): each is RelationshipAttribute => each.kind === 'relationship',
  );
  return first ? more.reduce(agreement, first) : null;
}

function agreement(a: RelationshipAttribute, b: RelationshipAttribute): RelationshipAttribute {
  return {
    ...a,
    target: a.target === b.target ? a.target : null,
    direction: a.direction === b.direction ? a.direction : null,
    uselist: a.uselist === b.uselist ? a.uselist : null,
    optional: a.optional === b.optional ? a.optional : null,
  };
}
