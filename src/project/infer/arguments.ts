// Reads the arguments of a call and matches them with the parameters of a function. It infers no values.
import type { PyNode } from '../../python/tree.ts';

/** The arguments of a call. */
export interface Arguments {
  /** Those before the first `*` argument. */
  readonly positional: readonly PyNode[];
  readonly keywords: ReadonlyMap<string, PyNode>;
  /** There is a `*` or `**` argument. */
  readonly splat: boolean;
}

/** Reads the arguments of a call. */
export function callArguments(call: PyNode): Arguments {
  const list = call.child('arguments');
  const nodes = list?.kind === 'generator_expression' ? [list] : (list?.named ?? []);
  const positional: PyNode[] = [];
  const keywords = new Map<string, PyNode>();
  let splat = false;
  for (const node of nodes) {
    if (node.kind === 'list_splat' || node.kind === 'dictionary_splat') splat = true;
    else if (node.kind === 'keyword_argument') {
      const name = node.child('name');
      const value = node.child('value');
      if (name && value) keywords.set(name.text, value);
    } else if (!splat) positional.push(node);
  }
  return { positional, keywords, splat };
}

/** What a call passes for a parameter: an expression, its default (`default`), or something that cannot be told (`unknown`). */
export function argumentFor(
  call: PyNode,
  parameter: PyNode,
  skipped: number,
): PyNode | 'default' | 'unknown' {
  const { positional, keywords, splat } = callArguments(call);
  const name = parameterName(parameter);
  const byKeyword = name === null ? undefined : keywords.get(name);
  if (byKeyword) return byKeyword;
  const index = positionOf(parameter);
  const byPosition = index === null ? undefined : positional[index - skipped];
  return byPosition ?? (splat ? 'unknown' : 'default');
}

/** The name of a plain parameter, `null` for `*args` and `**kwargs`. */
export function parameterName(parameter: PyNode): string | null {
  if (parameter.kind === 'identifier') return parameter.text;
  const name = parameter.child('name') ?? parameter.named[0];
  return name?.kind === 'identifier' ? name.text : null;
}

/** Where positional arguments reach the parameter, `null` if it is keyword only. */
function positionOf(parameter: PyNode): number | null {
  let index = 0;
  for (const each of parameter.parent?.named ?? []) {
    if (each === parameter) return index;
    if (/splat/.test(each.kind) || each.text.startsWith('*')) return null;
    if (each.kind !== 'positional_separator') index++;
  }
  return null;
}
