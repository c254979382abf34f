// A terminal that is handed on without being called, as a function that executes the statement.
import { blankLinesAround } from '../../python/blank-lines.ts';
import type { PyNode } from '../../python/tree.ts';
import { indentOf, indentUnit, ownsLines } from '../core/blocks.ts';
import type { Edit } from '../../edits/edit.ts';
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

/**
 * `session.query(User).one` as `lambda: session.scalars(select(User)).one()`; a name gets a `def`. `call` is what calls the terminal, if the
 * ending does not do it. Other endings stay as they are.
 */
export function bound(
  ending: Ending,
  { use }: QuerySite,
  ctx: RuleContext,
  call: string = '()',
): Ending | string {
  if (use.kind !== 'bound') return ending;
  const { node } = use;
  const outer = outermost(node);
  if (!PLACES.has(outer.parent?.kind ?? ''))
    return `write a lambda around it: \`lambda: ….${use.name}()\``;
  if (isRepeated(node))
    return 'what it names may change before it is called; write a function that is given the statement';
  const statement = outer.parent?.kind === 'assignment' ? outer.parent.parent : null;
  if (statement?.parent?.parent?.kind === 'class_definition')
    return `a function in a class body would be a method; write a method that executes a \`select()\``;
  const made = (statement && asFunction(statement, outer, ctx)) ?? ctx.before(node, 'lambda: ');
  return {
    ...together(ending, made, call === '' ? [] : ctx.after(node, call)),
    doubts: [...(ending.doubts ?? []), 'what it names is looked up when it is called'],
  };
}

function outermost(node: PyNode): PyNode {
  return node.parent?.kind === 'parenthesized_expression' ? outermost(node.parent) : node;
}

/** `newest = …` as `def newest(): return …`, where the statement does nothing else. */
function asFunction(statement: PyNode, value: PyNode, ctx: RuleContext): readonly Edit[] | null {
  const name = value.parent?.child('left');
  if (value.parent?.child('type') || name?.kind !== 'identifier' || !ownsLines(statement))
    return null;
  const head = `def ${name.text}():\n${indentOf(statement)}${indentUnit(statement)}return `;
  const spaces = blankLinesAround(statement, (next) => BOUND_VALUE.test(next.text));
  return [
    ctx.replace({ start: statement.start, end: value.start }, head),
    ...spaces.map(({ start, end, text }) => ctx.replace({ start, end }, text)),
  ];
}

/** A statement that becomes a function too. */
const BOUND_VALUE = /^\w+\s*=[^=][\s\S]*\.(?:all|count|first|one|one_or_none|scalar)\s*\)?$/;

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
