// Whether an expression can be seen to be a non-negative number. It computes no values.
import { readCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';

/** Whether the expression is surely an integer of zero or more. */
export function isNonNegative(node: PyNode, facts: Facts, depth = 0): boolean {
  if (depth > 4) return false;
  switch (node.kind) {
    case 'integer':
      return true;
    case 'parenthesized_expression':
      return node.named[0] !== undefined && isNonNegative(node.named[0], facts, depth);
    case 'binary_operator':
      return (
        /^[+*]$/.test(node.child('operator')?.text ?? '') &&
        node.named.every((each) => isNonNegative(each, facts, depth + 1))
      );
    case 'call':
      return readCall(node)?.callee.text === 'len' && !facts.binding.isBound('len', node);
    case 'identifier': {
      const binding = facts.definition(node);
      return (
        binding?.kind === 'assignment' &&
        binding.path.length === 0 &&
        binding.value !== null &&
        isNonNegative(binding.value, facts, depth + 1)
      );
    }
    default:
      return false;
  }
}
