// Which parentheses of a statement are optional: those that may be dropped and those that may be added. It writes no tokens.
import type { PyNode } from '../tree.ts';

/** The optional parentheses of one statement. */
export interface OptionalParentheses {
  /** Nodes without parentheses that may get them. */
  readonly addable: Set<PyNode>;
  /** Parenthesised nodes whose parentheses may go. */
  readonly removable: Set<PyNode>;
  /** Parenthesised nodes whose parentheses double others and always go. */
  readonly redundant: Set<PyNode>;
}

/** Where Black and Ruff part ways. */
export interface Dialect {
  /** `with (a as b, c as d):` may be written (Python 3.9). */
  readonly parenthesizedWith: boolean;
  /** Parentheses may be added after `raise`, `yield` and `@`, as Ruff does. */
  readonly parenthesizedMore: boolean;
}

/** Finds the optional parentheses; null for a statement whose layout is not known here. */
export function optionalParentheses(
  statement: PyNode,
  dialect: Dialect,
): OptionalParentheses | null {
  const found: OptionalParentheses = {
    addable: new Set(),
    removable: new Set(),
    redundant: new Set(),
  };
  return visitStatement(statement, dialect, found) ? found : null;
}

function visitStatement(statement: PyNode, dialect: Dialect, found: OptionalParentheses): boolean {
  const { named } = statement;
  switch (statement.kind) {
    case 'expression_statement':
      return visitExpressionStatement(statement, dialect, found);
    case 'return_statement':
    case 'assert_statement':
    case 'delete_statement':
      return named.every((each) => visitValue(each, found));
    case 'raise_statement':
      return !dialect.parenthesizedMore || named.every((each) => visitValue(each, found));
    case 'decorator':
      return !dialect.parenthesizedMore || named.every((each) => visitValue(each, found));
    case 'if_statement':
    case 'elif_clause':
    case 'while_statement':
      return visitField(statement, 'condition', found, true);
    case 'for_statement':
      return visitTarget(statement, found) && visitField(statement, 'right', found);
    case 'with_statement':
      return visitWith(statement, dialect, found);
    case 'import_from_statement':
    case 'import_statement':
    case 'future_import_statement':
    case 'class_definition':
      return true;
    case 'function_definition':
      return visitParameters(statement, found);
    default:
      return false;
  }
}

function visitExpressionStatement(
  statement: PyNode,
  dialect: Dialect,
  found: OptionalParentheses,
): boolean {
  const [value, ...others] = statement.named;
  if (!value || others.length > 0 || statement.token(',')) return false;
  if (value.kind === 'assignment' || value.kind === 'augmented_assignment')
    return visitAssignment(value, found);
  if (value.kind === 'yield')
    return !dialect.parenthesizedMore || value.named.every((each) => visitValue(each, found));
  const operator = value.kind === 'binary_operator' ? value.child('operator')?.text : null;
  if (operator && operator !== '**') found.addable.add(value);
  return value.kind !== 'parenthesized_expression';
}

function visitAssignment(assignment: PyNode, found: OptionalParentheses, chained = false): boolean {
  const left = assignment.child('left');
  const type = assignment.child('type');
  const right = assignment.child('right');
  if (!left || left.kind === 'parenthesized_expression') return false;
  // Of one name the parentheses stay; of several, Ruff and Black differ.
  if (left.kind === 'tuple_pattern' && left.named.length !== 1) return false;
  if (left.kind === 'pattern_list' && left.named.length < 2) return false;
  if (left.kind === 'pattern_list' || chained) found.addable.add(left);
  if (type && !type.named.every((each) => visitValue(each, found))) return false;
  if (!right) return true;
  if (right.kind === 'assignment') return visitAssignment(right, found, true);
  if (right.kind === 'yield') return false;
  return visitValue(right, found);
}

function visitField(
  statement: PyNode,
  field: string,
  found: OptionalParentheses,
  walrus = false,
): boolean {
  const value = statement.child(field);
  return value !== null && visitValue(value, found, walrus);
}

/** A value around which parentheses come and go; false for a bare tuple of one. */
function visitValue(value: PyNode, found: OptionalParentheses, walrus = false): boolean {
  if (value.kind === 'expression_list' && value.named.length < 2) return false;
  if (value.kind === 'tuple' || value.kind === 'generator_expression') return true;
  if (value.kind !== 'parenthesized_expression') found.addable.add(value);
  else if (canLoseParentheses(value, walrus)) {
    found.removable.add(value);
    dropDoubled(value, found, walrus);
  }
  return true;
}

function canLoseParentheses(value: PyNode, walrus: boolean): boolean {
  const kind = value.named[0]?.kind;
  if (kind === undefined || kind === 'yield' || kind === 'list_splat') return false;
  return walrus || kind !== 'named_expression';
}

function dropDoubled(outer: PyNode, found: OptionalParentheses, walrus: boolean): void {
  for (let inner = outer.named[0]; inner?.kind === 'parenthesized_expression';) {
    if (!canLoseParentheses(inner, walrus)) return;
    found.redundant.add(inner);
    inner = inner.named[0];
  }
}

function visitTarget(statement: PyNode, found: OptionalParentheses): boolean {
  const left = statement.child('left');
  if (!left) return false;
  if (left.kind === 'pattern_list' && left.named.length < 2) return false;
  if (left.kind === 'tuple_pattern') {
    if (left.named.length < 2) return false;
    found.removable.add(left);
  } else found.addable.add(left);
  return true;
}

function visitWith(statement: PyNode, dialect: Dialect, found: OptionalParentheses): boolean {
  const clause = statement.children.find((child) => child.kind === 'with_clause');
  if (!clause) return false;
  const values = clause.named.map((item) => item.child('value'));
  const plain = values.every(
    (value) =>
      value !== null &&
      !['parenthesized_expression', 'tuple', 'generator_expression'].includes(value.kind) &&
      value.named[0]?.kind !== 'parenthesized_expression',
  );
  if (!plain) return false;
  if (clause.token('(')) found.removable.add(clause);
  else if (dialect.parenthesizedWith) found.addable.add(clause);
  return true;
}

function visitParameters(definition: PyNode, found: OptionalParentheses): boolean {
  for (const parameter of definition.child('parameters')?.named ?? []) {
    const type = parameter.child('type');
    if (type?.named[0]?.kind === 'parenthesized_expression') return false;
    if (type) found.addable.add(type);
  }
  return true;
}
