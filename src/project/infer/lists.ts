// What lists and dicts hold that change after they were made (`users = []`, `users.append(user)`, `self.kinds[name] = User`): those of variables and of attributes.
import type { Binding } from '../../binder/scope.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Inferred, Value } from '../values.ts';
import { lastValue } from './settings-of-self.ts';
import type { AttributeSetting, ClassSource, Tracer } from './tracer.ts';
import { commonValue, derived, DICT, instance, LIST, PENDING } from './value.ts';

/** An attribute that more places of the project name is too common to be followed. */
const MOST_PLACES = 200;

/** The list or dict that a variable was assigned, its element agreed with everything that is added to it later. */
export function filled(
  tracer: Tracer,
  module: Module,
  binding: Binding,
  list: Inferred,
): Inferred | null {
  if (!isFillable(list) || binding.path.length > 0) return list;
  return withAdditions(tracer, list, binding.value, additionsTo(module, binding));
}

/** The same of an attribute that methods of a class set. */
export function filledAttribute(
  tracer: Tracer,
  setting: AttributeSetting,
  list: Inferred,
): Inferred | null {
  const { source, target, value, path } = setting;
  if (!isFillable(list) || path.length > 0 || !source.owner) return list;
  const additions = additionsToAttribute(tracer, source.owner, target);
  return withAdditions(tracer, list, value, additions);
}

function isFillable({ value }: Inferred): boolean {
  return value.kind === 'instance' && (value.of === LIST || value.of === DICT);
}

function withAdditions(
  tracer: Tracer,
  list: Inferred,
  made: PyNode | null,
  additions: readonly Addition[],
): Inferred | null {
  const { value } = list;
  if (value.kind !== 'instance' || additions.length === 0) return list;
  const empty = isEmpty(made);
  let element: Value | null = value.element;
  let guess: Inferred | null = null;
  for (const [at, { module, method, argument }] of additions.entries()) {
    const added = argument && tracer.infer(module, argument);
    const item = added && partOf(tracer, method, added);
    const next = item && item !== PENDING ? item.value : null;
    if (item?.evidence === 'likely') guess = item;
    element = empty && at === 0 ? next : element && next && commonValue(element, next);
  }
  return derived(guess ?? list, instance(value.of, element));
}

/** What an addition puts into the list or dict. */
function partOf(tracer: Tracer, method: string, added: Inferred): Inferred | null {
  if (method === 'extend') return tracer.iterated(added);
  if (method !== 'update') return added;
  const { value } = added;
  return value.kind === 'instance' && value.of === DICT ? derived(added, value.element) : null;
}

/** What is put into a list or dict. */
export interface Addition {
  readonly module: Module;
  readonly method: string;
  readonly argument: PyNode | null;
}

/** What is added to the list or dict of a variable. */
export function additionsTo(module: Module, binding: Binding): readonly Addition[] {
  return module.binding
    .references(binding.scope, binding.name)
    .flatMap((read) => additionsAt(module, read));
}

/** What is added to the list or dict that `self.name` of a class is, by its own methods or by other code that has such an object. */
export function additionsToAttribute(
  { index, infer }: Pick<Tracer, 'index' | 'infer'>,
  owner: ClassSource,
  target: PyNode,
): readonly Addition[] {
  const mentions = index.mentions(target.child('attribute')?.text ?? '');
  if (mentions.length > MOST_PLACES) return [];
  return mentions.flatMap(({ module, node }) => {
    const read = node.field === 'attribute' ? node.parent : null;
    const additions = read?.kind === 'attribute' ? additionsAt(module, read) : [];
    const object = read?.child('object');
    if (!object || additions.length === 0) return [];
    const value = infer(module, object)?.value;
    const of = value?.kind === 'instance' ? value.of : value?.kind === 'class' ? value.id : '';
    const other = index.classById(of);
    const isMeant =
      other !== null &&
      (index.ancestors(other).includes(owner) || index.ancestors(owner).includes(other));
    return isMeant ? additions : [];
  });
}

function additionsAt(module: Module, read: PyNode): readonly Addition[] {
  const { parent } = read;
  if (parent?.kind === 'augmented_assignment' && read.field === 'left') {
    const method = parent.token('|=') ? 'update' : 'extend';
    return [{ module, method, argument: parent.child('right') }];
  }
  if (parent?.kind === 'subscript' && read.field === 'value') return itemSet(module, parent);
  const method = parent?.kind === 'attribute' ? parent.child('attribute')?.text : undefined;
  const call = parent?.parent;
  if (call?.kind !== 'call' || parent?.field !== 'function') return [];
  if (method === undefined || !ADDING.has(method)) return [];
  const last = call.child('arguments')?.named.at(-1) ?? null;
  // `kinds.update(user=User)` adds the values of its keywords.
  return [{ module, method, argument: last?.kind === 'keyword_argument' ? null : last }];
}

const ADDING: ReadonlySet<string> = new Set(['append', 'extend', 'insert', 'setdefault', 'update']);

/** `kinds[name] = User`, `users[1:] = others`; other targets of assignments add what is not known. */
function itemSet(module: Module, subscript: PyNode): readonly Addition[] {
  const { parent } = subscript;
  const isTarget =
    subscript.field === 'left' &&
    (parent?.kind === 'assignment' || parent?.kind === 'augmented_assignment');
  if (isTarget && parent.kind === 'assignment') {
    const method = subscript.child('subscript')?.kind === 'slice' ? 'extend' : 'append';
    return [{ module, method, argument: lastValue(parent) }];
  }
  return isTarget || parent?.kind === 'pattern_list'
    ? [{ module, method: 'append', argument: null }]
    : [];
}

function isEmpty(value: PyNode | null): boolean {
  if (value?.kind === 'list' || value?.kind === 'dictionary') return value.named.length === 0;
  return value?.kind === 'call' && /^(dict|list)\(\)$/.test(value.text);
}
