// What surrounds an example in the program that is made of it.

/** A way to make a whole module of an example. */
export type Place = (example: string) => string;

export const START = '# example starts';
export const END = '# example ends';

/** The lines of a text, one level deeper. */
export function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ');
}
