// The syntax tree of one Python file as plain read-only data. It knows nothing of tree-sitter, scopes or SQLAlchemy.

import type { Call, MethodCall } from './calls.ts';

/** A region of source text. Offsets are UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const UNNAMED: ReadonlySet<string> = new Set(['token', 'comment', 'line_continuation']);

/** The names that stand for numbers in a `NodeTable`. */
export interface Grammar {
  readonly kinds: readonly string[];
  readonly fields: readonly (string | null)[];
  /** The numbers of each kind: a name may have several. */
  readonly numbers: ReadonlyMap<string, readonly number[]>;
}

/** The nodes of one file as columns, in source order: a parent comes before its children. Threads can hand them to each other. */
export interface NodeColumns {
  readonly kind: Uint16Array<ArrayBuffer>;
  readonly field: Uint16Array<ArrayBuffer>;
  readonly start: Int32Array<ArrayBuffer>;
  readonly end: Int32Array<ArrayBuffer>;
  /** The index of the parent; -1 for the root. */
  readonly parent: Int32Array<ArrayBuffer>;
  /** The index after the last descendant. */
  readonly after: Int32Array<ArrayBuffer>;
}

/** The nodes of one file with all that is needed to make node objects from them on demand. */
export interface NodeTable extends NodeColumns {
  readonly text: string;
  readonly grammar: Grammar;
  /** The nodes made so far. */
  readonly made: (PyNode | undefined)[];
  /** The identifiers by name, once somebody asked. */
  identifiers: ReadonlyMap<string, readonly number[]> | null;
}

/**
 * One node of the syntax tree.
 *
 * `kind` is the grammar's name of the node (`call`, `identifier`, `comment`, …); keywords, operators and punctuation are kept as
 * nodes of kind `token`. A node has an identity: the same place of the same tree is always the same object.
 */
export class PyNode implements Span {
  readonly kind: string;
  /** The grammar's field name under which the parent holds this node, e.g. `function` or `arguments`. */
  readonly field: string | null;
  readonly start: number;
  readonly end: number;
  /** Where the node stands among the nodes of its file. */
  readonly table: NodeTable;
  readonly index: number;
  /** What `readCall` and `readMethodCall` made of the node, once they were asked. */
  call: Call | null | undefined = undefined;
  methodCall: MethodCall | null | undefined = undefined;
  private childList: readonly PyNode[] | null = null;
  private namedList: readonly PyNode[] | null = null;

  /** The node at an index of the table. */
  static at(table: NodeTable, index: number): PyNode {
    return (table.made[index] ??= new PyNode(table, index));
  }

  private constructor(table: NodeTable, index: number) {
    this.kind = table.grammar.kinds[table.kind[index] ?? 0] ?? 'ERROR';
    this.field = table.grammar.fields[table.field[index] ?? 0] ?? null;
    this.start = table.start[index] ?? 0;
    this.end = table.end[index] ?? 0;
    this.table = table;
    this.index = index;
  }

  /** The text of the whole file. */
  get source(): string {
    return this.table.text;
  }

  get parent(): PyNode | null {
    const parent = this.table.parent[this.index] ?? -1;
    return parent < 0 ? null : PyNode.at(this.table, parent);
  }

  get children(): readonly PyNode[] {
    return (this.childList ??= childrenIn(this.table, this.index));
  }

  /** The source text of the node, exactly as written. */
  get text(): string {
    return this.source.slice(this.start, this.end);
  }

  /** The children that are neither tokens nor comments nor line continuations. */
  get named(): readonly PyNode[] {
    return (this.namedList ??= this.children.filter((child) => !UNNAMED.has(child.kind)));
  }

  /** The first child held under `field`. */
  child(field: string): PyNode | null {
    const table = this.table;
    const { after } = table;
    const { fields } = table.grammar;
    const end = after[this.index] ?? 0;
    for (let index = this.index + 1; index < end; index = after[index] ?? end)
      if (fields[table.field[index] ?? 0] === field) return PyNode.at(table, index);
    return null;
  }

  /** All children held under `field`. */
  childrenOf(field: string): readonly PyNode[] {
    return this.children.filter((child) => child.field === field);
  }

  /** The first direct keyword, operator or punctuation child spelled `text`. */
  token(text: string): PyNode | null {
    return this.children.find((child) => child.kind === 'token' && child.text === text) ?? null;
  }
}

function childrenIn(table: NodeTable, parent: number): readonly PyNode[] {
  const { after } = table;
  const end = after[parent] ?? 0;
  const children: PyNode[] = [];
  for (let index = parent + 1; index < end; index = after[index] ?? end)
    children.push(PyNode.at(table, index));
  return children;
}

/** A place where the text is not valid Python 3. */
export interface SyntaxProblem {
  readonly offset: number;
  readonly problem: string;
}

/** A parsed file without its text and without node objects: what one thread hands to another. */
export interface FlatTree {
  readonly columns: NodeColumns;
  readonly problems: readonly SyntaxProblem[];
}

/** A parsed file. A tree with problems is still complete, but must not be rewritten. */
export interface PyTree {
  readonly text: string;
  readonly root: PyNode;
  readonly problems: readonly SyntaxProblem[];
  /** Where the text was rewritten: the way back to the one on disk. */
  readonly origin?: Origin;
}

/** The text that another one was made of by rewriting. */
export interface Origin {
  readonly text: string;
  /** The offset there of what stands at an offset now. */
  toOld(offset: number): number;
}

/** Calls `visit` on `node` and its descendants in source order; a `false` answer skips the node's children. */
export function walk(node: PyNode, visit: (node: PyNode) => boolean | void): void {
  if (visit(node) === false) return;
  for (const child of node.children) walk(child, visit);
}

/** All descendants of `node` (itself included) of the given kinds, in source order. Much cheaper than a walk. */
export function descendants(node: PyNode, ...kinds: readonly string[]): readonly PyNode[] {
  const { table } = node;
  const [only, ...others] = kinds.flatMap((kind) => table.grammar.numbers.get(kind) ?? []);
  const isWanted = others.length > 0 ? kindFilter(node, kinds) : null;
  const end = table.after[node.index] ?? 0;
  const found: PyNode[] = [];
  for (let index = node.index; index < end; index++)
    if (isWanted ? isWanted[table.kind[index] ?? 0] === 1 : table.kind[index] === only)
      found.push(PyNode.at(table, index));
  return found;
}

/** The identifiers spelled `name` in the file of `root`, in source order. */
export function identifiers({ table }: PyNode, name: string): readonly PyNode[] {
  return (identifiersOf(table).get(name) ?? []).map((index) => PyNode.at(table, index));
}

/** The different identifiers in the file of `root`. */
export function identifierNames({ table }: PyNode): Iterable<string> {
  return identifiersOf(table).keys();
}

/** Whether the file of `root` has an identifier spelled `name`. */
export function hasIdentifier({ table }: PyNode, name: string): boolean {
  return identifiersOf(table).has(name);
}

function identifiersOf(table: NodeTable): ReadonlyMap<string, readonly number[]> {
  return (table.identifiers ??= identifiersByName(table));
}

function identifiersByName(table: NodeTable): ReadonlyMap<string, readonly number[]> {
  const { kind, start, end, text } = table;
  const identifier = table.grammar.numbers.get('identifier')?.[0];
  const found = new Map<string, number[]>();
  for (let index = 0; index < kind.length; index++) {
    if (kind[index] !== identifier) continue;
    const name = text.slice(start[index], end[index]);
    const list = found.get(name);
    if (list) list.push(index);
    else found.set(name, [index]);
  }
  return found;
}

/** The children of `node` that are of the given kinds or have such descendants. */
export function childrenHolding(node: PyNode, isWanted: KindFilter): readonly PyNode[] {
  const { table } = node;
  const end = table.after[node.index] ?? 0;
  const found: PyNode[] = [];
  for (let child = node.index + 1; child < end; child = table.after[child] ?? end)
    if (holds(table, child, isWanted)) found.push(PyNode.at(table, child));
  return found;
}

function holds(table: NodeTable, node: number, isWanted: KindFilter): boolean {
  const end = table.after[node] ?? 0;
  for (let index = node; index < end; index++)
    if (isWanted[table.kind[index] ?? 0] === 1) return true;
  return false;
}

/** 1 at the numbers of the wanted kinds of nodes. */
export type KindFilter = Uint8Array;

/** The filter of some kinds for the file of `root`. */
export function kindFilter({ table }: PyNode, wanted: readonly string[]): KindFilter {
  const { kinds, numbers } = table.grammar;
  const filter = new Uint8Array(kinds.length);
  for (const kind of wanted) for (const number of numbers.get(kind) ?? []) filter[number] = 1;
  return filter;
}

/** The nearest ancestor of `node` (itself excluded) of one of the given kinds. */
export function enclosing(node: PyNode, ...kinds: readonly string[]): PyNode | null {
  for (let each = node.parent; each; each = each.parent) if (kinds.includes(each.kind)) return each;
  return null;
}

/** Whether `inner` lies within `outer`. */
export function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** The smallest node that covers the span. */
export function nodeAt(root: PyNode, span: Span): PyNode {
  const inner = root.children.find((child) => contains(child, span) && child.end > child.start);
  return inner ? nodeAt(inner, span) : root;
}
