// Drops, renames or reports keyword arguments from a table. It knows none of them.
import { itemRemovals, keyword, readCall, readMethodCall, type Call } from '../../python/calls.ts';
import type { Edit } from '../../edits/edit.ts';
import { stringValue } from '../../python/strings.ts';
import { contains } from '../../python/tree.ts';
import type { OldKeyword } from '../../sqlalchemy/dropped-keywords.ts';
import type { RuleContext, Visitor } from '../rule.ts';
import type { Evidence } from '../values.ts';
import { isInstance } from './receivers.ts';

type Argument = Call['keywords'][number];

/** The visitor of calls for a table of old keywords. */
export function oldKeywords(table: readonly OldKeyword[]): Visitor {
  const names = new Set(table.map(({ name }) => name));
  return (node, context) => {
    const call = readCall(node);
    if (!call || call.list.kind !== 'argument_list') return;
    for (const argument of call.keywords) {
      if (!names.has(argument.name)) continue;
      const entries = table.filter((each) => mayApply(each, argument, context));
      for (const entry of entries) {
        const evidence = evidenceOf(call, entry, context);
        if (!evidence || !hasValue(entry, call, argument)) continue;
        propose(call, argument, entry, evidence, context);
        break;
      }
    }
  };
}

function mayApply(
  entry: OldKeyword,
  { name }: Argument,
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

function hasValue({ value, beside, by }: OldKeyword, call: Call, argument: Argument): boolean {
  if (beside !== undefined && keyword(call, beside) === null) return false;
  if (by && !by.has(stringValue(argument.value) ?? '')) return false;
  return value === undefined || argument.value.kind === value;
}

function propose(
  call: Call,
  argument: Argument,
  entry: OldKeyword,
  evidence: Evidence,
  context: RuleContext,
): void {
  const { name, to, instead, doubt } = entry;
  const message = `\`${call.callee.text}(${name}=…)\``;
  if (instead !== undefined) return context.manual({ at: argument.node, message, reason: instead });
  const reasons = [
    doubt ?? '',
    evidence === 'proven' ? '' : 'what the receiver is, is not proven',
  ].filter((reason) => reason !== '');
  const label = argument.node.child('name');
  const removed = itemRemovals(call.list, [argument.node]);
  const hasComment = removed.some((span) =>
    call.list.children.some((child) => child.kind === 'comment' && contains(span, child)),
  );
  if (hasComment || !label)
    return context.manual({ at: argument.node, message, reason: 'drop the argument' });
  context.fix({
    at: argument.node,
    message,
    safety: reasons.length === 0 ? 'safe' : 'unsafe',
    reason: reasons.join('; '),
    edits:
      to === undefined ? replacing(call, argument, entry, context) : [context.replace(label, to)],
  });
}

/** Writes the argument in another way, moves its value to a method, or drops it. */
function replacing(
  call: Call,
  { node, value }: Argument,
  { by, movesTo }: OldKeyword,
  context: RuleContext,
): readonly Edit[] {
  const other = by?.get(stringValue(value) ?? '');
  if (other !== undefined) return [context.replace(node, other)];
  const dropped = itemRemovals(call.list, [node]).map((span) => context.replace(span, ''));
  const moved = movesTo && `.${movesTo.name}(${movesTo.keyword}=${value.text})`;
  return moved === undefined ? dropped : [...dropped, context.after(call.node, moved)];
}
