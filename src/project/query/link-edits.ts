// Edits of one link of a chain that several methods share.
import type { MethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Draft } from './statement.ts';

/** The label style of `Query.with_labels()`. */
export const LABEL_STYLE = 'sqlalchemy.LABEL_STYLE_TABLENAME_PLUS_COL';

/** Renames the method. */
export function rename(link: MethodCall, name: string, draft: Draft): void {
  draft.edits.push(draft.ctx.replace(link.method, name));
}

/** Takes the link out of the chain. */
export function dropLink(link: MethodCall, draft: Draft): void {
  draft.edits.push(draft.ctx.replace(linkSpan(link), ''));
}

/** `.autoflush(False)` as `.execution_options(autoflush=False)`. */
export function executionOption(link: MethodCall, name: string, draft: Draft): void {
  const { ctx } = draft;
  const [value] = link.positional;
  draft.edits.push(ctx.replace(link.method, 'execution_options'));
  const keyword = link.keywords[0];
  if (keyword) {
    const key = keyword.node.child('name');
    if (key) draft.edits.push(ctx.replace(key, name));
  } else if (value) draft.edits.push(ctx.before(value, `${name}=`));
  else draft.edits.push(ctx.replace(link.list, `(${name}=True)`));
}

/** From the end of what the link is called on to its own end; only its own tokens where a comment stands between. */
export function linkSpan(link: MethodCall): { readonly start: number; readonly end: number } {
  const dot = link.callee.token('.');
  const hasComment = link.callee.children.some((child) => child.kind === 'comment');
  return { start: hasComment && dot ? dot.start : link.receiver.end, end: link.node.end };
}

/** The only argument, if it is a list or tuple display: its items. */
export function listArgument(link: MethodCall): PyNode | null {
  const [only] = link.positional;
  return link.positional.length === 1 && (only?.kind === 'list' || only?.kind === 'tuple')
    ? only
    : null;
}

/** Opens a list display among the arguments: `([a, b])` as `(a, b)`. */
export function unwrapList(list: PyNode, draft: Draft): void {
  const open = list.children[0];
  const close = list.children.at(-1);
  if (!open || !close) return;
  draft.edits.push(draft.ctx.replace(open, ''), draft.ctx.replace(close, ''));
}
