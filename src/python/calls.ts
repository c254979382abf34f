// Reads call expressions and dotted names. Syntax only.
import type { PyNode, Span } from './tree.ts';

/** A keyword argument `name=value`. */
export interface KeywordArgument {
  /** The whole argument. */
  readonly node: PyNode;
  readonly name: string;
  readonly value: PyNode;
}

/** A call expression taken apart. */
export interface Call {
  readonly node: PyNode;
  /** What is called. */
  readonly callee: PyNode;
  /** The argument list with its parentheses, or the bare generator expression of `f(x for x in y)`. */
  readonly list: PyNode;
  /** Positional arguments in order, splats included. */
  readonly positional: readonly PyNode[];
  readonly keywords: readonly KeywordArgument[];
  /** `*args` among the arguments. */
  readonly starred: boolean;
  /** `**kwargs` among the arguments. */
  readonly doubleStarred: boolean;
}

/** Takes a call apart; `null` if the node is no call. */
export function readCall(node: PyNode | null): Call | null {
  if (node?.kind !== 'call') return null;
  if (node.call === undefined) node.call = takeApart(node);
  return node.call;
}

function takeApart(node: PyNode): Call | null {
  const callee = node.child('function');
  const list = node.child('arguments');
  if (!callee || !list) return null;
  const items = list.kind === 'argument_list' ? list.named : [list];
  const keywords = items.flatMap((item) => {
    const name = item.kind === 'keyword_argument' ? item.child('name') : null;
    const value = item.child('value');
    return name && value ? [{ node: item, name: name.text, value }] : [];
  });
  return {
    node,
    callee,
    list,
    positional: items.filter(
      (item) => item.kind !== 'keyword_argument' && item.kind !== 'dictionary_splat',
    ),
    keywords,
    starred: items.some((item) => item.kind === 'list_splat'),
    doubleStarred: items.some((item) => item.kind === 'dictionary_splat'),
  };
}

/** The value of a keyword argument. */
export function keyword(call: Call, name: string): PyNode | null {
  return call.keywords.find((each) => each.name === name)?.value ?? null;
}

/** A call of a method: `receiver.name(…)`. */
export interface MethodCall extends Call {
  readonly receiver: PyNode;
  /** The identifier after the dot. */
  readonly method: PyNode;
}

/** The last part of what a call calls: `all` of `query.all()`; the whole text where that is no name. `null` if the node is no call. */
export function calledName(node: PyNode): string | null {
  const callee = node.kind === 'call' ? node.child('function') : null;
  const name = callee?.kind === 'attribute' ? callee.child('attribute') : callee;
  return name?.text ?? null;
}

/** Takes a method call apart; `null` if the node is no call of an attribute, or of none of the given names. */
export function readMethodCall(
  node: PyNode | null,
  names: ReadonlySet<string> | null = null,
): MethodCall | null {
  if (node?.kind !== 'call') return null;
  if (node.methodCall === undefined) node.methodCall = takeMethodApart(node);
  const call = node.methodCall;
  return call && names && !names.has(call.method.text) ? null : call;
}

function takeMethodApart(node: PyNode): MethodCall | null {
  const callee = node.child('function');
  if (callee?.kind !== 'attribute') return null;
  const receiver = callee.child('object');
  const method = callee.child('attribute');
  const call = receiver && method ? readCall(node) : null;
  return call && receiver && method ? { ...call, receiver, method } : null;
}

/** The calls of `a(…).b(…)`, first to last; `null` for anything else. */
export function callsOfChain(node: PyNode): readonly Call[] | null {
  const calls: Call[] = [];
  for (let each: PyNode | null = node; each;) {
    const call = readCall(each);
    if (!call) return null;
    calls.unshift(call);
    const receiver: PyNode | null = readMethodCall(each)?.receiver ?? null;
    if (receiver?.kind !== 'call') return calls;
    each = receiver;
  }
  return null;
}

/** The parts of a dotted name (`a.b.c`), `null` for any other expression. */
export function dottedParts(node: PyNode): readonly string[] | null {
  if (node.kind === 'identifier') return [node.text];
  if (node.kind !== 'attribute') return null;
  const object = node.child('object');
  const attribute = node.child('attribute');
  const head = object && dottedParts(object);
  return head && attribute ? [...head, attribute.text] : null;
}

/** The expression inside any number of parentheses. */
export function unparenthesized(node: PyNode): PyNode {
  const inner = node.kind === 'parenthesized_expression' ? node.named[0] : null;
  return inner ? unparenthesized(inner) : node;
}

/**
 * The spans to delete so that the given items of a bracketed, comma separated list disappear with their commas. Where a comment stands
 * between the items, only the item and its comma go.
 */
export function itemRemovals(list: PyNode, removed: readonly PyNode[]): readonly Span[] {
  const items = list.named;
  const kept = items.filter((item) => !removed.includes(item));
  if (kept.length === 0 && !list.children.some((child) => child.kind === 'comment')) {
    const open = list.children[0];
    const close = list.children.at(-1);
    return open && close && removed.length > 0 ? [{ start: open.end, end: close.start }] : [];
  }
  const spans: { start: number; end: number }[] = [];
  items.forEach((item, index) => {
    if (!removed.includes(item)) return;
    const last = spans.at(-1);
    const next = items[index + 1];
    const previous = items[index - 1];
    if (last && last.end >= item.start) last.end = next ? upTo(list, item, next) : item.end;
    else if (next) spans.push({ start: item.start, end: upTo(list, item, next) });
    else
      spans.push({ start: previous ? afterLast(list, previous, item) : item.start, end: item.end });
  });
  const tail = spans.at(-1);
  const lastItem = items.at(-1);
  const lastKept = kept.at(-1);
  // The removed items were the last ones: their leading comma goes, not a trailing one, which is the only one where a comment keeps the other.
  if (tail && lastKept && tail.start > lastKept.end)
    tail.start = afterLast(list, lastKept, { start: tail.start });
  if (tail && lastItem && tail.end === lastItem.end && tail.start !== lastKept?.end) {
    tail.end = commaAfter(list, tail.end)?.end ?? tail.end;
  }
  return spans.map((span) => endOfLine(wholeLine(span, list.source), list.source));
}

/** What goes from the end of a line, behind an item that stays, leaves its line break, and no white space before it. */
function endOfLine(span: Span, source: string): Span {
  const line = source.lastIndexOf('\n', span.start - 1) + 1;
  const gap = /,([ \t]+)$/.exec(source.slice(line, span.start))?.[1];
  if (gap === undefined) return span;
  const start = span.start - gap.length;
  const inside = /[ \t]*\r?\n\s*$/.exec(source.slice(span.start, span.end));
  if (inside) return { start, end: span.end - inside[0].length };
  return /^[ \t]*(#|\r?\n)/.test(source.slice(span.end)) ? { start, end: span.end } : span;
}

/** Takes the rest of a line of which nothing else is left; a comment moves to where its item began. */
function wholeLine(span: Span, source: string): Span {
  const line = source.lastIndexOf('\n', span.start - 1) + 1;
  if (source.slice(line, span.start).trim() !== '') return span;
  const rest = /^[ \t]*(#|\r?\n)/.exec(source.slice(span.end));
  if (!rest) return span;
  if (rest[1] === '#') return { start: span.start, end: span.end + rest[0].length - 1 };
  return { start: line, end: span.end + rest[0].length };
}

function upTo(list: PyNode, item: PyNode, next: PyNode): number {
  if (!commentBetween(list, item.end, next.start)) return next.start;
  const end = commaAfter(list, item.end)?.end ?? item.end;
  // An item with a line of its own takes the line with it.
  const rest = /^[ \t]*\r?\n\s*/.exec(list.source.slice(end));
  return isFirstOnLine(item) && rest ? end + rest[0].length : end;
}

function isFirstOnLine({ source, start }: PyNode): boolean {
  return source.slice(source.lastIndexOf('\n', start - 1) + 1, start).trim() === '';
}

function afterLast(list: PyNode, previous: PyNode, item: { readonly start: number }): number {
  return commentBetween(list, previous.end, item.start) ? item.start : previous.end;
}

function commaAfter(list: PyNode, offset: number): PyNode | null {
  return (
    list.children.find(
      (child) => child.kind === 'token' && child.text === ',' && child.start >= offset,
    ) ?? null
  );
}

function commentBetween(list: PyNode, start: number, end: number): boolean {
  return list.children.some(
    (child) => child.kind === 'comment' && child.start >= start && child.end <= end,
  );
}
