// Writes and extends the `if TYPE_CHECKING:` block of a module. Which names it needs is decided elsewhere.
import type { Edit, ImportRequest } from '../edits/edit.ts';
import type { PyNode } from '../python/tree.ts';
import { extendImport } from './import-extend.ts';
import { placeAfterImports, SECTIONS, type NewStatement } from './import-place.ts';
import {
  extendable,
  readImport,
  type ImportStatement,
  type Sections,
} from './import-statements.ts';
import { indentOf, lineEnd, newlineOf, statementText, type WantedImport } from './import-text.ts';
import type { Module } from './modules.ts';

function insertion(path: string, offset: number, text: string): Edit {
  return { path, start: offset, end: offset, text, attach: 'before' };
}

/** The first `if TYPE_CHECKING:` at the top level that has a body on lines of its own. */
export function typingGuard({ tree }: Module): PyNode | null {
  for (const node of tree.root.children) {
    const condition = node.kind === 'if_statement' ? (node.child('condition')?.text ?? '') : '';
    const body = node.child('consequence');
    const line = body ? tree.text.slice(node.start, body.start) : '';
    if (/^(\w+\.)?TYPE_CHECKING$/.test(condition) && body && /[\r\n]/.test(line)) return body;
  }
  return null;
}

/** The imports of a guarded block. */
export function blockImports(block: PyNode): readonly ImportStatement[] {
  return block.children.map(readImport).filter((each) => each !== null);
}

/** The edits that add imports to a guarded block. */
export function extendGuard(
  module: Module,
  body: PyNode,
  statements: readonly ImportStatement[],
  wants: readonly WantedImport[],
  lineLength: number,
): readonly Edit[] {
  const { path, tree } = module;
  const newline = newlineOf(tree.text);
  const indent = indentOf(tree.text, body.start);
  const fresh = wants.filter((want) => !extendable(statements, want));
  const edits = wants.flatMap((want) => {
    const target = extendable(statements, want);
    return target ? extendImport(path, target, want.names, lineLength) : [];
  });
  if (fresh.length === 0) return edits;
  const lines = fresh.map((want) => statementText(want, indent, lineLength, newline));
  const [only] = body.named;
  if (body.named.length === 1 && only?.kind === 'pass_statement')
    return [
      ...edits,
      { path, start: only.start, end: only.end, text: lines.join(newline + indent) },
    ];
  const last = statements.at(-1);
  if (!last)
    return [
      ...edits,
      insertion(path, body.start, lines.map((line) => line + newline + indent).join('')),
    ];
  const end = lineEnd(tree.text, last.node.end);
  return [...edits, insertion(path, end, lines.map((line) => newline + indent + line).join(''))];
}

/** A new `if TYPE_CHECKING:` block after the imports of the module's head. */
export function newGuard(
  module: Module,
  condition: string,
  head: readonly ImportStatement[],
  wants: readonly WantedImport[],
  sectionOf: Sections,
  lineLength: number,
): NewStatement {
  const { text } = module.tree;
  const newline = newlineOf(text);
  const rank = (want: WantedImport): number => SECTIONS.indexOf(sectionOf(want.module));
  const sorted = wants.toSorted((a, b) => rank(a) - rank(b));
  const lines = sorted.map((want, index) => {
    const previous = sorted[index - 1];
    const gap = previous && rank(previous) !== rank(want) ? newline : '';
    return `${gap}${newline}    ${statementText(want, '    ', lineLength, newline)}`;
  });
  const place = placeAfterImports(module, head);
  // It comes behind all imports, so nothing is ordered by its key.
  const key = { kind: 'import', module: '', name: '' } as const;
  return { place, text: `if ${condition}:${lines.join('')}`, section: SECTIONS.length, key };
}

/** How the module spells TYPE_CHECKING, and the import that it needs for that. */
export function typeCheckingName(
  module: Module,
  head: readonly ImportStatement[],
): {
  readonly text: string;
  readonly request: ImportRequest | null;
} {
  for (const { kind, module: from, items } of head)
    for (const item of items) {
      if (kind === 'from' && from === 'typing' && item.name === 'TYPE_CHECKING')
        return { text: item.alias ?? item.name, request: null };
      if (kind === 'import' && item.name === 'typing')
        return { text: `${item.alias ?? item.name}.TYPE_CHECKING`, request: null };
    }
  return {
    text: 'TYPE_CHECKING',
    request: { path: module.path, module: 'typing', name: 'TYPE_CHECKING', alias: null },
  };
}
