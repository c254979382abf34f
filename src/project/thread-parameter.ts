// Finds where a function can get another parameter, which its callers pass by name, and where a call passes it. It chooses no names.
import { readCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';

/** A text to insert at an offset. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** The parameter of a function; `null` where arguments are collected by name. */
export function newParameter(definition: PyNode, name: string): Insertion | null {
  const list = definition.child('parameters');
  const parameters = list?.named ?? [];
  if (!list || parameters.some(({ text }) => text.startsWith('**'))) return null;
  const last = parameters.at(-1);
  if (!last) return { at: list.start + 1, text: name };
  const isOpen = parameters.some(({ text }) => text.startsWith('*'));
  const hasDefault = parameters.some((each) => each.child('value') !== null);
  return { at: last.end, text: hasDefault && !isOpen ? `, *, ${name}` : `, ${name}` };
}

/** The argument of a call that is passed by name; `null` where there is no bracket for it. */
export function newArgument(node: PyNode, name: string, value: string): Insertion | null {
  const call = readCall(node);
  if (call?.list.kind !== 'argument_list') return null;
  const last = call.list.named.at(-1);
  return last
    ? { at: last.end, text: `, ${name}=${value}` }
    : { at: call.list.start + 1, text: `${name}=${value}` };
}
