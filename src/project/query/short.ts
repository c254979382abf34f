// Cuts the text of an expression for messages.
import type { PyNode } from '../../python/tree.ts';

/** The text of an expression, cut for messages. */
export function short(node: PyNode): string {
  const text = node.text.replaceAll(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
