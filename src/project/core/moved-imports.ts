// Moves names of a `from` statement to another module. It decides nothing about which names move.
import { importBindings, type ImportedBinding } from '../../binder/imports.ts';
import type { Edit } from '../../edits/edit.ts';
import { itemRemovals } from '../../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../../python/tree.ts';
import { movedTo } from '../../sqlalchemy/moved.ts';
import type { NameUse, RuleContext } from '../rule.ts';

/** A name of an import statement and where it comes from now. */
export interface MovedBinding {
  readonly binding: ImportedBinding;
  readonly module: string;
  readonly name: string;
}

/** The edits and imports that move names of a statement; `null` where it cannot be done in place. */
export function moveNames(
  node: PyNode,
  moved: readonly MovedBinding[],
  context: RuleContext,
): { readonly edits: readonly Edit[]; readonly uses: readonly NameUse[] } | null {
  const sharesLine = !hasOwnLine(node);
  const { names } = importBindings(node);
  const homes = new Set(moved.map((each) => each.module));
  const source = node.child('module_name');
  const [home] = homes;
  const isWhole = homes.size === 1 && moved.length === names.length;
  // Inside functions, and where a comment belongs to the statement, it stays where it is.
  const mustStay = node.parent?.kind !== 'module' || sharesLine || hasComment(node);
  const isSame = homes.size === 1 && home === source?.text;
  if (home !== undefined && source && (isSame || (isWhole && mustStay)))
    return {
      edits: [
        ...(home === source.text ? [] : [context.replace(source, home)]),
        ...moved.flatMap((each) => renameItem(each, context)),
      ],
      uses: [],
    };
  if (node.parent?.kind !== 'module' || sharesLine) return null;
  const items = node
    .childrenOf('name')
    .filter((item) => moved.some((each) => contains(item, each.binding.node)));
  const edits =
    moved.length === names.length
      ? [context.replace(lineOf(node), '')]
      : itemRemovals(node, items).map((span) => context.replace(span, ''));
  return { edits, uses: moved.map((each) => requestFor(each, context)) };
}

/** Whether another branch of an `if` around the statement imports the name from its new home: this one is for older versions. */
export function isForOlderVersions(
  statement: PyNode,
  { binding, module, name }: MovedBinding,
): boolean {
  const branches = enclosing(statement, 'if_statement');
  if (!branches) return false;
  return (
    descendants(branches, 'import_from_statement').some((other) =>
      importBindings(other).names.some(
        ({ node, imported }) =>
          node.text === binding.node.text && imported.module === module && imported.name === name,
      ),
    ) || isForOlderVersions(branches, { binding, module, name })
  );
}

/** Writes `new as bound` for a name that changed besides. */
function renameItem({ binding, name }: MovedBinding, context: RuleContext): readonly Edit[] {
  if (binding.imported.name === name) return [];
  const item = binding.node.parent;
  const imported = item?.kind === 'aliased_import' ? item.child('name') : null;
  return [
    imported
      ? context.replace(imported, name)
      : context.replace(binding.node, `${name} as ${binding.node.text}`),
  ];
}

function requestFor({ binding, module, name }: MovedBinding, context: RuleContext): NameUse {
  const { text } = binding.node;
  return {
    text,
    request: { path: context.path, module, name, alias: text === name ? null : text },
  };
}

function hasComment(statement: PyNode): boolean {
  const { source, end } = statement;
  return descendants(statement, 'comment').length > 0 || /^[ \t]*#/.test(source.slice(end));
}

/** Whether nothing but a comment stands beside a statement: no `import a; import b`. */
function hasOwnLine({ source, start, end }: PyNode): boolean {
  const before = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  return before.trim() === '' && /^[ \t]*(#|[\r\n]|$)/.test(source.slice(end));
}

/** The statement with its line end; where its block goes with it, with one of the blank lines around that block. */
function lineOf(node: PyNode): { readonly start: number; readonly end: number } {
  const { source } = node;
  const rest = /^[ \t]*(\r\n|\n|\r)?/.exec(source.slice(node.end))?.[0].length ?? 0;
  const end = node.end + rest;
  const blank = /^[ \t]*(\r\n|\n|\r)/.exec(source.slice(end))?.[0].length ?? 0;
  const isAlone = /(^|\n|\r)[ \t]*(\r\n|\n|\r)$|^$/.test(source.slice(0, blockStart(node)));
  return { start: node.start, end: end + (isAlone ? blank : 0) };
}

/** Where the statements right above a statement begin that go as wholly as it does. */
function blockStart(node: PyNode): number {
  const siblings = node.parent?.children ?? [];
  let first = node;
  for (let index = siblings.indexOf(node) - 1; index >= 0; index--) {
    const above = siblings[index];
    if (!above || !isWhollyMoved(above)) break;
    if (!/^[ \t]*(\r\n|\n|\r)$/.test(node.source.slice(above.end, first.start))) break;
    first = above;
  }
  return first.start;
}

function isWhollyMoved(node: PyNode): boolean {
  if (node.kind !== 'import_from_statement' || hasComment(node)) return false;
  return importBindings(node).names.every(
    ({ imported: { level, module, name } }) =>
      level === 0 && name !== null && movedTo(module, name) !== null,
  );
}
