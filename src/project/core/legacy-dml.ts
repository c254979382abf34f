// Turns the arguments that insert(), update(), delete() and select() of tables took in 1.x into methods.
import type { Edit } from '../../edits/edit.ts';
import { readMethodCall, type Call, type MethodCall } from '../../python/calls.ts';
import { isDisplay } from '../../python/displays.ts';
import type { PyNode } from '../../python/tree.ts';
import {
  DIALECT_OPTION,
  DML_ARGUMENTS,
  DML_POSITIONS,
  ORDERED,
  type DmlArgument,
} from '../../sqlalchemy/dml-arguments.ts';
import type { SelectArgument } from '../../sqlalchemy/select-arguments.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { isExpression } from './expressions.ts';
import { rewriteClause } from './legacy-select.ts';
import { isSequence, unpackEdits } from './sequences.ts';

/** The rewrite of a call, or why there is none. */
export type DmlRewrite =
  | {
      readonly edits: readonly Edit[];
      readonly uses: readonly NameUse[];
      readonly doubts: readonly string[];
    }
  | { readonly refusal: string };

interface Clause {
  readonly argument: DmlArgument;
  readonly node: PyNode;
  readonly value: PyNode;
}

interface Written {
  readonly edits: readonly Edit[];
  /** Replaces the value. */
  readonly text?: string;
  readonly dropped?: true;
  readonly doubt?: string;
  readonly uses?: readonly NameUse[];
}

/** Rewrites a call of `name`; `table` is the argument that stays, `null` for a method of the table. */
export function rewriteLegacyDml(
  call: Call,
  name: string,
  table: PyNode | null,
  context: RuleContext,
): DmlRewrite {
  const clauses = readClauses(call, name, table);
  if ('refusal' in clauses) return clauses;
  const ordered = keepOrder(clauses.clauses, call, context);
  if ('refusal' in ordered) return ordered;
  const edits: Edit[] = [...ordered.edits];
  const uses: NameUse[] = [];
  const doubts: string[] = [];
  let previous = table;
  for (const clause of ordered.clauses) {
    const written = writeClause(clause, context);
    if ('refusal' in written) return written;
    if (written.doubt !== undefined) doubts.push(written.doubt);
    uses.push(...(written.uses ?? []));
    edits.push(...clauseEdits(call, clause, previous, written, context));
    previous = clause.node;
  }
  const close = call.list.children.at(-1);
  if (close && previous && previous !== table && !hasComment(call, previous.end, close.start))
    edits.push(context.replace({ start: previous.end, end: close.start }, ''));
  return { edits, uses, doubts };
}

function readClauses(
  call: Call,
  name: string,
  table: PyNode | null,
): { readonly clauses: readonly Clause[] } | { readonly refusal: string } {
  if (call.starred || call.doubleStarred)
    return { refusal: 'arguments are passed with * or **; name them' };
  const known = DML_ARGUMENTS.get(name) ?? [];
  const clauses: Clause[] = [];
  for (const [index, node] of call.positional.filter((each) => each !== table).entries()) {
    const argument = index < (DML_POSITIONS.get(name) ?? 0) ? known[index] : undefined;
    if (!argument) return { refusal: 'it has too many arguments' };
    clauses.push({ argument, node, value: node });
  }
  for (const { node, name: key, value } of call.keywords) {
    if (value === table) continue;
    if (table && node.start < table.start) return { refusal: 'its table does not come first' };
    const argument =
      known.find((each) => each.name === key) ??
      (name !== 'select' && DIALECT_OPTION.test(key)
        ? { name: key, method: 'with_dialect_options', form: 'values' as const }
        : null);
    if (!argument) return { refusal: `${key}= has no counterpart that is known` };
    clauses.push({ argument, node, value });
  }
  return { clauses };
}

/** The values that `preserve_parameter_order=True` is about, in the call itself or in a later one of its chain, as ordered ones. */
function keepOrder(
  clauses: readonly Clause[],
  call: Call,
  context: RuleContext,
):
  | { readonly clauses: readonly Clause[]; readonly edits: readonly Edit[] }
  | { readonly refusal: string } {
  const order = clauses.find(({ argument }) => argument.form === 'order');
  if (!order || order.value.kind === 'false' || order.value.kind === 'none')
    return { clauses, edits: [] };
  const refusal = `${order.argument.name}= becomes .ordered_values((column, value), …) where the values are given`;
  if (order.value.kind !== 'true') return { refusal };
  const own = clauses.find(({ argument }) => argument.form === 'values');
  const later = laterValues(call.node);
  const [values] = later;
  if (own && own.value.kind !== 'none' && later.length === 0)
    return {
      clauses: clauses.map((each) => (each === own ? { ...each, argument: ORDERED } : each)),
      edits: [],
    };
  const pairs = values?.positional[0];
  if (own || later.length !== 1 || values?.list.named.length !== 1 || !pairs) return { refusal };
  return {
    clauses,
    edits: [context.replace(values.method, ORDERED.method), ...unpackEdits(pairs, context)],
  };
}

/** The calls of `values()` on what a call gives, in the same expression. */
function laterValues(node: PyNode): readonly MethodCall[] {
  const next = readMethodCall(node.parent?.parent ?? null);
  if (next?.receiver !== node) return [];
  const later = laterValues(next.node);
  return next.method.text === 'values' ? [next, ...later] : later;
}

function writeClause(
  { argument, value }: Clause,
  context: RuleContext,
): Written | { readonly refusal: string } {
  const { name, form } = argument;
  const { facts } = context;
  if (form === 'bind')
    return {
      edits: [],
      dropped: true,
      doubt: 'bind= chose the engine that executes the statement',
    };
  if (value.kind === 'none' || form === 'order') return { edits: [], dropped: true };
  switch (form) {
    case 'criterion':
      return isExpression(value, facts)
        ? { edits: [] }
        : { edits: [], doubt: `${name} may be None, which would render NULL` };
    case 'values':
      return isValues(value, context)
        ? { edits: [] }
        : { edits: [], doubt: `${name} may be None, which left the statement without values` };
    case 'sequence':
      return isSequence(value, facts)
        ? { edits: unpackEdits(value, context) }
        : { edits: [context.before(value, '*')] };
    case 'flag':
    case 'choice':
      if (value.kind === 'false') return { edits: [], dropped: true };
      if (value.kind === 'true') return { edits: [], text: '' };
      if (form === 'choice' && isSequence(value, facts))
        return { edits: unpackEdits(value, context) };
      return { refusal: `${name}= is not a literal` };
    default:
      return ofSelect({ name, method: argument.method, form }, value, context);
  }
}

/** An argument that only select() took. */
function ofSelect(
  argument: SelectArgument,
  value: PyNode,
  context: RuleContext,
): Written | { readonly refusal: string } {
  const { refusal, ...written } = rewriteClause({ argument, value }, context);
  return refusal === undefined ? written : { refusal };
}

function isValues(value: PyNode, { facts }: RuleContext): boolean {
  if (value.kind === 'dictionary' || value.kind === 'dictionary_comprehension' || isDisplay(value))
    return true;
  if (/^(integer|string|true|false)$/.test(value.kind)) return true;
  const inferred = facts.infer(value);
  if (inferred?.evidence !== 'proven') return false;
  return (
    inferred.value.kind === 'tuple' ||
    (inferred.value.kind === 'instance' && /^builtins\.(dict|list|tuple)$/.test(inferred.value.of))
  );
}

/** Ends the parentheses before a clause and begins those of its method, or deletes the clause. */
function clauseEdits(
  call: Call,
  clause: Clause,
  previous: PyNode | null,
  written: Written,
  context: RuleContext,
): readonly Edit[] {
  const { argument, node, value } = clause;
  const start = previous?.end ?? call.list.start + 1;
  const gap = context.source.slice(start, node.start);
  const kept = gap.includes('#') ? gap.replace(',', '') : '';
  if (written.dropped) return [context.replace({ start, end: node.end }, kept.trimEnd())];
  const isOption = argument.method === 'with_dialect_options';
  const opening = `).${argument.method}(${kept}${isOption ? `${argument.name}=` : ''}`;
  if (written.text !== undefined)
    return [context.replace({ start, end: node.end }, opening + written.text)];
  return [context.replace({ start, end: value.start }, opening), ...written.edits];
}

function hasComment({ list }: Call, start: number, end: number): boolean {
  return list.children.some(
    (child) => child.kind === 'comment' && child.start >= start && child.end <= end,
  );
}
