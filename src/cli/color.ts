// Decides whether output is coloured, and makes the colours.
import picocolors from 'picocolors';
import type { Colors } from 'picocolors/types.js';

/** What `--color` says. */
export type ColorChoice = 'auto' | 'always' | 'never';

/** Whether text for a stream is coloured: by the option, else by the environment, else on a terminal. */
export function isColored(choice: ColorChoice, stream: NodeJS.WriteStream): boolean {
  if (choice !== 'auto') return choice === 'always';
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  // `isTTY` is undefined, not false, where the stream is no terminal.
  return stream.isTTY ? TERM !== 'dumb' : false;
}

/** The colours for a stream. */
export function colorsFor(choice: ColorChoice, stream: NodeJS.WriteStream): Colors {
  return picocolors.createColors(isColored(choice, stream));
}
