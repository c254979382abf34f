// What mapped attributes are, seen through an object and through its class. How they are declared is the model index's business.
import type { MappedAttribute } from '../models.ts';
import type { Inferred } from '../values.ts';
import type { ClassSource } from './tracer.ts';
import { derived, DICT, instance, LIST } from './value.ts';

/** A mapped attribute seen through an object is a plain value, whatever stands in the class body. */
export function instanceView(answer: Inferred | null): Inferred | null {
  if (answer?.value.kind !== 'instance') return answer;
  const { of, element } = answer.value;
  if (of === 'sqlalchemy.orm.Mapped') return derived(answer, element);
  return /^sqlalchemy\.(Column|orm\.\w*Mapped\w*)$/.test(of) ? null : answer;
}

/** The value of a mapped attribute of an object: relationships alone are followed. */
export function mappedMember(owner: Inferred, attribute: MappedAttribute): Inferred | null {
  if (attribute.kind !== 'relationship') return null;
  const target = attribute.target === null ? null : instance(attribute.target);
  const text = `${attribute.name}: relationship of ${attribute.owner}`;
  if (attribute.lazy === 'dynamic')
    return derived(owner, instance('sqlalchemy.orm.AppenderQuery', target), text);
  if (attribute.lazy === 'write_only')
    return derived(owner, instance('sqlalchemy.orm.WriteOnlyCollection', target), text);
  if (attribute.uselist === null) return null;
  if (!attribute.uselist) return derived(owner, target, text);
  const { collection } = attribute;
  const of =
    collection === 'list'
      ? LIST
      : collection === 'dict'
        ? DICT
        : collection === 'set'
          ? 'builtins.set'
          : collection;
  return derived(owner, instance(of, target), text);
}

/** Mapped attributes of a class are SQL expressions, which are not traced. */
export function classView(source: ClassSource, answer: Inferred | null): Inferred | null {
  if (answer?.value.kind !== 'instance') return answer;
  if (answer.value.of === 'sqlalchemy.orm.QueryPropertyDescriptor')
    return derived(answer, instance('sqlalchemy.orm.Query', instance(source.id)));
  return /^sqlalchemy\.(Column|orm\.\w*Mapped\w*)$/.test(answer.value.of) ? null : answer;
}
