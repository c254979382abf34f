// Reads the import statements at the top level of a module as data. It changes nothing.
import { importBindings } from '../binder/imports.ts';
import type { PyNode, PyTree } from '../python/tree.ts';
import { STDLIB } from '../python/stdlib.ts';

/** One item of an import statement. */
export interface ImportItem {
  /** The whole item, alias included. */
  readonly node: PyNode;
  /** The imported member or module. */
  readonly name: string;
  readonly alias: string | null;
}

/** One import statement. */
export interface ImportStatement {
  readonly node: PyNode;
  readonly kind: 'import' | 'from';
  /** The module imported from, leading dots included; of `import a, b` the first one. */
  readonly module: string;
  readonly items: readonly ImportItem[];
  readonly isStar: boolean;
}

/** The order of sections that isort keeps. */
export type Section = 'future' | 'stdlib' | 'library' | 'own' | 'local';

/** Tells the section of a module by its name. */
export type Sections = (module: string) => Section;

/** Reads an import statement, `null` for any other node. */
export function readImport(node: PyNode): ImportStatement | null {
  if (node.kind !== 'import_statement' && !isFrom(node)) return null;
  const items = node.childrenOf('name').map((each) => {
    const aliased = each.kind === 'aliased_import';
    const name = aliased ? (each.child('name') ?? each) : each;
    return {
      node: each,
      name: name.text,
      alias: aliased ? (each.child('alias')?.text ?? null) : null,
    };
  });
  const module =
    node.kind === 'future_import_statement'
      ? '__future__'
      : (node.child('module_name')?.text ?? items[0]?.name ?? '');
  return {
    node,
    kind: isFrom(node) ? 'from' : 'import',
    module: module.replaceAll(/\s/g, ''),
    items,
    isStar: importBindings(node).star !== null,
  };
}

function isFrom(node: PyNode): boolean {
  return node.kind === 'import_from_statement' || node.kind === 'future_import_statement';
}

/** The unguarded imports of a module's head: before the first class or function, and before `limit`. */
export function headImports(tree: PyTree, limit = Infinity): readonly ImportStatement[] {
  const definition = tree.root.children.find((node) => node.kind.endsWith('_definition'));
  const end = Math.min(definition?.start ?? Infinity, limit);
  return tree.root.children
    .filter((node) => node.end <= end)
    .map(readImport)
    .filter((statement) => statement !== null);
}

/** Whether the file imports one name a statement even where several come from the same module. */
export function isSingleLineStyle(head: readonly ImportStatement[]): boolean {
  const from = head.filter((each) => each.kind === 'from' && !each.isStar);
  const modules = new Set(from.map((each) => each.module));
  return modules.size < from.length && from.every((each) => each.items.length === 1);
}

/** Tells the sections of imports; `isOwn` knows the top-level packages of the project. */
export function sectionsOf(isOwn: (topLevel: string) => boolean): Sections {
  return (module) => {
    if (module === '__future__') return 'future';
    if (module.startsWith('.')) return 'local';
    const topLevel = packageOf(module);
    if (STDLIB.has(topLevel)) return 'stdlib';
    return isOwn(topLevel) ? 'own' : 'library';
  };
}

/** The first part of a dotted name. */
export function packageOf(module: string): string {
  return module.split('.')[0] ?? module;
}

/** Orders the names of a `from` import. */
export type NameOrder = (a: string, b: string) => number;

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byFoldedText(a: string, b: string): number {
  return byText(a.toLowerCase(), b.toLowerCase()) || byText(a, b);
}

/** isort's default: constants, classes, then the rest. */
function byType(a: string, b: string): number {
  return typeRank(a) - typeRank(b) || byFoldedText(a, b);
}

function typeRank(name: string): number {
  if (name.length > 1 && name === name.toUpperCase()) return 0;
  return /^[A-Z]/.test(name) ? 1 : 2;
}

/** The orders that sorters make, the usual one first. */
export const NAME_ORDERS: readonly [NameOrder, ...NameOrder[]] = [byType, byFoldedText, byText];

/** The order that a list of names is in, `null` if it is in none that sorters make. */
export function orderOf(names: readonly string[]): NameOrder | null {
  return (
    NAME_ORDERS.find((order) =>
      names.every((name, index) => index === 0 || order(names[index - 1] ?? '', name) <= 0),
    ) ?? null
  );
}

/** The statement that can take more names of a module; isort keeps names with an alias on lines of their own. */
export function extendable(
  statements: readonly ImportStatement[],
  want: { readonly module: string; readonly names: readonly string[] },
): ImportStatement | null {
  if (want.names.length === 0) return null;
  const fitting = statements.filter(
    (each) =>
      each.kind === 'from' && !each.isStar && each.module === want.module && each.items.length > 0,
  );
  const plain = fitting.find((each) => each.items.every(({ alias }) => alias === null));
  return plain ?? fitting[0] ?? null;
}
