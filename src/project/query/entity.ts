// Tells which mapped class, or alias of one, an expression names. It knows no columns: see items.ts.
import { readCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass, RelationshipAttribute } from '../models.ts';
import type { Value } from '../values.ts';
import { ALIASES } from './entity-names.ts';

/** An ORM entity: a mapped class or an alias of one. */
export interface Entity {
  readonly kind: 'entity';
  readonly node: PyNode;
  /** How the code names it here. */
  readonly text: string;
  /** What tells it from other entities: the class's id, or the text of an alias. */
  readonly key: string;
  /** `null` where the class cannot be seen. */
  readonly model: MappedClass | null;
  /** The classes that it may be at run time; empty where that is not known. */
  readonly among: readonly MappedClass[];
  readonly isAlias: boolean;
  /** It may be a subclass of `model`: `cls`, `type(self)`. */
  readonly isOpen?: boolean;
}

/** The entity that an expression names, `null` if it is none. */
export function entityOf(node: PyNode, facts: Facts): Entity | null {
  const model =
    node.kind === 'identifier' || node.kind === 'attribute' ? facts.mappedClass(node) : null;
  if (model && model.role !== 'mixin') return classEntity(node, model);
  const source = node.kind === 'identifier' ? facts.definition(node)?.value : null;
  const binding = source ? facts.definition(node) : null;
  if (source && binding?.kind === 'assignment' && binding.path.length === 0) {
    const alias = aliasedModel(source, facts);
    if (alias !== undefined) return otherEntity(node, alias, true);
  }
  const value = facts.infer(node)?.value;
  if (value?.kind === 'class') {
    const inferred = facts.models.classes.get(value.id);
    if (inferred && inferred.role !== 'mixin')
      return { ...classEntity(node, inferred), isOpen: true };
  }
  const among = value ? alternatives(value, facts) : [];
  if (among.length > 0) return { ...otherEntity(node, null, false), among, isOpen: true };
  if (value?.kind === 'instance' && value.of.endsWith('AliasedClass')) {
    const of = value.element?.kind === 'class' ? facts.models.classes.get(value.element.id) : null;
    return otherEntity(node, of ?? null, true);
  }
  return null;
}

/** The relationship that `User.orders` names, and the entity that has it; `null` for anything else. */
export function relationshipOf(
  node: PyNode,
  facts: Facts,
): { readonly owner: Entity; readonly relation: RelationshipAttribute } | null {
  const object = node.kind === 'attribute' ? node.child('object') : null;
  const owner = object && entityOf(object, facts);
  const relation = owner?.model?.attributes.get(node.child('attribute')?.text ?? '');
  return owner && relation?.kind === 'relationship' ? { owner, relation } : null;
}

/** The mapped classes that a value stands for: one of several, or any class of a base or mixin that only mapped classes extend. */
function alternatives(value: Value, { models, index }: Facts): readonly MappedClass[] {
  if (value.kind === 'class') {
    const { id } = value;
    const source = index.classById(id);
    const others = source
      ? index.descendants(source).filter((each) => !models.classes.has(each.id))
      : [];
    return [...models.classes.values()].filter(
      ({ role, base, mro }) =>
        role === 'mapped' && (base === id || (others.length === 0 && mro.includes(id))),
    );
  }
  const ids = value.kind === 'classes' ? value.ids : [];
  const mapped = ids.flatMap((id) => {
    const found = models.classes.get(id);
    return found?.role === 'mapped' ? [found] : [];
  });
  return mapped.length === ids.length ? mapped : [];
}

function classEntity(node: PyNode, model: MappedClass): Entity {
  return {
    kind: 'entity',
    node,
    text: node.text,
    key: model.id,
    model,
    among: [model],
    isAlias: false,
  };
}

/** An alias, or a class that cannot be seen: told from others by its text. */
export function otherEntity(node: PyNode, model: MappedClass | null, isAlias: boolean): Entity {
  const among = model ? [model] : [];
  return { kind: 'entity', node, text: node.text, key: node.text, model, among, isAlias };
}

/** The class behind `aliased(X)`; `undefined` for anything else. */
export function aliasedModel(node: PyNode, facts: Facts): MappedClass | null | undefined {
  const call = readCall(node);
  const target = call?.positional[0];
  if (!call || !target || !ALIASES.has(facts.qualifiedName(call.callee) ?? '')) return undefined;
  return facts.mappedClass(target) ?? entityOf(target, facts)?.model ?? null;
}
