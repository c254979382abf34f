// What lists and dicts hold that change after they were made (`users = []`, `users.append(user)`, `kinds[name] = User`). Only variables are followed.
import type { Binding } from '../../binder/scope.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Inferred, Value } from '../values.ts';
import type { Tracer } from './tracer.ts';
import { commonValue, derived, DICT, instance, LIST, PENDING } from './value.ts';

/** The list or dict that a variable was assigned, its element agreed with everything that is added to it later. */
export function filled(
  tracer: Tracer,
  module: Module,
  binding: Binding,
  list: Inferred,
): Inferred | null {
  const { value } = list;
  if (value.kind !== 'instance' || (value.of !== LIST && value.of !== DICT)) return list;
  if (binding.path.length > 0) return list;
  const additions = additionsTo(module, binding);
  if (additions.length === 0) return list;
  const empty = isEmptyList(binding.value);
  let element: Value | null = value.element;
  let guess: Inferred | null = null;
  for (const [at, { method, argument }] of additions.entries()) {
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

interface Addition {
  readonly method: string;
  readonly argument: PyNode | null;
}

function additionsTo(module: Module, binding: Binding): readonly Addition[] {
  return module.binding.references(binding.scope, binding.name).flatMap((read) => {
    const { parent } = read;
    if (parent?.kind === 'augmented_assignment' && read.field === 'left')
      return [
        { method: parent.token('|=') ? 'update' : 'extend', argument: parent.child('right') },
      ];
    if (parent?.kind === 'subscript' && read.field === 'value') return itemSet(parent);
    const method = parent?.kind === 'attribute' ? parent.child('attribute')?.text : undefined;
    const call = parent?.parent;
    if (call?.kind !== 'call' || parent?.field !== 'function') return [];
    if (method === undefined || !ADDING.has(method)) return [];
    const last = call.child('arguments')?.named.at(-1) ?? null;
    // `kinds.update(user=User)` adds the values of its keywords.
    if (last?.kind === 'keyword_argument') return [{ method, argument: null }];
    return [{ method, argument: last }];
  });
}

const ADDING: ReadonlySet<string> = new Set(['append', 'extend', 'insert', 'setdefault', 'update']);

/** `kinds[name] = User`, `users[1:] = others`; other targets of assignments add what is not known. */
function itemSet(subscript: PyNode): readonly Addition[] {
  const { parent } = subscript;
  const isTarget =
    subscript.field === 'left' &&
    (parent?.kind === 'assignment' || parent?.kind === 'augmented_assignment');
  if (isTarget && parent.kind === 'assignment') {
    const method = subscript.child('subscript')?.kind === 'slice' ? 'extend' : 'append';
    return [{ method, argument: parent.child('right') }];
  }
  return isTarget || parent?.kind === 'pattern_list' ? [{ method: 'append', argument: null }] : [];
}

function isEmptyList(value: PyNode | null): boolean {
  if (value?.kind === 'list') return value.named.length === 0;
  return value?.kind === 'call' && value.text === 'list()';
}
