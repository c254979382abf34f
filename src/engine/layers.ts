// What the engine takes from the layers below, in one place: the parser, the project facts, import planning, layout, the rules.
import type { Edit, ImportRequest } from '../edits/edit.ts';
import type { Facts } from '../project/facts.ts';
import type { Project } from '../project/project.ts';
import type { UseOptions } from '../project/imports.ts';
import type { NameUse, Transform } from '../project/rule.ts';
import type { FileSettings, Settings } from '../project/settings.ts';
import type { PythonParser } from '../python/parse.ts';
import type { PyNode, PyTree, Span } from '../python/tree.ts';

/** How a statement is to be written. */
export interface LayoutOptions {
  readonly indent: string;
  readonly lineLength: number;
  readonly newline: string;
  /** Whether backslashes at line ends may go. */
  readonly joinsLines?: boolean;
}

/** Everything that a pass calls outside the engine; tests hand in their own rules. */
export interface Layers {
  readonly parser: PythonParser;
  readonly transforms: readonly Transform[];
  buildProject(
    trees: ReadonlyMap<string, PyTree>,
    settings: Settings,
    previous: Project | null,
  ): Project;
  /** How a name is spelled at a place; `pending` are the imports that other rules of the pass asked for. */
  spellName(
    facts: Facts,
    qualifiedName: string,
    at: PyNode,
    pending: readonly ImportRequest[],
    options: UseOptions,
  ): NameUse;
  /** The edits that add the requested imports to one file. */
  planImports(
    facts: Facts,
    requests: readonly ImportRequest[],
    settings: FileSettings,
    touched: readonly Span[],
  ): readonly Edit[];
  /** The edits that drop imports of `after` that were used in `before` and are not any more, or else join those that stand twice. */
  tidyImports(before: Facts, after: Facts, settings: FileSettings): readonly Edit[];
  /** The parts of a statement that make one logical line: all of a simple one, the header of a compound one. */
  logicalLine(statement: PyNode): readonly PyNode[] | null;
  /** The line length to which a formatter has laid out the file, if one has. */
  inferLineLength(tree: PyTree): number | null;
  isLaidOut(statement: PyNode, options: LayoutOptions): boolean;
  /** Whether the parts of a logical line hang from their brackets as a formatter writes them. */
  isHanging(parts: readonly PyNode[]): boolean;
  layoutStatement(statement: PyNode, options: LayoutOptions): string | null;
}
