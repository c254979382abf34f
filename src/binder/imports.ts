// Reads import statements. It follows none of them.
import type { PyNode } from '../python/tree.ts';
import type { ImportedName, StarImport } from './scope.ts';

/** One name that an import statement binds. */
export interface ImportedBinding {
  /** The identifier that is bound. */
  readonly node: PyNode;
  readonly imported: ImportedName;
}

/** What an import statement binds. */
export interface ImportStatement {
  readonly names: readonly ImportedBinding[];
  readonly star: StarImport | null;
}

/** Reads an `import`, `from … import` or `from __future__ import` statement. */
export function importBindings(statement: PyNode): ImportStatement {
  if (statement.kind === 'import_statement')
    return { names: statement.childrenOf('name').flatMap(plainImport), star: null };
  const { level, module } = sourceModule(statement);
  if (statement.children.some((child) => child.kind === 'wildcard_import'))
    return { names: [], star: { node: statement, level, module } };
  const names = statement.childrenOf('name').flatMap((node) => {
    const name = node.kind === 'aliased_import' ? node.child('name') : node;
    const bound = node.kind === 'aliased_import' ? node.child('alias') : node.named[0];
    return name && bound ? [{ node: bound, imported: { level, module, name: dotted(name) } }] : [];
  });
  return { names, star: null };
}

function plainImport(node: PyNode): readonly ImportedBinding[] {
  if (node.kind === 'aliased_import') {
    const alias = node.child('alias');
    const name = node.child('name');
    return alias && name
      ? [{ node: alias, imported: { level: 0, module: dotted(name), name: null } }]
      : [];
  }
  const head = node.named[0];
  return head ? [{ node: head, imported: { level: 0, module: head.text, name: null } }] : [];
}

function sourceModule(statement: PyNode): { readonly level: number; readonly module: string } {
  if (statement.kind === 'future_import_statement') return { level: 0, module: '__future__' };
  const source = statement.child('module_name');
  if (source?.kind !== 'relative_import') return { level: 0, module: source ? dotted(source) : '' };
  const prefix = source.children.find((child) => child.kind === 'import_prefix');
  const name = source.children.find((child) => child.kind === 'dotted_name');
  return { level: (prefix?.text.match(/\./g) ?? []).length, module: name ? dotted(name) : '' };
}

function dotted(name: PyNode): string {
  return name.named.length > 0 ? name.named.map((part) => part.text).join('.') : name.text;
}
