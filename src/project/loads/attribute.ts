// The mapped attributes of a class, those of SQLModel included, whose fields the model index does not read.
import { readCall } from '../../python/calls.ts';
import { descendants } from '../../python/tree.ts';
import type { Binding } from '../../binder/scope.ts';
import type { Facts } from '../facts.ts';
import type {
  ColumnAttribute,
  MappedAttribute,
  MappedClass,
  RelationshipAttribute,
} from '../models.ts';
import type { Module } from '../modules.ts';

/** The attribute of a mapped class; `null` if it has none of that name. */
export function attributeOf(
  model: MappedClass,
  name: string,
  facts: Facts,
): MappedAttribute | null {
  const known = model.attributes.get(name);
  if (known) return known;
  return model.sqlModel ? fieldOf(model, name, facts) : null;
}

/** A field of SQLModel: annotated, in the class or in one of those it inherits from. */
function fieldOf(model: MappedClass, name: string, facts: Facts): MappedAttribute | null {
  for (const id of model.mro) {
    const source = facts.index.classById(id);
    const bindings = source?.scope.bindings.get(name) ?? [];
    const binding = bindings.find((each) => each.annotation !== null);
    if (source && binding) return declared(binding, id, source.module, facts);
    if (bindings.length > 0) return null;
  }
  return null;
}

function declared(
  binding: Binding,
  owner: string,
  module: Module,
  facts: Facts,
): MappedAttribute | null {
  const annotation = binding.annotation?.text ?? '';
  if (/^(typing\.)?ClassVar\b/.test(annotation)) return null;
  const common = {
    name: binding.name,
    owner,
    location: { path: module.path, start: binding.statement.start, end: binding.statement.end },
  };
  const call = readCall(binding.value);
  const made = call && facts.in(module).qualifiedName(call.callee);
  if (call && made !== null && /(^|\.)Relationship$/.test(made)) {
    const target = targetOf(binding, facts);
    const uselist = /^(typing\.)?(Optional\[)?(list|List|set|Set|Sequence)\b/.test(annotation);
    const relation: RelationshipAttribute = {
      ...common,
      kind: 'relationship',
      target: target?.id ?? null,
      targetName: target?.name ?? null,
      direction: uselist ? 'one-to-many' : 'many-to-one',
      uselist,
      optional: null,
      collection: 'list',
      collectionKey: null,
      lazy: lazyOf(call.node.text),
      viewonly: false,
      secondary: null,
      reverse: /back_populates\s*=\s*["'](\w+)/.exec(call.node.text)?.[1] ?? null,
      fromBackref: false,
    };
    return relation;
  }
  const column: ColumnAttribute = {
    ...common,
    kind: 'column',
    columnName: binding.name,
    style: 'bare',
    type: null,
    primaryKey: /primary_key\s*=\s*True/.test(binding.value?.text ?? ''),
    nullable: null,
    deferred: false,
    foreignKeys: [],
  };
  return column;
}

/** The strategy in `sa_relationship_kwargs`; `null` where it cannot be told. */
export function lazyOf(text: string): string | null {
  if (!text.includes('sa_relationship')) return 'select';
  const literal = /["']?lazy["']?\s*[:=]\s*["'](\w+)["']/.exec(text)?.[1];
  if (literal !== undefined) return literal;
  return /\blazy\b|sa_relationship_kwargs\s*=\s*\w|sa_relationship\s*=/.test(text)
    ? null
    : 'select';
}

/** The one class that the annotation names. */
function targetOf(binding: Binding, facts: Facts): MappedClass | null {
  const { annotation } = binding;
  if (!annotation) return null;
  const names = new Set([
    ...descendants(annotation, 'identifier').map(({ text }) => text),
    ...descendants(annotation, 'string_content').flatMap(({ text }) => text.match(/\w+/g) ?? []),
  ]);
  const found = [...names]
    .flatMap((name) => facts.models.named(name))
    .filter(({ role }) => role === 'mapped');
  return found.length === 1 ? (found[0] ?? null) : null;
}
