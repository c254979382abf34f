// What following a query through functions needs to know of them: who overrides them, what they are given. It follows nothing.
import type { Binding } from '../../../binder/scope.ts';
import { enclosing, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import { argumentFor } from '../../infer/arguments.ts';
import type { Call } from '../../infer/call-sites.ts';
import { firstParameter } from '../../infer/settings-of-self.ts';
import type { ClassSource, FunctionSource } from '../../infer/tracer.ts';
import type { FlowState } from './state.ts';

const PROPERTY = /(^|\.)(cached_)?property$/;

export function propertyOf({ decorators, owner }: FunctionSource): boolean {
  return owner !== null && decorators.length === 1 && PROPERTY.test(decorators[0]?.text ?? '');
}

/** The function with those that override it or that it overrides: a call may mean each of them. Sorted. */
export function familyOf(source: FunctionSource, facts: Facts): readonly FunctionSource[] {
  const { owner, name } = source;
  if (!owner || name === '__init__') return [source];
  const { index } = facts;
  const above = index.ancestors(owner).filter((each) => each !== null && typeof each !== 'string');
  const classes = new Set<ClassSource>(
    [owner, ...above].flatMap((each) => [each, ...index.descendants(each)]),
  );
  const found = new Set<FunctionSource>([source]);
  for (const each of classes) {
    if (!isRelated(each, owner, facts)) continue;
    for (const { kind, value } of each.scope.bindings.get(name) ?? [])
      if (kind === 'function' && value) found.add(index.functionAt(each.module, value));
  }
  return [...found].toSorted((a, b) =>
    a.module.path === b.module.path
      ? a.node.start - b.node.start
      : a.module.path < b.module.path
        ? -1
        : 1,
  );
}

function isRelated(a: ClassSource, b: ClassSource, { index }: Facts): boolean {
  return a === b || index.ancestors(a).includes(b) || index.ancestors(b).includes(a);
}

const PLAIN = /(^|\.)(staticmethod|classmethod|abstractmethod|override|final)$/;
/** Libraries whose classes call no methods of their subclasses. */
const PASSIVE =
  /^(abc|typing|typing_extensions|builtins|enum|dataclasses|sqlalchemy|flask_sqlalchemy|sqlmodel)\./;

/** Why not all calls of a function can be seen. */
export function unusual(source: FunctionSource, { index }: Facts): string | null {
  const { name, owner, decorators, isGenerator } = source;
  const decorator = decorators.find((each) => !PLAIN.test(each.text));
  if (decorator) return `\`${name}()\` is decorated with \`${decorator.text.slice(0, 60)}\``;
  if (isGenerator) return `\`${name}()\` is a generator`;
  if (!owner || name.startsWith('_')) return null;
  const bases = index.ancestors(owner);
  const library = bases.find((each) => typeof each === 'string' && !PASSIVE.test(each));
  if (typeof library === 'string')
    return `a base of \`${owner.name}\` (${library}) may call \`${name}()\``;
  return bases.includes(null)
    ? `a base of \`${owner.name}\`, which is not in the project, may call \`${name}()\``
    : null;
}

interface Parameter {
  readonly parameter: PyNode;
  readonly binding: Binding;
}

export function parametersOf({ node, module }: FunctionSource): readonly Parameter[] {
  const parameters = node.child('parameters')?.named ?? [];
  return parameters.flatMap((parameter) => {
    const name =
      parameter.kind === 'identifier' ? parameter : (parameter.child('name') ?? parameter.named[0]);
    const binding =
      name?.kind === 'identifier'
        ? module.binding.lookup(name.text, name)?.bindings.find((each) => each.node === name)
        : undefined;
    return binding ? [{ parameter, binding }] : [];
  });
}

/** What a call passes, by parameter; `null` where that is not written out. */
export function passedBy(call: Call, callee: FunctionSource): ReadonlyMap<Binding, PyNode | null> {
  return new Map(
    parametersOf(callee)
      .slice(call.skipped)
      .map(({ parameter, binding }): [Binding, PyNode | null] => {
        const argument = argumentFor(call.call, parameter, call.skipped);
        return [binding, typeof argument === 'string' ? null : argument];
      }),
  );
}

/** The object whose method is called, and the parameter that it becomes. */
export function receiverOf(
  call: Call,
  callee: FunctionSource,
): { readonly binding: Binding; readonly node: PyNode } | null {
  const [self] = parametersOf(callee);
  const written = call.call.child('function')?.child('object');
  if (call.skipped !== 1 || !self || !written) return null;
  const definition = enclosing(call.call, 'function_definition');
  const own = definition && written.text === 'super()' ? firstParameter(definition) : null;
  return { binding: self.binding, node: own ?? written };
}

/** Names of entities are spelled anew where the query comes to another function. */
export function moved(state: FlowState, isSameModule: boolean): FlowState {
  const plain = (entity: FlowState['root']): FlowState['root'] =>
    entity === null || entity.isAlias || (entity.model === null && entity.text !== '')
      ? null
      : isSameModule && /^[A-Z]/.test(entity.text)
        ? entity
        : { ...entity, text: '' };
  return { ...state, joinpoint: plain(state.joinpoint), root: plain(state.root) };
}
