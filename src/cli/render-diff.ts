// Renders rewritten files as a unified patch that `git apply` takes, plain or coloured.
import { formatPatch, structuredPatch } from 'diff';
import type { Colors } from 'picocolors/types.js';
import type { Run } from '../engine/run.ts';
import { changedRegions } from './diff-regions.ts';
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
  const [old, next] = [linesOf(before), linesOf(after)];
  const hunks = changedRegions(old, next, CONTEXT).flatMap((region) => {
    const part = structuredPatch(
      '',
      '',
      old.slice(...region.before).join(''),
      next.slice(...region.after).join(''),
      undefined,
      undefined,
      { context: CONTEXT },
    );
    return part.hunks.map((hunk) => ({
      ...hunk,
      oldStart: hunk.oldStart + region.before[0],
      newStart: hunk.newStart + region.after[0],
    }));
  });
  const patch = {
    oldFileName: `a/${path}`,
    newFileName: `b/${path}`,
    oldHeader: undefined,
    newHeader: undefined,
    hunks,
  };
  return formatPatch(patch, {
    includeIndex: false,
    includeUnderline: false,
    includeFileHeaders: true,
  });
}

/** The unchanged lines around a change. */
const CONTEXT = 3;

/** The lines with their ends. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
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
