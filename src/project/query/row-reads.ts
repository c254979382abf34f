// Finds how the rows that a query gives are read where it is executed: which names are asked of them, and whether all that reads them is seen.
import type { ModuleBinding } from '../../binder/scope.ts';
import { readCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { QuerySite } from './site.ts';

/** What is asked of rows. */
export interface RowReads {
  /** The names that are read. */
  readonly names: ReadonlySet<string>;
  /** Nothing else reads them. */
  readonly isComplete: boolean;
}

/** A row, or an iterable of rows. */
type Level = 'row' | 'rows';

/** What takes rows and reads nothing by name. */
const TAKING_ROWS: ReadonlySet<string> = new Set(['bool', 'dict', 'len']);
/** What gives the rows that it takes. */
const GIVING_ROWS: ReadonlySet<string> = new Set(['list', 'reversed', 'sorted', 'tuple']);
/** What takes a row for a tuple. */
const TAKING_A_ROW: ReadonlySet<string> = new Set(['bool', 'len', 'list', 'str', 'sum', 'tuple']);
const UNREAD: ReadonlySet<string> = new Set([
  'assert_statement',
  'boolean_operator',
  'comparison_operator',
  'conditional_expression',
  'expression_statement',
  'if_statement',
  'not_operator',
]);

/** What reads the rows of a query that is executed here. */
export function readsOfRows({ span, use }: QuerySite, binding: ModuleBinding): RowReads {
  const names = new Set<string>();
  let isComplete = true;

  function follow(value: PyNode, level: Level): void {
    let node = value;
    while (node.parent?.kind === 'parenthesized_expression') node = node.parent;
    const { parent } = node;
    switch (parent?.kind) {
      case 'for_statement':
      case 'for_in_clause':
        return level === 'rows' && node.field === 'right'
          ? target(parent.child('left'), 'row')
          : unseen();
      case 'assignment':
        return node.field === 'right' ? target(parent.child('left'), level) : unseen();
      case 'subscript':
        return subscript(parent, level);
      case 'attribute':
        if (level === 'row') names.add(parent.child('attribute')?.text ?? '');
        else unseen();
        return;
      case 'argument_list':
        return argument(parent.parent, node, level);
      default:
        if (!parent || !UNREAD.has(parent.kind)) unseen();
        // `rows or []`, `row if row else None` give what they are given.
        else if (/^(boolean_operator|conditional_expression)$/.test(parent.kind))
          follow(parent, level);
    }
  }

  function unseen(): void {
    isComplete = false;
  }

  /** The name that rows get; `a, b = row` reads by position. */
  function target(left: PyNode | null, level: Level): void {
    if (left?.kind === 'identifier') return named(left, level);
    const isUnpacked = left && /^(pattern_list|tuple_pattern|list_pattern)$/.test(left.kind);
    if (!isUnpacked) return unseen();
    // `first, second = query.all()`: each is a row.
    if (level === 'rows') for (const each of left.named) target(each, 'row');
  }

  function named(name: PyNode, level: Level): void {
    const place = binding.lookup(name.text, name);
    const bound = place?.bindings.find((each) => each.node === name);
    if (!place || !bound) return unseen();
    // Others may read what stands at the top of a module.
    if (place.scope.kind === 'module' || place.scope.kind === 'class') unseen();
    for (const read of binding.references(place.scope, name.text))
      if (binding.scopeOf(read) !== place.scope || binding.reaching(read).includes(bound))
        follow(read, level);
  }

  function subscript(node: PyNode, level: Level): void {
    const index = node.child('subscript');
    if (level === 'rows') return follow(node, index?.kind === 'slice' ? 'rows' : 'row');
    const key = stringValue(index);
    if (key !== null) names.add(key);
    else if (!index || !/^(integer|slice|unary_operator)$/.test(index.kind)) unseen();
  }

  function argument(call: PyNode | null, node: PyNode, level: Level): void {
    const read = readCall(call);
    const name = read?.callee.kind === 'identifier' ? read.callee.text : '';
    if (!read || binding.isBound(name, node)) return unseen();
    // Text holds no names.
    if (name === 'print' && level === 'row') return;
    if (level === 'row') return TAKING_A_ROW.has(name) ? undefined : unseen();
    if (GIVING_ROWS.has(name) && read.keywords.length === 0) return follow(read.node, 'rows');
    if (!TAKING_ROWS.has(name)) unseen();
  }

  const start = startOf(use);
  if (start === null) unseen();
  else follow(span, start);
  return { names, isComplete };
}

/** What the expression gives; `null` if that is no row. */
function startOf(use: QuerySite['use']): Level | null {
  switch (use.kind) {
    case 'terminal':
      return /^(all|values)$/.test(use.call.method.text) ? 'rows' : 'row';
    case 'iteration':
      return 'rows';
    case 'subscript':
      return use.index.kind === 'slice' ? 'rows' : 'row';
    default:
      return null;
  }
}
