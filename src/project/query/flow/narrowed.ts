// Tells which class `self.model` is in the class whose method takes up a query: less than what it may be where the query is made. It follows nothing.
import type { Binding } from '../../../binder/scope.ts';
import { readMethodCall } from '../../../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import { argumentFor } from '../../infer/arguments.ts';
import { firstParameter } from '../../infer/settings-of-self.ts';
import type { AttributeSetting, ClassSource } from '../../infer/tracer.ts';
import type { MappedClass } from '../../models.ts';
import type { Module } from '../../modules.ts';
import { entityOf, type Entity } from '../entity.ts';
import { parametersOf } from './functions.ts';
import type { FlowState } from './state.ts';

type FactsOf = (module: Module) => Facts;

/** The state, with the class that it selects in the methods of this class. */
export function narrowed(state: FlowState, at: Module, factsOf: FactsOf): FlowState {
  const [entity, ...others] = state.items;
  if (entity?.kind !== 'entity' || others.length > 0 || entity.isAlias) return state;
  if (entity.model && !entity.isOpen) return state;
  const found = classesHere(state, at, factsOf);
  const [model, ...more] = found ?? [];
  if (!found || !model) return state;
  const item: Entity = { ...entity, among: found };
  if (more.length > 0) return { ...state, items: [item] };
  const only: Entity = { ...item, text: '', key: model.id, model, isOpen: false };
  const from = [...state.from].map((key) => (key === entity.key ? model.id : key));
  const isStart = !state.joined && !state.reframed;
  return {
    ...state,
    items: [only],
    from: new Set(from),
    joinpoint: isStart ? only : state.joinpoint,
    root: isStart ? only : state.root,
  };
}

/** The mapped classes that `self.model` may be in the class around, and in those that derive from it. */
function classesHere(
  { model }: FlowState,
  module: Module,
  factsOf: FactsOf,
): readonly MappedClass[] | null {
  const local = model.kind === 'known' ? model.local : null;
  const [, root, name] = /^(\w+)\.(\w+)$/.exec(local?.text ?? '') ?? [];
  const definition = local && enclosing(local.at, 'function_definition');
  if (!local || local.module !== module || name === undefined) return null;
  if (!definition || firstParameter(definition)?.text !== root) return null;
  const { index } = factsOf(module);
  const { owner } = index.functionAt(module, definition);
  if (!owner) return null;
  const family = [owner, ...index.descendants(owner)];
  if (isSetOutside(family, name, factsOf)) return null;
  const found = new Set<MappedClass>();
  for (const each of family) {
    const own = classIn(each, name, factsOf);
    if (!own) return null;
    found.add(own);
  }
  return [...found];
}

/** `Users.model = …` outside of the class. */
function isSetOutside(family: readonly ClassSource[], name: string, factsOf: FactsOf): boolean {
  return family.some(({ module }) =>
    factsOf(module)
      .index.attributeAssignments(name)
      .some(({ module: there, node }) => {
        const object = node.child('left')?.child('object');
        const { infer, index } = factsOf(there);
        const value = object ? infer(object)?.value : null;
        const id = value?.kind === 'instance' ? value.of : value?.kind === 'class' ? value.id : '';
        const other = index.classById(id);
        if (!other) return id === '';
        return family.some(
          (each) => index.ancestors(each).includes(other) || index.ancestors(other).includes(each),
        );
      }),
  );
}

/** The mapped class that the attribute holds in objects of exactly this class. */
function classIn(source: ClassSource, name: string, factsOf: FactsOf): MappedClass | null {
  const { index } = factsOf(source.module);
  const line = index.ancestors(source).filter((each) => each !== null && typeof each !== 'string');
  const settings = line.flatMap((each) => index.settingsOfSelf(each).get(name) ?? []);
  const defining = line.filter((each) => declared(each, name).length > 0);
  const [nearest, ...others] = defining;
  const [setting, ...more] = settings;
  if (setting) return more.length === 0 && !nearest ? given(source, setting, factsOf) : null;
  // Where bases do not stand in one line, which comes first depends on all of them.
  if (!nearest || !others.every((each) => index.ancestors(nearest).includes(each))) return null;
  const [only, ...again] = declared(nearest, name);
  const isPlain = only?.kind === 'assignment' && only.path.length === 0 && again.length === 0;
  return isPlain ? concrete(only.value, nearest.module, factsOf) : null;
}

function declared({ scope }: ClassSource, name: string): readonly Binding[] {
  return (scope.bindings.get(name) ?? []).filter(({ kind }) => kind !== 'annotation');
}

/** `self.model = model` in the constructor of a base, to which `super().__init__(session, User)` passes the class. */
function given(
  source: ClassSource,
  { source: setter, kind, path, value }: AttributeSetting,
  factsOf: FactsOf,
): MappedClass | null {
  if (setter.name !== '__init__' || kind !== 'assigned' || path.length > 0) return null;
  const { index } = factsOf(source.module);
  const line = index.ancestors(source).filter((each) => each !== null && typeof each !== 'string');
  const [own, next] = line.filter((each) => each.scope.bindings.has('__init__'));
  const [constructor] = source.scope.bindings.get('__init__') ?? [];
  if (own !== source || next !== setter.owner || !constructor?.value) return null;
  const parameter = parametersOf(setter).find(
    ({ binding }) =>
      value?.kind === 'identifier' &&
      binding.name === value.text &&
      binding.scope.bindings.get(binding.name)?.length === 1,
  );
  const calls = descendants(constructor.value, 'call').flatMap((node) => {
    const call = readMethodCall(node);
    return call?.method.text === '__init__' ? [call] : [];
  });
  const [call, ...others] = calls;
  if (!parameter || call?.receiver.text !== 'super()' || others.length > 0) return null;
  const argument = argumentFor(call.node, parameter.parameter, 1);
  return typeof argument === 'string' ? null : concrete(argument, source.module, factsOf);
}

/** The mapped class that an expression names. */
function concrete(node: PyNode | null, module: Module, factsOf: FactsOf): MappedClass | null {
  const entity = node && entityOf(node, factsOf(module));
  return entity?.model && !entity.isAlias && !entity.isOpen ? entity.model : null;
}
