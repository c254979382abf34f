// Finds where a new import statement belongs among those of a module, as isort would have it.
import type { PyNode } from '../python/tree.ts';
import { lineStart } from '../python/position.ts';
import { newlineOf, type WantedImport } from './import-text.ts';
import { byType, sectionOf, type ImportStatement, type Section } from './import-statements.ts';
import type { Module } from './modules.ts';

/** Where a statement goes, and the line ends around it. */
export interface Place {
  readonly offset: number;
  readonly before: string;
  readonly after: string;
}

/** A statement to be written, with what orders it among others of the same place. */
export interface NewStatement {
  readonly place: Place;
  readonly text: string;
  /** Index of its section. */
  readonly section: number;
  /** Orders statements of one section. */
  readonly key: string;
}

/** The sections in their order. */
export const SECTIONS: readonly Section[] = ['future', 'stdlib', 'library', 'local'];

/** The place of a new statement beside the module's unguarded imports `statements` (in source order). */
export function placeStatement(
  module: Module,
  want: WantedImport,
  statements: readonly ImportStatement[],
): Place {
  const { text } = module.tree;
  const newline = newlineOf(text);
  const blocks = blocksOf(text, statements);
  const section = sectionOf(want.module);
  const block =
    blocks.find((each) =>
      each.some((other) => packageOf(other.module) === packageOf(want.module)),
    ) ?? blocks.find((each) => each.some((other) => sectionOf(other.module) === section));
  if (block) return inBlock(module, block, want, section);
  const earlier = statements.findLast((each) => rank(each.module) < SECTIONS.indexOf(section));
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
    };
  return atTop(module, newline);
}

/** The place of a block that follows all imports of the module's head. */
export function placeAfterImports(module: Module, head: readonly ImportStatement[]): Place {
  const { text } = module.tree;
  const last = head.at(-1);
  return last ? afterLine(text, last.node, newlineOf(text)) : atTop(module, newlineOf(text));
}

function packageOf(module: string): string {
  return module.split('.')[0] ?? module;
}

function rank(module: string): number {
  return SECTIONS.indexOf(sectionOf(module));
}

/** Imports on consecutive lines. */
function blocksOf(
  text: string,
  statements: readonly ImportStatement[],
): readonly (readonly ImportStatement[])[] {
  const blocks: ImportStatement[][] = [];
  for (const statement of statements) {
    const last = blocks.at(-1);
    const previous = last?.at(-1);
    const gap = previous ? text.slice(previous.node.end, statement.node.start) : null;
    if (last && gap !== null && isAdjacent(gap)) last.push(statement);
    else blocks.push([statement]);
  }
  return blocks;
}

/** At most one line end and a comment between two statements. */
function isAdjacent(gap: string): boolean {
  return /^[ \t]*(?:;[ \t]*|(?:#[^\r\n]*)?(?:\r\n|\n|\r))$/.test(gap);
}

function inBlock(
  module: Module,
  block: readonly ImportStatement[],
  want: WantedImport,
  section: Section,
): Place {
  const { text } = module.tree;
  const newline = newlineOf(text);
  const own = packageOf(module.name);
  const kind = want.names.length > 0 ? 'from' : 'import';
  const mixed = block.filter((each) => sectionOf(each.module) === section);
  const order = sortedBy(mixed);
  const mine: OrderKey = {
    section: rank(want.module),
    kind,
    module: want.module,
    name: want.names[0] ?? '',
  };
  const previous = order
    ? mixed.findLast((each) => order(keyOf(each), mine) <= 0)
    : (mixed.findLast(
        (each) => packageOf(each.module) === packageOf(want.module) && each.module <= want.module,
      ) ??
      mixed.findLast((each) => packageOf(each.module) !== own) ??
      mixed.at(-1));
  if (previous) return { ...afterLine(text, previous.node, newline), before: newline, after: '' };
  const first = mixed[0] ?? block[0];
  return {
    offset: lineStart(text, first?.node.start ?? 0),
    before: '',
    after: newline,
  };
}

interface OrderKey {
  readonly section: number;
  readonly kind: 'import' | 'from';
  readonly module: string;
  readonly name: string;
}

function keyOf({ module, kind, items }: ImportStatement): OrderKey {
  return { section: rank(module), kind, module, name: items[0]?.name ?? '' };
}

/** The order that the statements are in: `import` lines first, or all by module; `null` for none. */
function sortedBy(
  statements: readonly ImportStatement[],
): ((a: OrderKey, b: OrderKey) => number) | null {
  const byModule = (a: OrderKey, b: OrderKey): number =>
    compare(a.module.toLowerCase(), b.module.toLowerCase()) || byType(a.name, b.name);
  const byKind = (a: OrderKey, b: OrderKey): number =>
    compare(a.kind === 'import' ? 0 : 1, b.kind === 'import' ? 0 : 1) || byModule(a, b);
  const byModuleThenKind = (a: OrderKey, b: OrderKey): number => byModule(a, b) || byKind(a, b);
  const keys = statements.map(keyOf);
  return (
    [byKind, byModuleThenKind].find((order) =>
      keys.every((key, index) => {
        const previous = keys[index - 1];
        return previous === undefined || order(previous, key) <= 0;
      }),
    ) ?? null
  );
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A new block after the line of a statement. */
function afterLine(text: string, node: PyNode, newline: string): Place {
  const match = /\r|\n/.exec(text.slice(node.end));
  const offset = match ? node.end + match.index : text.length;
  return { offset, before: newline + newline, after: '' };
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
  return { offset, before: lead, after: gap };
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
