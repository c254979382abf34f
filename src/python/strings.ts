// Reads string literals. It evaluates no f-strings.
import type { PyNode } from './tree.ts';

/** A string literal, implicit concatenation included. */
export interface StringLiteral {
  /** The text between the quotes, escapes decoded only as far as `\\n`, `\\t`, quotes and backslash go. */
  readonly value: string;
  readonly isBytes: boolean;
  /** Contains interpolations: the value is not known. */
  readonly isFormatted: boolean;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\n', ''],
]);

/** Reads a `string` or `concatenated_string` node; `null` for any other node. */
export function readString(node: PyNode | null): StringLiteral | null {
  if (node?.kind === 'concatenated_string') {
    const parts = node.named.map(readString);
    if (parts.some((part) => part === null)) return null;
    const literals = parts.filter((part) => part !== null);
    return {
      value: literals.map((part) => part.value).join(''),
      isBytes: literals.some((part) => part.isBytes),
      isFormatted: literals.some((part) => part.isFormatted),
    };
  }
  if (node?.kind !== 'string') return null;
  const prefix = (node.children[0]?.text ?? '').toLowerCase();
  const content = node.source.slice(
    node.children[0]?.end ?? node.start,
    node.children.at(-1)?.start ?? node.end,
  );
  return {
    value: prefix.includes('r') ? content : unescape(content),
    isBytes: prefix.includes('b'),
    isFormatted: prefix.includes('f') || prefix.includes('t'),
  };
}

/** The value of a plain text literal: no bytes, no interpolation; else `null`. */
export function stringValue(node: PyNode | null): string | null {
  const literal = readString(node);
  return literal && !literal.isBytes && !literal.isFormatted ? literal.value : null;
}

function unescape(content: string): string {
  return content.replaceAll(/\\([\s\S])/g, (_, escaped: string) => ESCAPES.get(escaped) ?? escaped);
}
