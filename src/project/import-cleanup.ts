// Finds the imports that a rewrite left unused and removes them. It never removes what was unused before.
import type { Binding } from '../binder/scope.ts';
import type { Edit } from '../edits/edit.ts';
import { STDLIB } from '../python/stdlib.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import {
  headImports,
  readImport,
  type ImportItem,
  type ImportStatement,
} from './import-statements.ts';
import { canonicalName } from '../sqlalchemy/names.ts';
import type { Module } from './modules.ts';

/** Packages without side effects on import that matter: a name of theirs that nobody reads may go. */
const PACKAGES: ReadonlySet<string> = new Set([
  'sqlalchemy',
  'sqlalchemy_utils',
  'flask_sqlalchemy',
]);

/**
 * Edits of `after` that remove the names of SQLAlchemy's family and of the standard library that `before` read and `after` no longer reads.
 * Kept: what `__all__`, an annotation in quotes or another module (`isImportedElsewhere(module, name)`) uses, `x as x`, alternatives in `try`, and lines with a comment.
 */
export function unusedImports(
  before: Module,
  after: Module,
  isImportedElsewhere: (module: Module, name: string) => boolean,
  lineLength: number,
): readonly Edit[] {
  const quoted = quotedNames(after);
  const statements = new Map<PyNode, Set<string>>();
  for (const binding of after.binding.imports) {
    if (quoted.has(binding.name) || !mayRemove(binding)) continue;
    if (isRead(after, binding) || !wasRead(before, binding)) continue;
    if (binding.scope.kind === 'module' && isImportedElsewhere(after, binding.name)) continue;
    const names = statements.get(binding.statement) ?? new Set();
    statements.set(binding.statement, names.add(binding.name));
  }
  const whole = new Set([...statements].filter(isWhole).map(([node]) => node));
  return [...statements].flatMap(
    ([node, names]) =>
      joined(before, after, node, names, lineLength) ??
      removeNames(after, node, names, { whole, lineLength }),
  );
}

/** Whether every name of the statement goes. */
function isWhole([node, names]: readonly [PyNode, ReadonlySet<string>]): boolean {
  const items = readImport(node)?.items ?? [];
  return items.every((item) => isNamed(item, names)) && descendants(node, 'comment').length === 0;
}

function isNamed(item: ImportItem, names: ReadonlySet<string>): boolean {
  return names.has(item.alias ?? item.name.split('.')[0] ?? '');
}

/** A statement that only our own additions made long goes back to one line when it fits again. */
function joined(
  before: Module,
  after: Module,
  node: PyNode,
  names: ReadonlySet<string>,
  lineLength: number,
): readonly Edit[] | null {
  const statement = readImport(node);
  if (statement?.kind !== 'from' || !node.text.includes('\n') || node.text.includes('#'))
    return null;
  const was = headImports(before.tree).filter(({ module }) => module === statement.module);
  if (was.some((each) => each.node.text.includes('\n'))) return null;
  const kept = statement.items.filter((item) => !names.has(item.alias ?? item.name));
  const text = `from ${statement.module} import ${kept.map((item) => item.node.text).join(', ')}`;
  if (kept.length === 0 || text.length > lineLength || node.parent?.kind !== 'module') return null;
  return [{ path: after.path, start: node.start, end: node.end, text }];
}

function mayRemove(binding: Binding): boolean {
  const { imported, statement, scope, name } = binding;
  if (!imported || imported.level > 0 || imported.module === '__future__') return false;
  const head = imported.module.split('.')[0] ?? '';
  if (!PACKAGES.has(head) && !STDLIB.has(head)) return false;
  const isOneThing = (scope.bindings.get(name) ?? []).every(
    (other) => canonicalOf(other) === canonicalOf(binding),
  );
  if (!isOneThing || scope.kind === 'class') return false;
  const item = boundItem(binding);
  if (!item || item.alias === item.name) return false;
  // `import a.b` also makes `a.b` reachable for others.
  if (imported.name === null && item.name.includes('.')) return false;
  return enclosing(statement, 'try_statement') === null;
}

function boundItem(binding: Binding): ImportItem | null {
  const items = readImport(binding.statement)?.items ?? [];
  return items.find((item) => (item.alias ?? item.name.split('.')[0]) === binding.name) ?? null;
}

function isRead(module: Module, binding: Binding): boolean {
  return module.binding.references(binding.scope, binding.name).length > 0;
}

/** Whether something read the import before; one that only the rewrites made need not have been read. */
function wasRead(before: Module, binding: Binding): boolean {
  const same = before.binding.imports.filter(
    (other) => other.name === binding.name && canonicalOf(other) === canonicalOf(binding),
  );
  return (
    same.length === 0 ||
    same.some((other) => other.scope.kind === binding.scope.kind && isRead(before, other))
  );
}

/** What is imported, wherever it is imported from: a rewrite may have moved the import. */
function canonicalOf({ imported }: Binding): string {
  if (!imported) return '';
  return imported.name === null
    ? imported.module
    : canonicalName(`${imported.module}.${imported.name}`);
}

/** Every word of strings that may be read as names: annotations, subscripts, arguments of `cast()` and the like, `__all__`. */
function quotedNames({ tree }: Module): ReadonlySet<string> {
  const words = new Set<string>();
  const add = (text: string): void => {
    for (const word of text.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) words.add(word[0]);
  };
  for (const node of descendants(tree.root, 'string'))
    if (enclosing(node, 'type', 'subscript', 'generic_type') || isTypingCall(node) || isAll(node))
      add(node.text);
  for (const node of descendants(tree.root, 'comment'))
    if (/^#\s*type:/.test(node.text)) add(node.text);
  return words;
}

const TYPING_CALLS: ReadonlySet<string> = new Set(['ForwardRef', 'NewType', 'TypeVar', 'cast']);

function isTypingCall(node: PyNode): boolean {
  const callee = enclosing(node, 'call')?.child('function')?.text ?? '';
  return TYPING_CALLS.has(callee.split('.').at(-1) ?? '');
}

function isAll(node: PyNode): boolean {
  const assignment = enclosing(node, 'assignment', 'augmented_assignment');
  return assignment?.child('left')?.text === '__all__';
}

interface Removal {
  /** The statements that go as a whole. */
  readonly whole: ReadonlySet<PyNode>;
  readonly lineLength: number;
}

function removeNames(
  module: Module,
  node: PyNode,
  names: ReadonlySet<string>,
  { whole, lineLength }: Removal,
): readonly Edit[] {
  const statement = readImport(node);
  if (!statement) return [];
  const dead = statement.items.filter((item) => isNamed(item, names));
  if (dead.length === 0) return [];
  return dead.length === statement.items.length
    ? removeStatement(module, node, whole)
    : removeItems(module.path, statement, dead, lineLength);
}

/** A block that only holds what goes (`whole`) keeps a `pass`, but for `if TYPE_CHECKING:`, which goes with it. */
function removeStatement(
  module: Module,
  node: PyNode,
  whole: ReadonlySet<PyNode>,
): readonly Edit[] {
  const { path, tree } = module;
  const { text } = tree;
  if (descendants(node, 'comment').length > 0) return [];
  const start = text.slice(0, node.start).search(/[^\r\n]*$/);
  const rest = /^[^\r\n]*(\r\n|\n|\r|$)/.exec(text.slice(node.end))?.[0] ?? '';
  // Something else is on the line: a comment, or another statement.
  if (text.slice(start, node.start).trim() !== '' || rest.trim() !== '') return [];
  if (node.parent?.kind === 'block' && node.parent.named.every((each) => whole.has(each))) {
    const guard = node.parent.parent;
    const isFirst = node.parent.named[0] === node;
    if (guard && isTypingGuard(guard)) return isFirst ? removeStatement(module, guard, whole) : [];
    if (isFirst) return [{ path, start: node.start, end: node.end, text: 'pass' }];
  }
  const blankBefore = start === 0 || /(^|\r\n|\n|\r)[ \t]*(\r\n|\n|\r)$/.test(text.slice(0, start));
  const end = node.end + rest.length;
  const blank = /^[ \t]*(\r\n|\n|\r)/.exec(text.slice(end))?.[0] ?? '';
  return [{ path, start, end: end + (blankBefore ? blank.length : 0), text: '' }];
}

/** `if TYPE_CHECKING:` without an `else` or a comment. */
function isTypingGuard(node: PyNode): boolean {
  return (
    node.kind === 'if_statement' &&
    node.child('alternative') === null &&
    /^(\w+\.)?TYPE_CHECKING$/.test(node.child('condition')?.text ?? '') &&
    descendants(node, 'comment').length === 0
  );
}

/** Removes items with one comma each; an item with a line of its own goes with its line, unless a comment stands there. */
function removeItems(
  path: string,
  { node, items }: ImportStatement,
  dead: readonly ImportItem[],
  lineLength: number,
): readonly Edit[] {
  const { source } = node;
  const edits: Edit[] = [];
  const kept = items.filter((item) => !dead.includes(item));
  const lastKept = kept.at(-1);
  for (const item of dead) {
    const next = items[items.indexOf(item) + 1];
    const trailing = /^\s*,/.exec(source.slice(item.node.end))?.[0].length ?? 0;
    const line = ownLine(source, item, trailing);
    if (line === 'comment') continue;
    if (line) edits.push({ path, ...line, text: '' });
    else if (lastKept && item.node.start > lastKept.node.end) {
      const previous = items[items.indexOf(item) - 1] ?? item;
      edits.push({ path, start: previous.node.end, end: item.node.end, text: '' });
    } else {
      const last = edits.at(-1);
      const joins = last !== undefined && last.end === item.node.start;
      const start = joins ? last.start : item.node.start;
      if (joins) edits.pop();
      const gap = /,([ \t]+)$/.exec(lineBefore(source, start))?.[1];
      const rest = /^\s*,[ \t]*\r?\n[ \t]*(.*)/.exec(source.slice(item.node.end))?.[1];
      const breaks =
        rest !== undefined && lineBefore(source, start).length + rest.length > lineLength;
      // The last one of its line leaves the line break, where the next line would not fit.
      edits.push(
        gap !== undefined && breaks
          ? { path, start: start - gap.length, end: item.node.end + trailing, text: '' }
          : { path, start, end: next?.node.start ?? item.node.end, text: '' },
      );
    }
  }
  return edits.some((edit) => source.slice(edit.start, edit.end).includes('#')) ? [] : edits;
}

function lineBefore(source: string, start: number): string {
  return source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
}

function ownLine(
  source: string,
  item: ImportItem,
  trailing: number,
): { readonly start: number; readonly end: number } | 'comment' | null {
  const start = source.slice(0, item.node.start).search(/[^\r\n]*$/);
  const after = /^[^\r\n]*(\r\n|\n|\r|$)/.exec(source.slice(item.node.end + trailing))?.[0] ?? '';
  if (source.slice(start, item.node.start).trim() !== '') return null;
  if (after.trim().startsWith('#')) return 'comment';
  if (after.trim() !== '' || trailing === 0) return null;
  return { start, end: item.node.end + trailing + after.length };
}
