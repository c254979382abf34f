// The attributes of objects and classes: of the project by their definitions, of SQLAlchemy by its tables, of models by the model index.
import type { Binding } from '../../binder/scope.ts';
import type { PyNode } from '../../python/tree.ts';
import { flaskMember, FLASK_SQLALCHEMY } from '../../sqlalchemy/members.ts';
import { memberOf } from '../../sqlalchemy/returns.ts';
import type { Inferred, InstanceValue, Value } from '../values.ts';
import { libraryBases, madeBy } from './classes.ts';
import { filledAttribute } from './lists.ts';
import { classView, instanceView, mappedMember } from './mapped-members.ts';
import { modelQuery } from './model-queries.ts';
import { refined } from './names.ts';
import { setOnClass } from './outside-settings.ts';
import { given } from './returns-of-libraries.ts';
import type { AttributeSetting, ClassSource, Tracer } from './tracer.ts';
import { genericValue } from './type-arguments.ts';
import {
  derived,
  instance,
  isNone,
  itemsOf,
  joined,
  OBJECT,
  PENDING,
  ROW,
  step,
  unpacked,
} from './value.ts';

/** The value of an attribute of an object or class. */
export function memberValue(tracer: Tracer, owner: Inferred, name: string): Inferred | null {
  if (owner === PENDING) return PENDING;
  return joined(memberAnswers(tracer, owner, name));
}

/** Every value that the attribute may have, unknown ones included; empty if nothing defines it. */
function memberAnswers(
  tracer: Tracer,
  owner: Inferred,
  name: string,
): readonly (Inferred | null)[] {
  const { value } = owner;
  if (value.kind === 'instance') {
    const source = tracer.index.classById(value.of);
    if (!source) {
      const proxied = ownOfRegistered(tracer, owner, value, name);
      return proxied ?? [libraryMember(tracer, owner, value, value.of, name)];
    }
    return objectMember(tracer, owner, value, source, name);
  }
  if (value.kind === 'class') {
    const source = tracer.index.classById(value.id);
    return source ? classMember(tracer, owner, source, name) : [];
  }
  if (value.kind === 'library') return [libraryClassMember(owner, value.name, name)];
  return [];
}

/** What a class of the project defines for the sessions of a scoped_session. */
function ownOfRegistered(
  tracer: Tracer,
  owner: Inferred,
  registry: InstanceValue,
  name: string,
): readonly (Inferred | null)[] | null {
  if (!registry.of.endsWith('scoped_session') || !registry.element) return null;
  const session = madeBy(registry.element);
  const source = session?.kind === 'instance' ? tracer.index.classById(session.of) : null;
  if (!source || session?.kind !== 'instance') return null;
  const defines = tracer.index
    .ancestors(source)
    .some((each) => each !== null && typeof each !== 'string' && each.scope.bindings.has(name));
  const object = derived(owner, session);
  return defines && object ? objectMember(tracer, object, session, source, name) : null;
}

function libraryClassMember(owner: Inferred, of: string, name: string): Inferred | null {
  if (name === 'metadata' && /\.(DeclarativeBase|SQLAlchemy\.Model|SQLModel)$/.test(of))
    return derived(owner, instance('sqlalchemy.MetaData'));
  return null;
}

/** A member of an object of a library class; `of` is the class, `self` may be of a project class that derives from it. */
function libraryMember(
  tracer: Tracer,
  owner: Inferred,
  self: InstanceValue,
  of: string,
  name: string,
): Inferred | null {
  if (of === FLASK_SQLALCHEMY || of === 'flask_sqlalchemy_lite.SQLAlchemy')
    return flaskObjectMember(owner, self, name);
  if (of === ROW) {
    const item = rowItem(self, name);
    if (item) return derived(owner, item);
  }
  const spec = memberOf(of, name);
  if (spec?.attribute) return given(tracer, spec, owner, null);
  if (of === OBJECT.of) return null;
  if (spec || !name.startsWith('__')) return derived(owner, { kind: 'method', self, name });
  return null;
}

/** `row.User`: an entity goes by the name of its class. */
function rowItem(self: InstanceValue, name: string): Value | null {
  const named = (itemsOf(self) ?? []).filter(
    (item) => item?.kind === 'instance' && item.of.slice(item.of.lastIndexOf('.') + 1) === name,
  );
  return named.length === 1 ? (named[0] ?? null) : null;
}

function flaskObjectMember(owner: Inferred, self: InstanceValue, name: string): Inferred | null {
  const member = flaskMember(name);
  // Its sessions have the class of queries that it was given.
  if (name === 'session' && self.element)
    return derived(
      owner,
      instance('sqlalchemy.orm.scoped_session', instance('sqlalchemy.orm.Session', self.element)),
    );
  switch (member?.kind) {
    case 'library':
    case 'module':
      return derived(owner, { kind: member.kind, name: member.name });
    case 'instance': {
      const element: Value | null = member.element ? elementOf(member.of, member.element) : null;
      return derived(owner, instance(member.of, element));
    }
    case 'method':
      return derived(owner, { kind: 'method', self: instance(FLASK_SQLALCHEMY), name });
    default:
      return null;
  }
}

/** What a session factory makes is a class, what other objects hold are objects. */
function elementOf(of: string, element: string): Value {
  return of.endsWith('scoped_session') ? { kind: 'library', name: element } : instance(element);
}

function objectMember(
  tracer: Tracer,
  owner: Inferred,
  self: InstanceValue,
  source: ClassSource,
  name: string,
): readonly (Inferred | null)[] {
  const mapped = tracer.models.classes.get(source.id)?.attributes.get(name);
  if (mapped && mapped.kind !== 'hybrid') return [mappedMember(owner, mapped)];
  const own = inherited(tracer, source, (each) => definedIn(tracer, owner, self, each, name));
  if (own) {
    if (own.includes(null)) return own;
    const isMethod = own.some((answer) => answer?.value.kind === 'function');
    const others = isMethod
      ? []
      : [
          ...tracer.index
            .descendants(source)
            .flatMap((each) => definedIn(tracer, owner, self, each, name)),
          ...setOnClass(tracer, source, name),
        ];
    return [...own, ...others].map(instanceView);
  }
  for (const base of libraryBases(tracer.index, source)) {
    if (base !== FLASK_SQLALCHEMY && !memberOf(base, name)) continue;
    return [libraryMember(tracer, owner, self, base, name)];
  }
  const elsewhere = tracer.index
    .descendants(source)
    .flatMap((each) => definedIn(tracer, owner, self, each, name));
  return [...elsewhere, ...setOnClass(tracer, source, name)].map(instanceView);
}

/** The answers of the nearest class that says more than `None`. */
function inherited(
  tracer: Tracer,
  source: ClassSource,
  answersOf: (source: ClassSource) => readonly (Inferred | null)[],
): readonly (Inferred | null)[] | null {
  let nothing: readonly (Inferred | null)[] | null = null;
  for (const each of tracer.index.ancestors(source)) {
    if (each === null || typeof each === 'string') continue;
    const answers = answersOf(each);
    if (answers.some((answer) => !isNone(answer))) return answers;
    if (answers.length > 0) nothing ??= answers;
  }
  return nothing;
}

/** What the class itself defines: in its body, and where its methods set the attribute. */
function definedIn(
  tracer: Tracer,
  owner: Inferred,
  self: Value,
  source: ClassSource,
  name: string,
): readonly (Inferred | null)[] {
  const bindings = source.scope.bindings.get(name) ?? [];
  const declared = bindings.find((binding) => binding.kind === 'annotation');
  const generic = genericIn(tracer, self, source);
  const type = declared
    ? (generic(declared.annotation) ?? tracer.bound(source.module, declared))
    : null;
  const answers = [
    ...bodyAnswers(tracer, owner, self, source, bindings),
    ...(tracer.index.settingsOfSelf(source).get(name) ?? []).map((setting) =>
      settingValue(tracer, setting, generic),
    ),
  ];
  return type ? [refined(type, joined(answers))] : answers;
}

function bodyAnswers(
  tracer: Tracer,
  owner: Inferred,
  self: Value,
  source: ClassSource,
  bindings: readonly Binding[],
): readonly (Inferred | null)[] {
  return bindings
    .filter((binding) => binding.kind !== 'annotation' && binding.kind !== 'delete')
    .flatMap((binding) => {
      if (binding.kind !== 'function' || !binding.value)
        return [tracer.bound(source.module, binding)];
      const method = tracer.index.functionAt(source.module, binding.value);
      const decorators = method.decorators.map((each) => each.text);
      if (
        decorators.some((each) =>
          /\.(setter|deleter|expression|comparator)$|(^|\.)overload$/.test(each),
        )
      )
        return [];
      if (
        self.kind === 'instance' &&
        decorators.some((each) => /(^|\.)(\w*property|\w*reify)$/.test(each))
      )
        return [tracer.returned(method)];
      const bound = isBound(self, decorators) ? self : null;
      return [derived(owner, { kind: 'function', id: method.id, self: bound })];
    });
}

/** A function read from a class is bound only if it is a class method. */
function isBound(self: Value, decorators: readonly string[]): boolean {
  if (decorators.includes('staticmethod')) return false;
  return self.kind === 'instance' || decorators.includes('classmethod');
}

/** Reads annotations with type variables as an object of a class that says what they stand for has them. */
type GenericReading = (annotation: PyNode | null | undefined) => Inferred | null;

function genericIn(tracer: Tracer, self: Value, source: ClassSource): GenericReading {
  const id = self.kind === 'instance' ? self.of : self.kind === 'class' ? self.id : '';
  const own = id === source.id ? null : tracer.index.classById(id);
  return (annotation) => (own && annotation ? genericValue(tracer, own, source, annotation) : null);
}

function settingValue(
  tracer: Tracer,
  setting: AttributeSetting,
  generic: GenericReading,
): Inferred | null {
  const { source, target, annotation, value, path, kind } = setting;
  const { module } = source;
  const type = generic(annotation) ?? (annotation && tracer.typed(module, annotation));
  if (kind === 'other') return type;
  const parameter = value?.kind === 'identifier' ? module.binding.reaching(value)[0] : null;
  const assigned =
    (parameter?.kind === 'parameter' ? generic(parameter.annotation) : null) ??
    (value && tracer.infer(module, value));
  const entered = kind === 'entered' ? assigned && tracer.entered(assigned) : assigned;
  const unpackedValue = unpacked(entered, path, (each) => tracer.iterated(each));
  return step(
    refined(type, unpackedValue && filledAttribute(tracer, setting, unpackedValue)),
    `${target.text}: set in ${source.name} (${tracer.place(module, target)})`,
  );
}

function classMember(
  tracer: Tracer,
  owner: Inferred,
  source: ClassSource,
  name: string,
): readonly (Inferred | null)[] {
  const mapped = tracer.models.classes.get(source.id);
  if (mapped?.attributes.has(name)) return [];
  const own = inherited(tracer, source, (each) =>
    definedIn(tracer, owner, owner.value, each, name),
  );
  if (own) {
    if (own.includes(null)) return own;
    const isMethod = own.some((answer) => answer?.value.kind === 'function');
    const others = isMethod
      ? []
      : tracer.index
          .descendants(source)
          .flatMap((each) => definedIn(tracer, owner, owner.value, each, name));
    const outside = isMethod ? [] : setOnClass(tracer, source, name);
    return [...own, ...others, ...outside].map((answer) => classView(source, answer));
  }
  if (name === 'query') return [modelQuery(tracer, owner, source)];
  if (
    name === 'metadata' &&
    (mapped ||
      libraryBases(tracer.index, source).some((base) => /DeclarativeBase|SQLModel/.test(base)))
  )
    return [derived(owner, instance('sqlalchemy.MetaData'))];
  if (mapped && name === '__table__') return [derived(owner, instance('sqlalchemy.Table'))];
  if (mapped && name === '__mapper__') return [derived(owner, instance('sqlalchemy.orm.Mapper'))];
  return setOnClass(tracer, source, name).map((answer) => classView(source, answer));
}
