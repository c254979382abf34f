// An index or slice of a Query as slice(), limit() and offset() of the statement.
import type { PyNode } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';
import { isNonNegative } from './arguments.ts';
import {
  afterStatement,
  executing,
  openStatement,
  together,
  uniqueCall,
  type Ending,
} from './rewrite.ts';
import { rowDoubts, rowRefusal } from './rows.ts';
import type { QuerySite } from './site.ts';
import type { Statement } from './statement.ts';

/** `query[3]`, `query[a:b]`. */
export function executeSlice(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  if (site.use.kind !== 'subscript') return 'it is not sliced here';
  const { node, index } = site.use;
  const value = node.child('value');
  if (!value) return 'it is incomplete';
  // What parameters stand for must be known before they are given.
  if (site.chain.links.some((link) => link.method.text === 'params') && !isWritten(index))
    return 'write `.slice(…)` before `.params()`';
  const part = index.kind === 'slice' ? sliced(index, statement, ctx) : indexed(index);
  if (typeof part === 'string') return part;
  const opened = openStatement(executing(statement), statement, site, ctx);
  if (typeof opened === 'string') return opened;
  const refusal = rowRefusal(statement, site, ctx);
  if (refusal !== null) return refusal;
  return {
    ...together(
      opened.opening,
      afterStatement(`${part.link}${opened.close}${uniqueCall(statement)}`, site, ctx),
      ctx.replace({ start: value.end, end: node.end }, `.all()${part.rest}`),
    ),
    doubts: [...rowDoubts(statement, site, ctx), ...part.doubts],
  };
}

/** Numbers only. */
function isWritten(index: PyNode): boolean {
  const bounds = index.kind === 'slice' ? index.named : [index];
  return bounds.every((each) => /^[-\d]+$/.test(each.text));
}

interface Part {
  readonly link: string;
  /** What is left for the list. */
  readonly rest: string;
  readonly doubts: readonly string[];
}

function indexed(index: PyNode): Part | string {
  if (isNegative(index)) return { link: '', rest: `[${index.text}]`, doubts: [] };
  if (index.kind !== 'integer')
    return 'an index that is not a number in the code may be negative; write `.slice(i, i + 1)` if it never is';
  return { link: `.slice(${index.text}, ${Number(index.text) + 1})`, rest: '[0]', doubts: [] };
}

function sliced(index: PyNode, statement: Statement, ctx: RuleContext): Part | string {
  const { start, stop, step } = bounds(index);
  // 1.4 took them from the list of all rows, but with two numbers only where the second is the greater one.
  if ((start === null || stop === null) && (isNegative(start) || isNegative(stop)))
    return { link: '', rest: `[${index.text}]`, doubts: [] };
  for (const bound of [start, stop])
    if (bound?.kind === 'unary_operator')
      return 'negative bounds are not accepted by 2.0; reverse the ordering instead';
  if (step && step.kind !== 'integer') return 'write the step on the list: `….all()[::step]`';
  if (
    start &&
    stop &&
    start.kind === 'integer' &&
    stop.kind === 'integer' &&
    Number(start.text) > Number(stop.text)
  )
    return 'it is empty';
  const given = [start, stop].filter((each) => each !== null);
  const uncertain = given.find((each) => !isNonNegative(each, ctx.facts));
  const isOrdered =
    !start || !stop || (start.kind === 'integer' && stop.kind === 'integer') || isSum(start, stop);
  return {
    link: linkOf(start, stop, statement.limited),
    rest: step && step.text !== '1' ? `[::${step.text}]` : '',
    doubts: [
      ...(uncertain ? [`\`${uncertain.text}\` may be negative`] : []),
      ...(isOrdered ? [] : ['the end may lie before the start']),
    ],
  };
}

/** `-1`. */
function isNegative(node: PyNode | null): boolean {
  return (
    node?.kind === 'unary_operator' &&
    node.token('-') !== null &&
    node.child('argument')?.kind === 'integer'
  );
}

/** `[start:start + size]`: the end does not lie before the start if the size is not negative. */
function isSum(start: PyNode, stop: PyNode): boolean {
  return (
    stop.kind === 'binary_operator' &&
    stop.child('left')?.text === start.text &&
    stop.child('operator')?.text === '+'
  );
}

function linkOf(start: PyNode | null, stop: PyNode | null, limited: boolean): string {
  if (!start && !stop) return '';
  if (start && stop) return `.slice(${start.text}, ${stop.text})`;
  if (start) return limited ? `.slice(${start.text}, None)` : `.offset(${start.text})`;
  return limited ? `.slice(0, ${stop?.text ?? ''})` : `.limit(${stop?.text ?? ''})`;
}

function bounds(slice: PyNode): { start: PyNode | null; stop: PyNode | null; step: PyNode | null } {
  const found: (PyNode | null)[] = [null, null, null];
  let position = 0;
  for (const child of slice.children) {
    if (child.kind === 'token' && child.text === ':') position++;
    else if (child.kind !== 'comment') found[position] = child.kind === 'none' ? null : child;
  }
  return { start: found[0] ?? null, stop: found[1] ?? null, step: found[2] ?? null };
}
