// The syntax tree of one Python file as plain read-only data. It knows nothing of tree-sitter, scopes or SQLAlchemy.

/** A region of source text. Offsets are UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const UNNAMED: ReadonlySet<string> = new Set(['token', 'comment', 'line_continuation']);

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
  readonly parent: PyNode | null;
  readonly children: readonly PyNode[];
  readonly source: string;

  constructor(
    kind: string,
    field: string | null,
    start: number,
    end: number,
    parent: PyNode | null,
    children: readonly PyNode[],
    source: string,
  ) {
    this.kind = kind;
    this.field = field;
    this.start = start;
    this.end = end;
    this.parent = parent;
    this.children = children;
    this.source = source;
  }

  /** The source text of the node, exactly as written. */
  get text(): string {
    return this.source.slice(this.start, this.end);
  }

  /** The children that are neither tokens nor comments nor line continuations. */
  get named(): readonly PyNode[] {
    return this.children.filter((child) => !UNNAMED.has(child.kind));
  }

  /** The first child held under `field`. */
  child(field: string): PyNode | null {
    return this.children.find((child) => child.field === field) ?? null;
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

/** A place where the text is not valid Python 3. */
export interface SyntaxProblem {
  readonly offset: number;
  readonly problem: string;
}

/** A parsed file. A tree with problems is still complete, but must not be rewritten. */
export interface PyTree {
  readonly text: string;
  readonly root: PyNode;
  readonly problems: readonly SyntaxProblem[];
}

/** Calls `visit` on `node` and its descendants in source order; a `false` answer skips the node's children. */
export function walk(node: PyNode, visit: (node: PyNode) => boolean | void): void {
  if (visit(node) === false) return;
  for (const child of node.children) walk(child, visit);
}

/** All descendants of `node` (itself included) of the given kind, in source order. */
export function descendants(node: PyNode, kind: string): readonly PyNode[] {
  const found: PyNode[] = [];
  walk(node, (each) => {
    if (each.kind === kind) found.push(each);
  });
  return found;
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
