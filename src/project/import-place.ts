// Finds where a new import statement belongs among those of a module, as isort would have it.
import { lineStart } from '../python/position.ts';
import type { PyNode, PyTree } from '../python/tree.ts';
import { newlineOf, type WantedImport } from './import-text.ts';
import {
  headImports,
  NAME_ORDERS,
  packageOf,
  sectionsOf,
  type ImportStatement,
  type NameOrder,
  type Section,
  type Sections,
} from './import-statements.ts';
import type { Module } from './modules.ts';

/** Where a statement goes, and the line ends around it. */
export interface Place {
  readonly offset: number;
  readonly before: string;
  readonly after: string;
  /** The order of the statements that stand there. */
  readonly order: KeyOrder;
}

/** What orders a statement among others. */
export interface OrderKey {
  readonly kind: 'import' | 'from';
  readonly module: string;
  readonly name: string;
}

/** Orders import statements of one section. */
export type KeyOrder = (a: OrderKey, b: OrderKey) => number;

/** A statement to be written, with what orders it among others of the same place. */
export interface NewStatement {
  readonly place: Place;
  readonly text: string;
  /** Index of its section. */
  readonly section: number;
  readonly key: OrderKey;
}

/** The sections in their order. */
export const SECTIONS: readonly Section[] = ['future', 'stdlib', 'library', 'own', 'local'];

/**
 * The sections of a module's imports: packages of the project have their own, unless the module keeps them among the libraries.
 * `isOwn` knows the top-level packages of the project.
 */
export function sectionsIn(
  { tree }: Module,
  statements: readonly ImportStatement[],
  isOwn: (topLevel: string) => boolean,
): Sections {
  const sections = sectionsOf(isOwn);
  const isMixed = blocksOf(tree, statements).some((block) => {
    const kinds = new Set(block.map((each) => sections(each.module)));
    return kinds.has('library') && kinds.has('own');
  });
  return isMixed ? sectionsOf(() => false) : sections;
}

/** The place of a new statement beside the module's unguarded imports `statements` (in source order). */
export function placeStatement(
  module: Module,
  want: WantedImport,
  statements: readonly ImportStatement[],
  sectionOf: Sections,
): Place {
  const { text } = module.tree;
  const newline = newlineOf(text);
  const blocks = blocksOf(module.tree, statements);
  const section = sectionOf(want.module);
  const block =
    blocks.find((each) =>
      each.some((other) => packageOf(other.module) === packageOf(want.module)),
    ) ?? blocks.find((each) => each.some((other) => sectionOf(other.module) === section));
  if (block) return inBlock(module, block, want, sectionOf);
  const rank = SECTIONS.indexOf(section);
  const earlier = statements.findLast((each) => SECTIONS.indexOf(sectionOf(each.module)) < rank);
  if (earlier) {
    const isLast = blocks.some((each) => each.at(-1) === earlier);
    const place = afterLine(text, earlier.node, newline);
    return isLast ? place : { ...place, before: newline };
  }
  const first = blocks[0]?.[0];
  if (first)
    return {
      offset: lineStart(text, first.node.start),
      before: '',
      after: newline + newline,
      order: USUAL_ORDER,
    };
  return atTop(module, newline);
}

/** What orders a statement that is still to be written. */
export function keyOfWanted({ module, names }: WantedImport): OrderKey {
  return { kind: names.length > 0 ? 'from' : 'import', module, name: names[0] ?? '' };
}

/** The place of a block that follows all imports of the module's head. */
export function placeAfterImports(module: Module, head: readonly ImportStatement[]): Place {
  const { text } = module.tree;
  const last = head.at(-1);
  return last ? afterLine(text, last.node, newlineOf(text)) : atTop(module, newlineOf(text));
}

/** Those of the statements that stand on consecutive lines, whatever other imports are between them. */
function blocksOf(
  tree: PyTree,
  statements: readonly ImportStatement[],
): readonly (readonly ImportStatement[])[] {
  const wanted = new Map(statements.map((each) => [each.node, each]));
  const blocks: ImportStatement[][] = [];
  let previous: PyNode | null = null;
  for (const { node } of headImports(tree)) {
    const statement = wanted.get(node);
    const gap = previous ? tree.text.slice(previous.end, node.start) : null;
    if (gap === null || !isAdjacent(gap)) blocks.push([]);
    if (statement) blocks.at(-1)?.push(statement);
    previous = node;
  }
  return blocks.filter((block) => block.length > 0);
}

/** At most one line end and a comment between two statements. */
function isAdjacent(gap: string): boolean {
  return /^[ \t]*(?:;[ \t]*|(?:#[^\r\n]*)?(?:\r\n|\n|\r))$/.test(gap);
}

function inBlock(
  module: Module,
  block: readonly ImportStatement[],
  want: WantedImport,
  sectionOf: Sections,
): Place {
  const { text } = module.tree;
  const section = sectionOf(want.module);
  const newline = newlineOf(text);
  const own = packageOf(module.name);
  const mixed = block.filter((each) => sectionOf(each.module) === section);
  const sorted = sortedBy(mixed);
  const order = sorted ?? USUAL_ORDER;
  const siblings = mixed.filter((each) => packageOf(each.module) === packageOf(want.module));
  const previous = sorted
    ? mixed.findLast((each) => sorted(keyOf(each), keyOfWanted(want)) <= 0)
    : siblings.length > 0
      ? siblings.findLast((each) => each.module <= want.module)
      : (mixed.findLast((each) => packageOf(each.module) !== own) ?? mixed.at(-1));
  if (previous)
    return { ...afterLine(text, previous.node, newline), before: newline, after: '', order };
  const first = (sorted ? mixed[0] : siblings[0]) ?? mixed[0] ?? block[0];
  return {
    offset: lineStart(text, first?.node.start ?? 0),
    before: '',
    after: newline,
    order,
  };
}

function keyOf({ module, kind, items }: ImportStatement): OrderKey {
  return { kind, module, name: items[0]?.name ?? '' };
}

/** The order that the statements are in: `import` lines first, or all by module; `null` for none. */
function sortedBy(statements: readonly ImportStatement[]): KeyOrder | null {
  const keys = statements.map(keyOf);
  return (
    NAME_ORDERS.flatMap(keyOrders).find((order) =>
      keys.every((key, index) => {
        const previous = keys[index - 1];
        return previous === undefined || order(previous, key) <= 0;
      }),
    ) ?? null
  );
}

function keyOrders(byName: NameOrder): readonly [KeyOrder, KeyOrder] {
  const byModule: KeyOrder = (a, b) =>
    compare(a.module.toLowerCase(), b.module.toLowerCase()) || byName(a.name, b.name);
  const byKind: KeyOrder = (a, b) =>
    compare(a.kind === 'import' ? 0 : 1, b.kind === 'import' ? 0 : 1) || byModule(a, b);
  return [byKind, (a, b) => byModule(a, b) || byKind(a, b)];
}

/** The order of new statements where those that stand there are in none. */
const [USUAL_ORDER] = keyOrders(NAME_ORDERS[0]);

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A new block after the line of a statement. */
function afterLine(text: string, node: PyNode, newline: string): Place {
  const match = /\r|\n/.exec(text.slice(node.end));
  const offset = match ? node.end + match.index : text.length;
  return { offset, before: newline + newline, after: '', order: USUAL_ORDER };
}

/** After the file's opening comments and docstring. */
function atTop(module: Module, newline: string): Place {
  const { text, root } = module.tree;
  const [first, second] = root.children.filter((node) => node.kind !== 'comment');
  const isDocstring =
    first?.kind === 'expression_statement' && first.children[0]?.kind === 'string';
  if (first && isDocstring) {
    const place = afterLine(text, first, newline);
    const follows = second?.kind.endsWith('_definition') === true;
    const blank = /^(\r\n|\n|\r)[ \t]*(\r\n|\n|\r)/.test(text.slice(place.offset));
    // An import that goes leaves its place to the new one.
    if (!blank && second?.kind.startsWith('import')) return { ...place, before: newline };
    return { ...place, after: second && !blank ? newline + (follows ? newline : '') : '' };
  }
  const offset = openingComments(text);
  const rest = text.slice(offset);
  const gap =
    rest === '' || /^\s*$/.test(rest)
      ? newline
      : newline + newline + (/^\s*(class|def|async|@)/.test(rest) ? newline : '');
  const lead =
    offset > 0 && !/(\n|\r)[ \t]*(\n|\r\n?)$/.test(text.slice(0, offset)) && !/^(\r|\n)/.test(rest)
      ? newline
      : '';
  return { offset, before: lead, after: gap, order: USUAL_ORDER };
}

/** The end of the comment block that opens a file: shebang, encoding, license. A comment right above code belongs to that code. */
function openingComments(text: string): number {
  let offset = 0;
  let comments = 0;
  for (const line of text.split(/(?<=\r\n|\n|\r(?!\n))/)) {
    if (/^[ \t\uFEFF]*#/.test(line)) {
      comments += line.length;
      if (/^\uFEFF?#!|coding[:=]/.test(line)) offset = comments;
    } else {
      if (/^\s*$/.test(line)) return comments + (comments > 0 ? line.length : 0);
      return offset;
    }
  }
  return comments;
}
