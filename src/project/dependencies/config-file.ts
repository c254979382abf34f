// Reads requirements from the files in which Python projects keep them. It resolves nothing and judges no versions.
import type { Span } from '../../python/tree.ts';
import { listedRequirements } from './lists.ts';
import { tomlRequirements } from './toml.ts';
import type { SpecifierStyle } from './versions.ts';

/** One requirement as it is written. */
export interface Requirement extends Span {
  /** Lower case, `-` for `_` and `.`. */
  readonly name: string;
  /** Where the name ends. */
  readonly nameEnd: number;
  /** With brackets, `null` if there are none. */
  readonly extras: (Span & { readonly names: readonly string[] }) | null;
  /** `null` if any version will do. */
  readonly specifier: (Span & { readonly text: string }) | null;
  readonly style: SpecifierStyle;
  /** What has to go with the requirement: its line, or its item with a comma. */
  readonly whole: Span;
  /** The version is fixed by a tool, with hashes or for a lock. */
  readonly isLocked: boolean;
  /** It holds in some environments only: a matrix of versions. */
  readonly isConditional: boolean;
  /** It is written as a table: `{version = "…"}`. */
  readonly isTable: boolean;
  /** A constraint: it installs nothing, and takes no extras. */
  readonly isConstraint: boolean;
}

/** A file with requirements or with settings of tools. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly requirements: readonly Requirement[];
}

const LISTS =
  /^(?:.*[-_.])?(?:requirements?|constraints?|deps|dependencies)(?:[-_.].*)?\.(?:txt|in|pip)$/i;
const OTHERS =
  /^(?:pyproject\.toml|Pipfile|setup\.cfg|setup\.py|tox\.ini|pytest\.ini|\.?mypy\.ini|(?:conda-)?env(?:ironment)?(?:[-_.].*)?\.ya?ml)$/i;

/** Whether a file may hold requirements or settings of tools, by its name. */
export function isConfigFile(path: string): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  const folder = parts.at(-2) ?? '';
  if (LISTS.test(name) || OTHERS.test(name)) return true;
  return /^(requirements|constraints)$/i.test(folder) && /\.(txt|in|pip)$/.test(name);
}

/** Reads a file. */
export function readConfigFile(path: string, text: string): ConfigFile {
  const name = path.split('/').at(-1) ?? '';
  if (!/sqlalchemy|sqlmypy/i.test(text)) return { path, text, requirements: [] };
  const requirements =
    name === 'pyproject.toml' || name === 'Pipfile'
      ? tomlRequirements(text)
      : listedRequirements(name, path, text);
  return { path, text, requirements };
}
