// The text of import statements and of the lines around them. It decides nothing.
import { lineStart } from '../python/position.ts';

/** What one statement must import. */
export interface WantedImport {
  readonly module: string;
  /** `name` or `name as alias`; empty for `import module`. */
  readonly names: readonly string[];
  readonly alias: string | null;
  readonly neededAt: number;
}

/** The text of a new statement, without a line end; a long one has one name a line. */
export function statementText(
  want: WantedImport,
  indent: string,
  lineLength: number,
  newline: string,
): string {
  if (want.names.length === 0)
    return `import ${want.module}${want.alias === null ? '' : ` as ${want.alias}`}`;
  const line = `from ${want.module} import ${want.names.join(', ')}`;
  if (indent.length + line.length <= lineLength) return line;
  const names = want.names.map((name) => `${newline}${indent}    ${name},`).join('');
  return `from ${want.module} import (${names}${newline}${indent})`;
}

/** The line end that a file uses. */
export function newlineOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}

/** The offset of the end of the line (before its line end) that holds `offset`. */
export function lineEnd(text: string, offset: number): number {
  const match = /\r|\n/.exec(text.slice(offset));
  return match ? offset + match.index : text.length;
}

/** The blanks at the start of the line that holds `offset`. */
export function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? '';
}
