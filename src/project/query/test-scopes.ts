// Tells how far something reaches that a test sets up for itself: the test, and the functions of the file that it calls. It follows names only.
import { calledName } from '../../python/calls.ts';
import { descendants, enclosing, type PyNode, type Span } from '../../python/tree.ts';
import type { Module } from '../modules.ts';

/** The functions that a node in test code concerns, the whole file if what it makes leaves its function; `null` outside of test code. */
export function testScopes(node: PyNode, module: Module): readonly Span[] | null {
  if (!/(^|\/)(tests?\/|test_|conftest)/.test(module.path)) return null;
  const owner = outermost(node);
  if (!owner) return null;
  if (hands(owner)) return [module.tree.root];
  const functions = descendants(module.tree.root, 'function_definition');
  const found = new Set([owner]);
  for (const each of found) {
    const called = new Set(descendants(each, 'call').map(calledName));
    for (const other of functions)
      if (called.has(other.child('name')?.text ?? '')) found.add(other);
  }
  return [...found];
}

/** The function around a node that stands in no other one. */
function outermost(node: PyNode): PyNode | null {
  let found: PyNode | null = null;
  for (let each = enclosing(node, 'function_definition'); each;) {
    found = each;
    each = enclosing(each, 'function_definition');
  }
  return found;
}

/** Whether a function gives something to others: it is a fixture, returns or yields, or keeps something on `self`. */
function hands(owner: PyNode): boolean {
  const leaves = descendants(owner, 'return_statement', 'yield').some(
    (each) => each.named.length > 0 && enclosing(each, 'function_definition') === owner,
  );
  return (
    leaves ||
    descendants(owner, 'assignment').some((each) =>
      /^(self|cls)\./.test(each.child('left')?.text ?? ''),
    )
  );
}
