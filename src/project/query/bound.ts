// A terminal that is handed on without being called, as a lambda that executes the statement.
import type { PyNode } from '../../python/tree.ts';
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

/** A lambda made in a loop would see what the names mean after it. What a loop goes through is evaluated once. */
function isRepeated(node: PyNode): boolean {
  let child = node;
  for (let each = node.parent; each; each = each.parent) {
    if (each.kind === 'function_definition' || each.kind === 'class_definition') return false;
    if (each.kind === 'while_statement') return true;
    if (each.kind === 'for_statement' && child.field !== 'right') return true;
    if (COMPREHENSIONS.has(each.kind) && child !== firstClause(each)) return true;
    if (each.kind === 'for_in_clause' && child.field !== 'right') return true;
    child = each;
  }
  return false;
}

const COMPREHENSIONS: ReadonlySet<string> = new Set([
  'dictionary_comprehension',
  'generator_expression',
  'list_comprehension',
  'set_comprehension',
]);

function firstClause(comprehension: PyNode): PyNode | null {
  return comprehension.named.find((each) => each.kind === 'for_in_clause') ?? null;
}
