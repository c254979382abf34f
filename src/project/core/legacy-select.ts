// Turns the list of columns and the further arguments of the legacy select() into arguments and methods of the modern one.
import type { Edit, Safety } from '../../edits/edit.ts';
import { keyword, readCall, type Call } from '../../python/calls.ts';
import { columnOf, followingComma, isDisplay, startsLine } from '../../python/displays.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import {
  FOR_UPDATE,
  POSITIONAL_ARGUMENTS,
  SELECT_ARGUMENTS,
  type SelectArgument,
} from '../../sqlalchemy/select-arguments.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import type { Facts } from '../facts.ts';
import { isExpression } from './expressions.ts';
import { isInstance } from './receivers.ts';
import { isSequence, unpackEdits } from './sequences.ts';

const FROM_CLAUSES = ['sqlalchemy.Alias', 'sqlalchemy.Subquery', 'sqlalchemy.Table'] as const;

/** The rewrite of a legacy call, or why there is none. */
export type LegacyRewrite =
  | {
      readonly edits: readonly Edit[];
      readonly uses: readonly NameUse[];
      /** The methods that the clauses became. */
      readonly methods: readonly string[];
      readonly safety: Safety;
      readonly reason: string;
    }
  | { readonly refusal: string };

interface Clause {
  readonly argument: SelectArgument;
  /** The whole argument with its keyword. */
  readonly node: PyNode;
  readonly value: PyNode;
}

interface ClauseRewrite {
  /** What stands before and after the value in the parentheses of its method; `null` drops the clause. */
  readonly edits: readonly Edit[];
  /** Replaces the value. */
  readonly text?: string;
  readonly dropped?: true;
  readonly doubt?: string;
  readonly refusal?: string;
  readonly uses?: readonly NameUse[];
}

/** The columns of a legacy call: its first argument or `columns=`, if that is a sequence; `null` for a modern call. */
export function legacyColumns(call: Call, context: RuleContext): PyNode | null {
  const columns = call.positional[0] ?? keyword(call, 'columns');
  if (!columns || columns.kind === 'list_splat') return null;
  if (isCollection(columns, context.facts))
    return call.keywords.length > 0 || hasCriterion(call) ? columns : null;
  if (!isSequence(columns, context.facts)) return null;
  const { evidence } = context.facts.infer(columns) ?? { evidence: 'proven' };
  return evidence === 'proven' ? columns : null;
}

/** Whether an expression is the collection of columns of a table, which 1.x takes for a list: `users.c`. */
export function isCollection(node: PyNode, facts: Facts): boolean {
  const owner = node.kind === 'attribute' ? node.child('object') : null;
  if (!owner || !/^(?:c|columns)$/.test(node.child('attribute')?.text ?? '')) return false;
  return isInstance(owner, FROM_CLAUSES, facts) === 'proven';
}

/** Whether a criterion follows the columns: to 1.x the WHERE clause, to 2.x one more column. */
export function hasCriterion({ positional, list }: Call): boolean {
  const [, second] = positional;
  if (second === undefined || list.named[1] !== second) return false;
  return (
    second.kind === 'comparison_operator' ||
    (second.kind === 'binary_operator' && (second.token('&') ?? second.token('|')) !== null) ||
    /^(?:\w+\.)?(?:and_|or_|not_)$/.test(readCall(second)?.callee.text ?? '')
  );
}

/** Whether the call has arguments beside its columns that only the legacy form took. */
export function hasLegacyClauses(call: Call): boolean {
  return call.keywords.some(({ name }) => name !== 'columns') || call.doubleStarred;
}

/** Rewrites a legacy call in place: `select([a], x == 5)` to `select(a).where(x == 5)`. */
export function rewriteLegacySelect(
  call: Call,
  columns: PyNode,
  context: RuleContext,
): LegacyRewrite {
  const clauses = readClauses(call, columns);
  if ('refusal' in clauses) return clauses;
  if (isDisplay(columns) && columns.named.some(isColumnName))
    return { refusal: 'a string is no column; write column("…") or text("…")' };
  const edits: Edit[] = [...unpackEdits(columns, context)];
  if (columns.parent?.kind === 'keyword_argument')
    edits.push(context.replace({ start: columns.parent.start, end: columns.start }, ''));
  const uses: NameUse[] = [];
  const methods: string[] = [];
  const doubts: string[] = [];
  for (const clause of clauses.clauses) {
    const rewrite = rewriteClause(clause, context);
    if (rewrite.refusal !== undefined) return { refusal: rewrite.refusal };
    if (rewrite.doubt !== undefined) doubts.push(rewrite.doubt);
    uses.push(...(rewrite.uses ?? []));
    edits.push(...clauseEdits(clause, rewrite, context));
    if (!rewrite.dropped) methods.push(clause.argument.method);
  }
  edits.push(...trailingCommaEdits(columns, clauses.clauses, context));
  return {
    edits,
    uses,
    methods,
    safety: doubts.length > 0 ? 'unsafe' : 'safe',
    reason: doubts.join('; '),
  };
}

function readClauses(
  call: Call,
  columns: PyNode,
): { readonly clauses: readonly Clause[] } | { readonly refusal: string } {
  if (call.starred) return { refusal: 'arguments are passed with *; name them' };
  if (call.doubleStarred) return { refusal: 'arguments are passed with **; name them' };
  const positional = call.positional.filter((node) => node !== columns);
  if (positional.length > POSITIONAL_ARGUMENTS) return { refusal: 'it has too many arguments' };
  const clauses: Clause[] = [];
  positional.forEach((node, index) => {
    const argument = SELECT_ARGUMENTS[index];
    if (argument) clauses.push({ argument, node, value: node });
  });
  for (const { node, name, value } of call.keywords) {
    if (value === columns) continue;
    if (node.start < columns.start) return { refusal: 'its columns do not come first' };
    const argument = SELECT_ARGUMENTS.find((each) => each.name === name);
    if (!argument) return { refusal: `${name}= has no known counterpart` };
    clauses.push({ argument, node, value });
  }
  return { clauses };
}

/** A string that is not `*` is an error in every version. */
function isColumnName(node: PyNode): boolean {
  const text = stringValue(node);
  return text !== null && text !== '*';
}

/** What becomes of the value of an argument. */
export function rewriteClause(
  { argument, value }: Pick<Clause, 'argument' | 'value'>,
  context: RuleContext,
): ClauseRewrite {
  const { facts } = context;
  const { name, form } = argument;
  if (form === 'bind')
    return {
      edits: [],
      dropped: true,
      doubt: 'bind= chose the engine that executes the statement',
    };
  if (value.kind === 'none') return { edits: [], dropped: true };
  switch (form) {
    case 'criterion':
      if (isExpression(value, facts)) return { edits: [] };
      return { edits: [], doubt: `${name}= may be None, which would render NULL` };
    case 'value':
      return { edits: [] };
    case 'sequence':
      if (isDisplay(value) && value.named.length === 0) return { edits: [], dropped: true };
      if (isSequence(value, facts)) return { edits: unpackEdits(value, context) };
      return { edits: [context.before(value, '*')] };
    case 'distinct':
      if (value.kind === 'false') return { edits: [], dropped: true };
      if (value.kind === 'true') return { edits: [], text: '' };
      return itemsOf(argument, value, context);
    case 'items':
      return itemsOf(argument, value, context);
    case 'correlate':
      if (value.kind === 'true') return { edits: [], dropped: true };
      if (value.kind === 'false') return { edits: [], text: 'None' };
      return { edits: [], refusal: 'correlate= is not a literal' };
    case 'labels': {
      if (value.kind === 'false') return { edits: [], dropped: true };
      if (value.kind !== 'true') return { edits: [], refusal: 'use_labels= is not a literal' };
      const style = context.use('sqlalchemy.LABEL_STYLE_TABLENAME_PLUS_COL', value);
      return { edits: [], text: style.text, uses: [style] };
    }
    case 'for-update': {
      if (value.kind === 'false') return { edits: [], dropped: true };
      const text = FOR_UPDATE.get(stringValue(value) ?? (value.kind === 'true' ? 'True' : ''));
      return text === undefined
        ? { edits: [], refusal: 'for_update= is not a literal' }
        : { edits: [], text };
    }
  }
}

function itemsOf({ name }: SelectArgument, value: PyNode, context: RuleContext): ClauseRewrite {
  if (isDisplay(value) && value.named.length === 0) return { edits: [], dropped: true };
  if (isSequence(value, context.facts)) return { edits: unpackEdits(value, context) };
  if (isExpression(value, context.facts) || stringValue(value) !== null) return { edits: [] };
  return { edits: [], doubt: `${name}= may be a list or None` };
}

/** Ends the parentheses before a clause and begins those of its method, or deletes the clause. */
function clauseEdits(
  clause: Clause,
  rewrite: ClauseRewrite,
  context: RuleContext,
): readonly Edit[] {
  const comma = commaBefore(clause.node);
  if (!comma) return [];
  const gap = context.source.slice(comma.end, clause.node.start);
  if (rewrite.dropped) return [context.replace({ start: comma.start, end: clause.node.end }, '')];
  const newline = gap.includes('\n');
  const first = clause.node.parent?.named[0];
  const indent =
    newline && first && startsLine(first)
      ? `\n${' '.repeat(Math.max(0, columnOf(clause.node) - 4))}`
      : '';
  const opening = `${indent}).${clause.argument.method}(`;
  const text = rewrite.text;
  if (text !== undefined)
    return [context.replace({ start: comma.start, end: clause.node.end }, `${opening}${text}`)];
  const commented = gap.includes('#');
  const edits = commented
    ? [
        context.replace(comma, opening),
        ...(clause.node === clause.value
          ? []
          : [context.replace({ start: clause.node.start, end: clause.value.start }, '')]),
      ]
    : [
        context.replace(
          { start: comma.start, end: clause.value.start },
          opening + (newline ? gap : ''),
        ),
      ];
  return [...edits, ...rewrite.edits];
}

function commaBefore(node: PyNode): PyNode | null {
  const siblings = node.parent?.children ?? [];
  return (
    siblings.slice(0, siblings.indexOf(node)).findLast((sibling) => sibling.kind === 'token') ??
    null
  );
}

/** A comma after the last of several arguments would keep a formatter from closing the parentheses on the line. */
function trailingCommaEdits(
  columns: PyNode,
  clauses: readonly Clause[],
  context: RuleContext,
): readonly Edit[] {
  const last = clauses.at(-1)?.node;
  const comma = followingComma(last ?? columns);
  if (!comma) return [];
  const empty = isDisplay(columns) && columns.named.length === 0;
  return last || empty ? [context.replace(comma, '')] : [];
}
