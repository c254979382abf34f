// Adds names to an existing `from` import, token by token, in the layout and order that it has.
import type { Edit } from '../edits/edit.ts';
import type { PyNode } from '../python/tree.ts';
import { orderOf, type ImportItem, type ImportStatement } from './import-statements.ts';
import { indentOf, lineEnd, newlineOf } from './import-text.ts';

/** New names that follow the item at `after` (-1: before the first). */
interface Slot {
  readonly after: number;
  readonly names: readonly string[];
}

/** The edits that add `names` (with their aliases) to a statement. */
export function extendImport(
  path: string,
  statement: ImportStatement,
  names: readonly string[],
  lineLength: number,
): Edit[] {
  const slots = slotsFor(statement.items, names);
  const { node } = statement;
  const brokenLines = /[\r\n]/.test(node.text);
  if (brokenLines)
    return node.token('(') && isOneItemALine(statement)
      ? slots.flatMap((slot) => insertLines(path, statement, slot))
      : slots.map((slot) => insertInline(path, statement, slot));
  const added = names.reduce((sum, name) => sum + name.length + 2, 0);
  const column = indentOf(node.source, node.start).length;
  if (column + node.text.length + added <= lineLength || !standsAlone(node))
    return slots.map((slot) => insertInline(path, statement, slot));
  return explode(path, statement, slots);
}

function slotsFor(items: readonly ImportItem[], names: readonly string[]): readonly Slot[] {
  const order = orderOf(items.map((item) => item.name));
  const slots = new Map<number, string[]>();
  for (const name of names) {
    const bare = name.split(' ')[0] ?? name;
    const next = order ? items.findIndex((item) => order(item.name, bare) > 0) : -1;
    const after = next === -1 ? items.length - 1 : next - 1;
    slots.set(after, [...(slots.get(after) ?? []), name]);
  }
  return [...slots].map(([after, each]) => ({ after, names: each }));
}

function insertInline(path: string, { items }: ImportStatement, { after, names }: Slot): Edit {
  const text = names.join(', ');
  const item = items[after];
  if (item) return insert(path, item.node.end, `, ${text}`, 'after');
  return insert(path, items[0]?.node.start ?? 0, `${text}, `, 'before');
}

function isOneItemALine({ node, items }: ImportStatement): boolean {
  return items.every((item, index) => {
    const from = items[index - 1]?.node.end ?? node.token('(')?.end ?? node.start;
    return /[\r\n]/.test(node.source.slice(from, item.node.start));
  });
}

/** Each new name gets a line of its own after the line of the item before it, so that comments stay with their item. */
function insertLines(
  path: string,
  { node, items }: ImportStatement,
  { after, names }: Slot,
): Edit[] {
  const { source } = node;
  const first = items[0];
  if (!first) return [];
  const lead = newlineOf(source) + indentOf(source, first.node.start);
  const lines = names.map((name) => `${lead}${name}`);
  const item = items[after];
  const from = item?.node.end ?? node.token('(')?.end ?? node.start;
  const end = lineEnd(source, from);
  if (!item || after < items.length - 1)
    return [insert(path, end, lines.map((line) => `${line},`).join(''), 'after')];
  const comma = node.children.find((each) => each.text === ',' && each.start >= item.node.end);
  if (comma && comma.start < end)
    return [insert(path, end, lines.map((line) => `${line},`).join(''), 'after')];
  const closing = node.token(')');
  // `b)`: the closing bracket is on the line of the last item.
  const at = closing && closing.start < end ? item.node.end : end;
  if (at === item.node.end) return [insert(path, at, `,${lines.join(',')}`, 'after')];
  return [insert(path, item.node.end, ',', 'after'), insert(path, at, lines.join(','), 'after')];
}

/** Nothing else than a comment follows on the line. */
function standsAlone(node: PyNode): boolean {
  return /^[ \t]*(#|$)/.test(node.source.slice(node.end, lineEnd(node.source, node.end)));
}

/** Breaks a line that would be too long as black does: one name a line, a comma after each. */
function explode(path: string, statement: ImportStatement, slots: readonly Slot[]): Edit[] {
  const { node, items } = statement;
  const newline = newlineOf(node.source);
  const indent = indentOf(node.source, node.start);
  const lead = `${newline}${indent}    `;
  const extra = (after: number): readonly string[] =>
    slots.find((slot) => slot.after === after)?.names ?? [];
  const open = node.token('(');
  const close = node.token(')');
  const first = items[0];
  const last = items.at(-1);
  if (!first || !last) return [];
  const before = extra(-1)
    .map((name) => `${lead}${name},`)
    .join('');
  const edits: Edit[] = [
    replace(
      path,
      open?.end ?? first.node.start,
      first.node.start,
      `${open ? '' : '('}${before}${lead}`,
      'before',
    ),
  ];
  items.forEach((item, index) => {
    const names = extra(index).map((name) => `${lead}${name}`);
    const next = items[index + 1];
    if (next)
      edits.push(
        replace(
          path,
          item.node.end,
          next.node.start,
          [...names.map((name) => `,${name}`), `,${lead}`].join(''),
          'after',
        ),
      );
    else
      edits.push(
        replace(
          path,
          item.node.end,
          close?.start ?? node.end,
          [...names.map((name) => `,${name}`), `,${newline}${indent}${close ? '' : ')'}`].join(''),
          'after',
        ),
      );
  });
  return edits;
}

function insert(path: string, offset: number, text: string, attach: 'before' | 'after'): Edit {
  return { path, start: offset, end: offset, text, attach };
}

function replace(
  path: string,
  start: number,
  end: number,
  text: string,
  attach: 'before' | 'after',
): Edit {
  return start === end ? insert(path, start, text, attach) : { path, start, end, text };
}
