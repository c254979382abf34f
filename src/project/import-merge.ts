// Joins `from` imports of one module that the rewrites left in several statements. It never joins what stood apart before.
import type { Edit } from '../edits/edit.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import { extendImport } from './import-extend.ts';
import { headImports, isSingleLineStyle, type ImportStatement } from './import-statements.ts';
import type { Module } from './modules.ts';

/** The edits that move the names of an added statement to another one of the same module, where nothing but imports stands between the two. */
export function joinedImports(before: Module, after: Module, lineLength: number): readonly Edit[] {
  const old = headImports(before.tree);
  const head = headImports(after.tree).filter(isPlain);
  if (isSingleLineStyle(old)) return [];
  return [...new Set(head.map(({ module }) => module))].flatMap((module) => {
    const same = head.filter((each) => each.module === module);
    const stood = old.filter((each) => each.kind === 'from' && each.module === module);
    if (same.length < 2 || stood.length > 1) return [];
    const [source] = same
      .filter((each) => isMovable(each) && !stood.some(({ node }) => node.text === each.node.text))
      .toSorted((a, b) => a.items.length - b.items.length);
    const target = same.find(
      (each) => each !== source && source && isNear(each, source) && ownLines(each.node),
    );
    if (!source || !target) return [];
    const names = source.items
      .filter((item) => !target.items.some((each) => each.node.text === item.node.text))
      .map(({ node }) => node.text);
    return [...extendImport(after.path, target, names, lineLength), removal(after, source.node)];
  });
}

/** Names without aliases: sorters of imports keep those with `as` in statements of their own. */
function isPlain({ kind, isStar, node }: ImportStatement): boolean {
  return kind === 'from' && !isStar && descendants(node, 'aliased_import').length === 0;
}

function isMovable({ node, items }: ImportStatement): boolean {
  return items.length > 0 && descendants(node, 'comment').length === 0 && ownLines(node) !== null;
}

/** Whether only imports stand between two statements of the module. */
function isNear(one: ImportStatement, other: ImportStatement): boolean {
  const [first, last] = one.node.start < other.node.start ? [one, other] : [other, one];
  return (one.node.parent?.named ?? [])
    .filter(({ start, end }) => start > first.node.start && end < last.node.end)
    .every(({ kind }) => /^(import|import_from|future_import)_statement$|^comment$/.test(kind));
}

function removal({ path }: Module, node: PyNode): Edit {
  const lines = ownLines(node);
  return { path, start: lines?.start ?? node.start, end: lines?.end ?? node.end, text: '' };
}

/** The lines of a statement that shares them with nothing. */
function ownLines({
  source,
  start,
  end,
}: PyNode): { readonly start: number; readonly end: number } | null {
  const from = source.slice(0, start).search(/[^\r\n]*$/);
  const rest = /^[^\r\n]*(\r\n|\n|\r|$)/.exec(source.slice(end))?.[0] ?? '';
  if (source.slice(from, start).trim() !== '' || rest.trim() !== '') return null;
  return { start: from, end: end + rest.length };
}
