// Writes coroutines that run at the same time so that they run one after the other. It does not judge whether they should.
import type { Edit } from '../../edits/edit.ts';
import { readCall } from '../../python/calls.ts';
import { startsLine } from '../../python/displays.ts';
import type { PyNode } from '../../python/tree.ts';
import { indentOf } from '../core/blocks.ts';
import type { RuleContext } from '../rule.ts';

/** The edits that replace `await asyncio.gather(…)`; `null` where its shape has no plain counterpart. */
export function sequentialEdits(gather: PyNode, context: RuleContext): readonly Edit[] | null {
  const call = readCall(gather);
  const awaiting = gather.parent;
  if (
    !call ||
    awaiting?.kind !== 'await' ||
    call.keywords.length > 0 ||
    call.positional.length === 0
  )
    return null;
  if (call.list.children.some((child) => child.kind === 'comment')) return null;
  const [only, ...others] = call.positional;
  if (only?.kind === 'list_splat')
    return others.length > 0 ? null : fromComprehension(only, awaiting, context);
  if (call.positional.some((each) => each.kind !== 'call')) return null;
  return awaiting.parent?.kind === 'expression_statement'
    ? asStatements(call.positional, awaiting, context)
    : asList(call.positional, awaiting, call.list, context);
}

function fromComprehension(
  splat: PyNode,
  awaiting: PyNode,
  context: RuleContext,
): readonly Edit[] | null {
  const [inner] = splat.named;
  const body = inner?.child('body');
  if (!inner || body?.kind !== 'call') return null;
  if (inner.kind !== 'list_comprehension' && inner.kind !== 'generator_expression') return null;
  return [
    context.replace({ start: awaiting.start, end: inner.start + 1 }, '['),
    context.before(body, 'await '),
    context.replace({ start: inner.end - 1, end: awaiting.end }, ']'),
  ];
}

function asStatements(
  calls: readonly PyNode[],
  awaiting: PyNode,
  context: RuleContext,
): readonly Edit[] | null {
  const statement = awaiting.parent;
  if (!statement || !startsLine(statement)) return null;
  const indent = indentOf(statement);
  const edits: Edit[] = [];
  let end = awaiting.start;
  for (const [index, call] of calls.entries()) {
    edits.push(
      context.replace(
        { start: end, end: call.start },
        index === 0 ? 'await ' : `\n${indent}await `,
      ),
    );
    end = call.end;
  }
  return [...edits, context.replace({ start: end, end: awaiting.end }, '')];
}

function asList(
  calls: readonly PyNode[],
  awaiting: PyNode,
  list: PyNode,
  context: RuleContext,
): readonly Edit[] {
  return [
    context.replace({ start: awaiting.start, end: list.start + 1 }, '['),
    ...calls.map((call) => context.before(call, 'await ')),
    context.replace({ start: list.end - 1, end: list.end }, ']'),
  ];
}
