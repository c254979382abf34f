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
    do children.push(convertNode(cursor, node, text, kinds, fields, problems));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}
