// Drops, renames or reports keyword arguments from a table. It knows none of them.
import {
  itemRemovals,
  keyword,
  readCall,
  readMethodCall,
  type Call,
  type KeywordArgument,
} from '../../python/calls.ts';
import type { Edit } from '../../edits/edit.ts';
import { stringValue } from '../../python/strings.ts';
import { contains, type PyNode } from '../../python/tree.ts';
import type { OldKeyword } from '../../sqlalchemy/dropped-keywords.ts';
import type { RuleContext, Visitor } from '../rule.ts';
import type { Evidence } from '../values.ts';
import { isInstance } from './receivers.ts';
import { spreadArguments, type SpreadArgument } from './spread-keywords.ts';

/** The visitor of calls for a table of old keywords. */
export function oldKeywords(table: readonly OldKeyword[]): Visitor {
  const names = new Set(table.map(({ name }) => name));
  return (node, context) => {
    const call = readCall(node);
    if (!call || call.list.kind !== 'argument_list') return;
    for (const argument of call.keywords) {
      if (!names.has(argument.name)) continue;
      const found = entryFor(table, call, argument, context);
      if (found) propose(call, argument, found, context);
    }
    for (const argument of spreadArguments(call, context.facts)) {
      if (!names.has(argument.name)) continue;
      const found = entryFor(table, call, argument, context);
      if (found) proposeSpread(call, argument, found, context);
    }
  };
}

interface Found {
  readonly entry: OldKeyword;
  readonly evidence: Evidence;
}

function entryFor(
  table: readonly OldKeyword[],
  call: Call,
  argument: KeywordArgument,
  context: RuleContext,
): Found | null {
  for (const entry of table) {
    if (!mayApply(entry, argument, context)) continue;
    const evidence = evidenceOf(call, entry, context);
    if (evidence && hasValue(entry, call, argument)) return { entry, evidence };
  }
  return null;
}

function mayApply(
  entry: OldKeyword,
  { name }: KeywordArgument,
  { settings, facts }: RuleContext,
): boolean {
  if (entry.name !== name) return false;
  const { staysWith } = entry;
  if (
    staysWith !== undefined &&
    facts.modules.modules.some((each) => each.tree.text.includes(staysWith))
  )
    return false;
  const { targetVersion } = settings;
  if (entry.since !== undefined && targetVersion !== entry.since) return false;
  return !(entry.isNeededIn14 === true && targetVersion === '1.4');
}

function evidenceOf(call: Call, entry: OldKeyword, { facts }: RuleContext): Evidence | null {
  const { functions, method } = entry;
  if (functions) {
    const name = facts.qualifiedName(call.callee);
    if (name === null) return null;
    const owner = `${name.slice(0, name.lastIndexOf('.'))}.*`;
    return functions.includes(name) || (functions.includes(owner) && owner !== 'sqlalchemy.*')
      ? 'proven'
      : null;
  }
  const called = method ? readMethodCall(call.node) : null;
  if (!called || !method || called.method.text !== method.name) return null;
  return isInstance(called.receiver, method.of, facts);
}

function hasValue(
  { value, beside, by }: OldKeyword,
  call: Call,
  argument: KeywordArgument,
): boolean {
  if (beside !== undefined && keyword(call, beside) === null) return false;
  if (by && !by.has(stringValue(argument.value) ?? '')) return false;
  return value === undefined || argument.value.kind === value;
}

function propose(
  call: Call,
  argument: KeywordArgument,
  { entry, evidence }: Found,
  context: RuleContext,
): void {
  const { name, to, instead } = entry;
  const message = `\`${call.callee.text}(${name}=…)\``;
  if (instead !== undefined) return context.manual({ at: argument.node, message, reason: instead });
  const label = argument.node.child('name');
  if (hasComment(call.list, argument.node) || !label)
    return context.manual({ at: argument.node, message, reason: 'drop the argument' });
  context.fix({
    at: argument.node,
    message,
    ...doubtOf(entry, evidence),
    edits:
      to === undefined ? replacing(call, argument, entry, context) : [context.replace(label, to)],
  });
}

/** The same of an entry of a dict, at the first call that is given it: it goes where the dict is there for such calls alone. */
function proposeSpread(
  call: Call,
  { node, name, label, list, calls, isOnlySpread }: SpreadArgument,
  { entry, evidence }: Found,
  context: RuleContext,
): void {
  const takes = calls.filter((each) => evidenceOf(each, entry, context));
  if (takes[0]?.node !== call.node) return;
  const { to, by, movesTo, instead } = entry;
  const message = `\`${call.callee.text}(${name}=…)\`, passed by a dict`;
  if (instead !== undefined) return context.manual({ at: node, message, reason: instead });
  const isPlain = isOnlySpread && takes.length === calls.length && !by && !movesTo;
  if (!isPlain || !list || hasComment(list, node))
    return context.manual({
      at: node,
      message,
      reason: to === undefined ? 'drop the entry' : `call it ${to}`,
    });
  context.fix({
    at: node,
    message,
    ...doubtOf(entry, evidence),
    edits:
      to === undefined
        ? itemRemovals(list, [node]).map((span) => context.replace(span, ''))
        : [context.replace(label, label.text.replace(name, to))],
  });
}

function doubtOf(
  { doubt }: OldKeyword,
  evidence: Evidence,
): { readonly safety: 'safe' | 'unsafe'; readonly reason: string } {
  const reasons = [
    doubt ?? '',
    evidence === 'proven' ? '' : 'what the receiver is, is not proven',
  ].filter((reason) => reason !== '');
  return { safety: reasons.length === 0 ? 'safe' : 'unsafe', reason: reasons.join('; ') };
}

function hasComment(list: PyNode, item: PyNode): boolean {
  return itemRemovals(list, [item]).some((span) =>
    list.children.some((child) => child.kind === 'comment' && contains(span, child)),
  );
}

/** Writes the argument in another way, moves its value to a method, or drops it. */
function replacing(
  call: Call,
  { node, value }: KeywordArgument,
  { by, movesTo }: OldKeyword,
  context: RuleContext,
): readonly Edit[] {
  const other = by?.get(stringValue(value) ?? '');
  if (other !== undefined) return [context.replace(node, other)];
  const dropped = itemRemovals(call.list, [node]).map((span) => context.replace(span, ''));
  const moved = movesTo && `.${movesTo.name}(${movesTo.keyword}=${value.text})`;
  return moved === undefined ? dropped : [...dropped, context.after(call.node, moved)];
}
