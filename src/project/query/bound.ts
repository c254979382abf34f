// A terminal that is handed on without being called, as a lambda that executes the statement.
import { enclosing, type PyNode } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';
import { together, type Ending } from './rewrite.ts';
import type { QuerySite } from './site.ts';

/** Where a lambda needs no brackets. */
const PLACES: ReadonlySet<string> = new Set([
  'argument_list',
  'assignment',
  'keyword_argument',
  'list',
  'pair',
  'return_statement',
  'tuple',
]);

/** `session.query(User).one` as `lambda: session.scalars(select(User)).one()`; other endings stay as they are. */
export function bound(ending: Ending, { use }: QuerySite, ctx: RuleContext): Ending | string {
  if (use.kind !== 'bound') return ending;
  const { node } = use;
  if (!PLACES.has(node.parent?.kind ?? ''))
    return `write a lambda around it: \`lambda: ….${use.name}()\``;
  if (isRepeated(node))
    return 'what it names may change before it is called; write a function that is given the statement';
  return {
    ...together(ending, ctx.before(node, 'lambda: '), ctx.after(node, '()')),
    doubts: [...(ending.doubts ?? []), 'what it names is looked up when it is called'],
  };
}

/** A lambda made in a loop would see what the names mean after it. */
function isRepeated(node: PyNode): boolean {
  const home = enclosing(node, 'function_definition', 'class_definition');
  const loop = enclosing(
    node,
    'for_statement',
    'while_statement',
    'list_comprehension',
    'set_comprehension',
    'dictionary_comprehension',
    'generator_expression',
  );
  return loop !== null && (home === null || loop.start > home.start);
}
