// Tells whether a call on an unknown object may be a call of a method. It looks at the arguments only.
import type { PyNode } from '../../../python/tree.ts';
import { callArguments, parameterName } from '../../infer/arguments.ts';
import type { Call, Calls } from '../../infer/call-sites.ts';
import type { FunctionSource } from '../../infer/tracer.ts';

/** The first call that may be one of the function; `null` if none can. */
export function doubtfulCall({ doubtful }: Calls, source: FunctionSource): Call | null {
  // What is no method is called by its name, or as an attribute of a module, which is known.
  if (!source.owner) return null;
  return doubtful.find(({ call, skipped }) => fits(call, source, skipped)) ?? null;
}

function fits(call: PyNode, { node }: FunctionSource, skipped: number): boolean {
  const parameters = (node.child('parameters')?.named ?? []).slice(skipped);
  const { positional, keywords, splat } = callArguments(call);
  if (splat || parameters.some(({ text }) => text.startsWith('*'))) return true;
  const names = parameters.map(parameterName);
  if (positional.length > parameters.length) return false;
  if ([...keywords.keys()].some((name) => !names.includes(name))) return false;
  return parameters
    .slice(positional.length)
    .every(
      (each, index) =>
        each.child('value') !== null || keywords.has(names[positional.length + index] ?? ''),
    );
}
