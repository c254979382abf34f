// Python text to a PyTree. The only module that knows web-tree-sitter; it does not decode files and knows no scopes.
import { readFile } from 'node:fs/promises';
import { Language, Parser, type Tree, type TreeCursor } from 'web-tree-sitter';
import { PyNode, type PyTree, type SyntaxProblem } from './tree.ts';

/** Parses Python source; reusable and synchronous once created. */
export interface PythonParser {
  /** Parses a whole file. Never throws on bad Python: what is wrong is listed in the tree's `problems`. */
  parse(text: string): PyTree;
}

/** Where the two WebAssembly files are. */
export interface ParserFiles {
  readonly runtime: string;
  readonly grammar: string;
}

/** Loads the runtime and the grammar (about 35 ms). */
export async function createParser(files: ParserFiles): Promise<PythonParser> {
  await Parser.init({ locateFile: () => files.runtime });
  const language = await Language.load(new Uint8Array(await readFile(files.grammar)));
  const parser = new Parser();
  parser.setLanguage(language);
  const kinds = nodeKinds(language);
  return {
    parse(text) {
      const tree = parser.parse(text);
      if (!tree) throw new Error('the Python parser gave no tree');
      try {
        return convert(tree, text, kinds, language.fields);
      } finally {
        tree.delete();
      }
    },
  };
}

function nodeKinds(language: Language): readonly string[] {
  return language.types.map((type, id) =>
    type === 'ERROR' || language.nodeTypeIsNamed(id) ? type : 'token',
  );
}

const PYTHON_2: ReadonlyMap<string, string> = new Map([
  ['print_statement', 'Python 2 `print` statement'],
  ['exec_statement', 'Python 2 `exec` statement'],
]);

function convert(
  tree: Tree,
  text: string,
  kinds: readonly string[],
  fields: readonly (string | null)[],
): PyTree {
  const problems: SyntaxProblem[] = [];
  const cursor = tree.walk();
  const root = convertNode(cursor, null, text, kinds, fields, problems);
  cursor.delete();
  if (tree.rootNode.hasError && problems.length === 0)
    problems.push({ offset: 0, problem: 'invalid syntax' });
  return { text, root, problems };
}

function convertNode(
  cursor: TreeCursor,
  parent: PyNode | null,
  text: string,
  kinds: readonly string[],
  fields: readonly (string | null)[],
  problems: SyntaxProblem[],
): PyNode {
  const kind = kinds[cursor.nodeTypeId] ?? 'ERROR';
  const start = cursor.startIndex;
  const end = cursor.endIndex;
  const children: PyNode[] = [];
  // The grammar gives the root a span that starts at the first token.
  const node = new PyNode(
    kind,
    fields[cursor.currentFieldId] ?? null,
    parent ? start : 0,
    parent ? end : text.length,
    parent,
    children,
    text,
  );
  if (kind === 'ERROR') problems.push({ offset: start, problem: 'invalid syntax' });
  else if (start === end && parent && cursor.nodeIsMissing)
    problems.push({ offset: start, problem: 'incomplete syntax' });
  // The grammar takes a header without a body; Python does not.
  if (kind === 'block' && start === end)
    problems.push({ offset: start, problem: 'a block without statements' });
  const old = PYTHON_2.get(kind);
  if (old) problems.push({ offset: start, problem: old });
  if (cursor.gotoFirstChild()) {
    do {
      const child = convertNode(cursor, node, text, kinds, fields, problems);
      const isInside = children.length === 0 && STARTED_BY_OPERAND.has(kind);
      children.push(isInside ? child : starOutside(child));
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

const STARTED_BY_OPERAND: ReadonlySet<string> = new Set(['attribute', 'call', 'subscript']);

/** In `[*a.b()]` the grammar may take the star for a part of `a` or of `a.b`; Python unpacks the whole. */
function starOutside(node: PyNode): PyNode {
  let first = node;
  while (STARTED_BY_OPERAND.has(first.kind) && first.children[0]) first = first.children[0];
  const [operand] = first.named;
  if (first === node || first.kind !== 'list_splat' || !operand) return node;
  const { field, start, end, parent, source } = node;
  const children: PyNode[] = [];
  const splat = new PyNode(first.kind, field, start, end, parent, children, source);
  for (const child of first.children)
    if (child !== operand) children.push(copied(child, splat, child.field));
  children.push(copied(node, splat, null, { splat: first, operand }));
  return splat;
}

/** A copy below another parent, in which `operand` stands where it was a part of `splat`. */
function copied(
  node: PyNode,
  parent: PyNode,
  field: string | null,
  moved: { readonly splat: PyNode; readonly operand: PyNode } | null = null,
): PyNode {
  const from = moved && node === moved.splat ? moved.operand : node;
  const children: PyNode[] = [];
  const start = moved && node.start === moved.splat.start ? moved.operand.start : from.start;
  const copy = new PyNode(from.kind, field, start, from.end, parent, children, from.source);
  for (const [index, child] of from.children.entries())
    children.push(copied(child, copy, child.field, index === 0 && from === node ? moved : null));
  return copy;
}
