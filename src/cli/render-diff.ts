// Renders rewritten files as a unified patch that `git apply` takes, plain or coloured.
import { formatPatch } from 'diff';
import type { Colors } from 'picocolors/types.js';
import type { Run } from '../engine/run.ts';
import { hunksOf } from './diff-hunks.ts';
import type { Places } from './places.ts';

/** The patch of a run; empty when nothing changed. */
export function renderDiff({ changed, sources, files }: Run, places: Places): string {
  return changed
    .map((path) =>
      renderFile(places.path(path), sources.texts.get(path) ?? '', files.get(path) ?? ''),
    )
    .join('');
}

function renderFile(path: string, before: string, after: string): string {
  const patch = {
    oldFileName: `a/${path}`,
    newFileName: `b/${path}`,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: hunksOf(before, after),
  };
  return formatPatch(patch, {
    includeIndex: false,
    includeUnderline: false,
    includeFileHeaders: true,
  });
}

/** The patch as a terminal shows it. */
export function colorDiff(patch: string, colors: Colors): string {
  return patch
    .split('\n')
    .map((line) => {
      if (line.startsWith('--- ') || line.startsWith('+++ ')) return colors.bold(line);
      if (line.startsWith('@@')) return colors.cyan(line);
      if (line.startsWith('+')) return colors.green(line);
      return line.startsWith('-') ? colors.red(line) : line;
    })
    .join('\n');
}
