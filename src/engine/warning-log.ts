// Reads the warnings of SQLAlchemy 1.4 out of what Python or pytest printed. It knows no project.
import { stripVTControlCharacters } from 'node:util';

/** The classes of the warnings. */
export type Category = 'LegacyAPIWarning' | 'MovedIn20Warning' | 'RemovedIn20Warning';

/** One warning at one place. */
export interface LoggedWarning {
  /** As it was printed, with `/`. */
  readonly path: string;
  readonly line: number;
  readonly category: Category;
  /** Without the address of the documentation. */
  readonly message: string;
  /** The source line that was printed below it, `null` if there is none. */
  readonly code: string | null;
}

const WARNING =
  /^(.*\S):(\d+): (?:[\w.]+\.)?((?:Moved|Removed)In20Warning|LegacyAPIWarning): (.*)$/;
const CATEGORIES: readonly Category[] = [
  'LegacyAPIWarning',
  'MovedIn20Warning',
  'RemovedIn20Warning',
];
const NOTES = /\s*\((?:Background on SQLAlchemy 2\.0 at|deprecated since): [^)]*\)/g;

/** The warnings of a log, each place and text once, in the order of the log. */
export function readWarningLog(log: string): readonly LoggedWarning[] {
  const lines = stripVTControlCharacters(log).split(/\r\n|\r|\n/);
  const found = new Map<string, LoggedWarning>();
  for (const [index, text] of lines.entries()) {
    const [, path, line, category, message] = WARNING.exec(text) ?? [];
    if (path === undefined || message === undefined) continue;
    const warning: LoggedWarning = {
      path: path.trimStart().replaceAll('\\', '/'),
      line: Number(line),
      category: CATEGORIES.find((each) => each === category) ?? 'RemovedIn20Warning',
      message: message.replaceAll(NOTES, '').trim(),
      code: codeBelow(text, lines[index + 1]),
    };
    const key = `${warning.path}\0${line ?? ''}\0${warning.message}`;
    if (!found.has(key)) found.set(key, warning);
  }
  return [...found.values()];
}

/** The source line stands deeper than its warning. */
function codeBelow(warning: string, next: string | undefined): string | null {
  if (next === undefined || next.trim() === '') return null;
  const depth = (text: string): number => text.length - text.trimStart().length;
  return depth(next) > depth(warning) ? next.trim() : null;
}
