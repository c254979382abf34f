// Names places for people: paths as seen from where the command was given, lines and columns in the original text.
import { isAbsolute, join, relative } from 'node:path';
import { toPosix } from '../engine/discover.ts';
import type { Run } from '../engine/run.ts';
import { positionsOf, type Position, type Positions } from '../python/position.ts';

/** Names the places of one run. */
export interface Places {
  /** A path relative to the root, as shown. */
  path(path: string): string;
  /** `path:line:column` of an offset in the original text. */
  at(path: string, offset: number): string;
  position(path: string, offset: number): Position;
}

/** Prepares the places of a run: paths are shown relative to `cwd`, or to the root when a file lies outside of `cwd`. */
export function placesOf({ sources, editable }: Run, root: string, cwd: string): Places {
  const isInside = (path: string): boolean => {
    const shown = relative(cwd, join(root, path));
    return !shown.startsWith('..') && !isAbsolute(shown);
  };
  const base = editable.every(isInside) ? cwd : root;
  const known = new Map<string, Positions>();
  const show = (path: string): string => toPosix(relative(base, join(root, path)));
  const position = (path: string, offset: number): Position => {
    const positions = known.get(path) ?? positionsOf(sources.texts.get(path) ?? '');
    known.set(path, positions);
    return positions.at(offset);
  };
  return {
    path: show,
    position,
    at(path, offset) {
      const { line, column } = position(path, offset);
      return `${show(path)}:${line}:${column}`;
    },
  };
}
