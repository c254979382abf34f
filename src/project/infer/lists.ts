// What lists hold that are filled after they were made (`users = []`, `users.append(user)`). Only variables are followed.
import type { Binding } from '../../binder/scope.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Inferred, Value } from '../values.ts';
import type { Tracer } from './tracer.ts';
import { commonValue, derived, instance, LIST, PENDING } from './value.ts';

/** The list that a variable was assigned, its element agreed with everything that is added to it later. */
export function filled(
  tracer: Tracer,
  module: Module,
  binding: Binding,
  list: Inferred,
): Inferred | null {
  const { value } = list;
  if (value.kind !== 'instance' || value.of !== LIST || binding.path.length > 0) return list;
  const additions = additionsTo(module, binding);
  if (additions.length === 0) return list;
  const empty = isEmptyList(binding.value);
  let element: Value | null = value.element;
  let guess: Inferred | null = null;
  for (const [at, { method, argument }] of additions.entries()) {
    const added = argument && tracer.infer(module, argument);
    const item = added && (method === 'extend' ? tracer.iterated(added) : added);
    const next = item && item !== PENDING ? item.value : null;
    if (item?.evidence === 'likely') guess = item;
    element = empty && at === 0 ? next : element && next && commonValue(element, next);
  }
  return derived(guess ?? list, instance(LIST, element));
}

interface Addition {
  readonly method: string;
  readonly argument: PyNode | null;
}

function additionsTo(module: Module, binding: Binding): readonly Addition[] {
  return module.binding.references(binding.scope, binding.name).flatMap((read) => {
    const { parent } = read;
    if (parent?.kind === 'augmented_assignment' && read.field === 'left')
      return [{ method: 'extend', argument: parent.child('right') }];
    const method = parent?.kind === 'attribute' ? parent.child('attribute')?.text : undefined;
    const call = parent?.parent;
    if (call?.kind !== 'call' || parent?.field !== 'function') return [];
    if (method !== 'append' && method !== 'extend' && method !== 'insert') return [];
    return [{ method, argument: call.child('arguments')?.named.at(-1) ?? null }];
  });
}

function isEmptyList(value: PyNode | null): boolean {
  if (value?.kind === 'list') return value.named.length === 0;
  return value?.kind === 'call' && value.text === 'list()';
}
