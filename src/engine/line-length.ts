// Settles the line length of every file. How a file shows its length is the layout's knowledge.
import type { FileSettings, Settings } from '../project/settings.ts';
import type { PyTree } from '../python/tree.ts';
import type { Layers } from './layers.ts';

/** The default of Black and Ruff, for files that show nothing. */
const USUAL = 88;

/** The length that PEP 8 names, and how few characters below it are close to it. */
const PEP8 = 79;
const CLOSE = 10;

/** How many files are asked for the length of those that show none, and how many must agree. */
const ASKED = 30;
const AGREEING = 3;

interface Input {
  readonly trees: ReadonlyMap<string, PyTree>;
  readonly settings: Settings;
  readonly layers: Pick<Layers, 'inferLineLength'>;
  isEditable(path: string): boolean;
  lengthsOf?(path: string): ConfiguredLengths;
}

/** What the configuration of a project's tools says about the lines of one file. */
export interface ConfiguredLengths {
  /** The length that Black or Ruff is told. */
  readonly formatter: number | null;
  /** Black or Ruff is configured at all: without a length they take their usual one. */
  readonly isFormatted: boolean;
  /** The length from which Flake8 complains. */
  readonly linter: number | null;
}

/**
 * The settings of each file: with the line length that is configured for this program, else for the formatter, else the one that the
 * file was formatted to, else the one that most other files were formatted to, else the linter's, else that of PEP 8 where lines keep to it. What files show is read from the
 * texts as they were before the first pass.
 */
export function fileSettings(input: Input): (path: string) => FileSettings {
  const { trees, settings, layers } = input;
  const { lineLength } = settings;
  if (lineLength !== null) return () => ({ ...settings, lineLength });
  const known = new Map<string, number | null>();
  const lengthOf = (path: string): number | null => {
    const tree = trees.get(path);
    const found = known.get(path);
    if (found !== undefined || !tree) return found ?? null;
    const length = tree.problems.length > 0 ? null : layers.inferLineLength(tree);
    known.set(path, length);
    return length;
  };
  let others: number | null | undefined;
  let widest: number | null | undefined;
  return (path) => {
    const configured = input.lengthsOf?.(path);
    const own = configured?.formatter ?? lengthOf(path);
    if (own !== null) return { ...settings, lineLength: own };
    if (configured?.isFormatted) return { ...settings, lineLength: USUAL };
    if (others === undefined) others = mostCommon(sample(input).map(lengthOf));
    const said = others ?? configured?.linter;
    if (said) return { ...settings, lineLength: said };
    if (widest === undefined) widest = observed(sample(input).map((each) => trees.get(each)));
    return { ...settings, lineLength: widest ?? USUAL };
  };
}

/** Some editable files, spread evenly over all of them. */
function sample({ trees, isEditable }: Input): readonly string[] {
  const paths = [...trees.keys()].filter(isEditable).toSorted();
  const each = Math.max(1, Math.ceil(paths.length / ASKED));
  return paths.filter((_, index) => index % each === 0);
}

/** The length of PEP 8 where many lines come close to it, and next to none exceeds it. */
function observed(asked: readonly (PyTree | undefined)[]): number | null {
  let close = 0;
  let beyond = 0;
  for (const tree of asked)
    for (const { length } of tree?.text.split(/\r?\n/) ?? []) {
      if (length > PEP8) beyond += 1;
      else if (length > PEP8 - CLOSE) close += 1;
    }
  return close >= AGREEING * CLOSE && beyond * 50 < close ? PEP8 : null;
}

function mostCommon(lengths: readonly (number | null)[]): number | null {
  const counts = new Map<number, number>();
  for (const length of lengths)
    if (length !== null) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [first] = [...counts].toSorted(([one, many], [other, more]) => more - many || one - other);
  return first && first[1] >= AGREEING ? first[0] : null;
}
