// Writes a commit after a statement, which 1.x made by itself. It does not decide whether one is needed.
import type { Edit } from '../../edits/edit.ts';
import { dottedParts, readMethodCall, unparenthesized } from '../../python/calls.ts';
import { columnOf } from '../../python/displays.ts';
import type { PyNode } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';
import { openEdit } from './blocks.ts';
import { outcomeName } from './connection-name.ts';
import { valueBefore } from './hoisted-value.ts';
import { statementKind } from './statement-kind.ts';
import { committableStatement } from './transaction.ts';

/** The edits that commit after the statement of a call, before what it returns is returned; `null` where no statement can follow it. */
export function commitAfter(
  call: PyNode,
  connection: PyNode,
  context: RuleContext,
): readonly Edit[] | null {
  // In 1.4 a connection has no commit().
  if (context.settings.targetVersion === '1.4') return null;
  // A call in the receiver would open another connection.
  if (dottedParts(connection) === null) return null;
  const committed = committableStatement(call);
  // What else the statement runs saw the write committed.
  if (!committed || valueBefore(call, committed, context.facts)) return null;
  const { source } = committed;
  const indent = source.slice(committed.start - columnOf(committed), committed.start);
  const end = committed.end + source.slice(committed.end).search(/\r?\n|$/);
  const lines = [`${connection.text}.commit()`];
  const edits: Edit[] = [];
  if (committed.kind === 'return_statement') {
    const [value] = committed.named;
    const name = outcomeName(committed, context.facts);
    if (!value || name === null || mayHoldRows(value, call, context)) return null;
    edits.push(context.replace({ start: committed.start, end: value.start }, `${name} = `));
    lines.push(`return ${name}`);
  }
  const text = lines.map((line) => `\n${indent}${line}`).join('');
  // The first edit changes nothing: it keeps the line from being moved in the same pass.
  return [openEdit(committed, '', context), ...edits, context.after({ start: end, end }, text)];
}

/** Whether a result is returned unread whose statement may be a query: a commit may close it. */
function mayHoldRows(value: PyNode, call: PyNode, { facts }: RuleContext): boolean {
  const [statement] = readMethodCall(call)?.positional ?? [];
  return (
    unparenthesized(value) === call && (!statement || statementKind(statement, facts) !== 'write')
  );
}
