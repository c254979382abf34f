// Adds a call to the end of a chain of methods, on a line of its own where the last one has one. It knows no SQLAlchemy.
import type { Edit } from '../../edits/edit.ts';
import { readMethodCall } from '../../python/calls.ts';
import { columnOf } from '../../python/displays.ts';
import type { PyNode } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';

/** The edit that calls `text` (`.subquery()`) on what an expression gives; a comment behind the expression keeps its place. */
export function appendMethod(node: PyNode, text: string, context: RuleContext): Edit {
  const { source } = context;
  const dot = readMethodCall(node)?.callee.token('.');
  const indent = dot ? source.slice(dot.start - columnOf(dot), dot.start) : 'x';
  const isOwnLine = dot !== undefined && dot !== null && indent.trim() === '';
  const comment = /^[ \t]*#[^\n\r]*/.exec(source.slice(node.end));
  if (!isOwnLine || !comment || continuesByBackslash(source, dot.start - indent.length))
    return context.after(node, text);
  const end = node.end + comment[0].length;
  return context.replace({ start: end, end }, `\n${indent}${text}`);
}

function continuesByBackslash(source: string, lineStart: number): boolean {
  return /\\\r?\n$/.test(source.slice(Math.max(0, lineStart - 3), lineStart));
}
