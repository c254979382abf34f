// Offsets to lines, columns and bytes. It knows nothing of syntax.

/** A place as people and reports name it: line and column start at 1, byte (UTF-8) at 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly byte: number;
}

/** Answers positions in one text. */
export interface Positions {
  /** The place of a UTF-16 offset; columns count code points. */
  at(offset: number): Position;
}

/** Prepares the positions of `text`; lines end at LF, CRLF or CR. */
export function positionsOf(text: string): Positions {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  const bytes = [0];
  return {
    at(offset) {
      const line = lineAt(starts, offset);
      const start = starts[line] ?? 0;
      for (let next = bytes.length; next <= line; next++)
        bytes.push(
          (bytes[next - 1] ?? 0) + Buffer.byteLength(text.slice(starts[next - 1], starts[next])),
        );
      const before = text.slice(start, offset);
      return {
        line: line + 1,
        column: [...before].length + 1,
        byte: (bytes[line] ?? 0) + Buffer.byteLength(before),
      };
    },
  };
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where the line starts that holds an offset; a lone carriage return ends a line too. */
export function lineStart(text: string, offset: number): number {
  if (offset <= 0) return 0;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  // Files without any carriage return are not searched for one up to their beginning.
  return start + text.slice(start, offset).lastIndexOf('\r') + 1;
}
