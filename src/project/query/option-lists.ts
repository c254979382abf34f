// Tells a list of loader options from one: Query.options() takes both, statements and Session.get() do not. It edits nothing.
import { callsOfChain } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { isLoaderFunction } from './loader-options.ts';

const LISTS =
  /^builtins\.(dict_values|frozenset|generator|list|map|set|tuple)$|^(typing|collections\.abc)\.(Iterable|Iterator|List|Sequence|Tuple)$/;

/** What an argument of `.options()` is. */
export function optionKind(node: PyNode, facts: Facts): 'option' | 'list' | 'unknown' {
  if (/^(list|set|tuple|list_comprehension|set_comprehension)$/.test(node.kind)) return 'list';
  const [first] = callsOfChain(node) ?? [];
  if (first && isOption(first.callee, facts)) return 'option';
  const binding = node.kind === 'identifier' ? facts.definition(node) : null;
  const made =
    binding?.kind === 'assignment' && binding.path.length === 0 && binding.value
      ? callsOfChain(binding.value)?.[0]
      : undefined;
  if (made && isOption(made.callee, facts)) return 'option';
  const value = facts.infer(node)?.value;
  if (value?.kind === 'tuple') return 'list';
  if (value?.kind !== 'instance') return 'unknown';
  return LISTS.test(value.of) ? 'list' : 'option';
}

function isOption(callee: PyNode, facts: Facts): boolean {
  const name = facts.qualifiedName(callee);
  return isLoaderFunction(name) || name?.startsWith('sqlalchemy.') === true;
}
