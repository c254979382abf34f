// Finds the attribute in which a method keeps a value that it was given.
import { dottedParts } from '../../../python/calls.ts';
import { enclosing, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import { firstParameter } from '../../infer/settings-of-self.ts';

/** `.session` for the text `session`, in a method that says `self.session = session` and where nothing else sets it; else `null`. */
export function memberHolding(text: string, at: PyNode, facts: Facts): string | null {
  const definition = enclosing(at, 'function_definition');
  const owner = definition && facts.index.functionAt(facts.module, definition).owner;
  if (!owner || !firstParameter(definition)) return null;
  for (const [name, settings] of facts.index.settingsOfSelf(owner)) {
    const [only, ...others] = settings;
    if (!only || others.length > 0 || only.source.node !== definition) continue;
    const isSame = only.kind === 'assigned' && only.path.length === 0 && only.value?.text === text;
    if (isSame && only.value && dottedParts(only.value)) return `.${name}`;
  }
  return null;
}
