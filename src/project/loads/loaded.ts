// What is known of an object that was loaded or made: from where, by which query, over which calls and relationships. Data; origin.ts finds it.
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass, RelationshipAttribute } from '../models.ts';
import type { Statement } from './statement.ts';

/** A call on the way from where an object is read to where it is loaded. */
export interface Frame {
  readonly definition: PyNode;
  /** Facts of the file of the function. */
  readonly home: Facts;
  readonly call: PyNode;
  /** Facts of the file of the call. */
  readonly facts: Facts;
  readonly skipped: number;
}

/** Where an object comes from. */
export interface Origin {
  readonly kind: 'select' | 'query' | 'get' | 'new';
  /** Facts of the file in which it is loaded or made. */
  readonly facts: Facts;
  /** The call that executes the statement, gets or makes the object. */
  readonly node: PyNode;
  /** The expression of the session; `null` for a new object. */
  readonly session: PyNode | null;
  readonly entity: MappedClass;
  /** The expression that names the entity. */
  readonly entityNode: PyNode;
  readonly statement: Statement | null;
  /** The relationships from the entity to the object. */
  readonly path: readonly RelationshipAttribute[];
  /** It is one of many that a loop runs over. */
  readonly many: boolean;
  /** It was put in a list first, perhaps under a condition. */
  readonly collected?: boolean;
  /** The functions on the way, from where it is loaded to where it is read. */
  readonly functions: readonly PyNode[];
  /** The calls whose results it was, innermost first. */
  readonly frames: readonly Frame[];
}

/** The class of the object that an origin leads to. */
export function ownerClass(origin: Origin, facts: Facts): MappedClass | null {
  const last = origin.path.at(-1);
  if (!last) return origin.entity;
  return last.target === null ? null : (facts.models.classes.get(last.target) ?? null);
}

/** The mapped class that an item of a statement selects; `cls` stands for that of the method, `self.model` for that of its object. */
export function entityAt(
  node: PyNode | undefined,
  facts: Facts,
  { cls, made }: { readonly cls: MappedClass | null; readonly made: MappedClass | null },
): { readonly entity: MappedClass; readonly entityNode: PyNode } | null {
  if (!node) return null;
  const given = node.text === 'cls' ? cls : OWN.test(node.text) ? made : null;
  const entity = given ?? facts.mappedClass(node);
  return entity?.role === 'mapped' ? { entity, entityNode: node } : null;
}

const OWN = /^self\.\w+$/;

/** Whether the entity is named by what stands for other classes, too: nothing may be written there for one of them. */
export function isGeneric({ entityNode }: Origin): boolean {
  return entityNode.text === 'cls' || OWN.test(entityNode.text);
}
