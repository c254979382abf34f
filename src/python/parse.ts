// Python text to a PyTree. The only module that knows web-tree-sitter; it does not decode files and knows no scopes.
import { readFile } from 'node:fs/promises';
import { Language, Parser, type Tree, type TreeCursor } from 'web-tree-sitter';
import {
  PyNode,
  type FlatTree,
  type Grammar,
  type NodeColumns,
  type NodeTable,
  type PyTree,
  type SyntaxProblem,
} from './tree.ts';

/** Parses Python source; reusable and synchronous once created. */
export interface PythonParser {
  /** Parses a whole file. Never throws on bad Python: what is wrong is listed in the tree's `problems`. */
  parse(text: string): PyTree;
  /** Parses a whole file for another thread. */
  flatten(text: string): FlatTree;
  /** The tree that another thread parsed. */
  revive(text: string, flat: FlatTree): PyTree;
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
  const grammar = grammarOf(language);
  const flatten = (text: string): FlatTree => {
    const tree = parser.parse(text);
    if (!tree) throw new Error('the Python parser gave no tree');
    try {
      return convert(tree, text, grammar);
    } finally {
      tree.delete();
    }
  };
  const revive = (text: string, { columns, problems }: FlatTree): PyTree => ({
    text,
    root: PyNode.at(tableOf(columns, text, grammar), 0),
    problems,
  });
  return { parse: (text) => revive(text, flatten(text)), flatten, revive };
}

function grammarOf(language: Language): ParserGrammar {
  const types = language.types.map((type, id) => (language.nodeTypeIsNamed(id) ? type : 'token'));
  const kinds = interned([...types, 'ERROR']);
  const numbers = new Map<string, number[]>();
  for (const [number, kind] of kinds.entries())
    numbers.set(kind, [...(numbers.get(kind) ?? []), number]);
  return {
    kinds,
    fields: language.fields.map((field) => (field === null ? null : (interned([field])[0] ?? ''))),
    numbers,
    error: types.length,
    // `not in` is made of two tokens.
    tokenLength: Uint8Array.from(language.types, (type, id) =>
      types[id] === 'token' && !type.includes(' ') ? type.length : 0,
    ),
    oldProblems: kinds.map((kind) => PYTHON_2.get(kind)),
    isLeaf: Uint8Array.from(kinds, (kind, id) =>
      LEAVES.has(kind) || (kind === 'token' && !language.types[id]?.includes(' ')) ? 1 : 0,
    ),
  };
}

/** The same strings as the engine keeps literals: comparing those is comparing addresses. */
function interned(strings: readonly string[]): readonly string[] {
  return strings.map((each) => Object.keys({ [each]: true })[0] ?? each);
}

/** What the conversion of trees needs to know of the grammar. */
interface ParserGrammar extends Grammar {
  /** The number of `ERROR`. */
  readonly error: number;
  /** The length of each token that is always spelled in one way, else 0. */
  readonly tokenLength: Uint8Array;
  /** 1 for nodes that have no children. */
  readonly isLeaf: Uint8Array;
  /** What is wrong with statements of Python 2, by number. */
  readonly oldProblems: readonly (string | undefined)[];
}

const LEAVES: ReadonlySet<string> = new Set([
  'comment',
  'ellipsis',
  'escape_sequence',
  'false',
  'float',
  'identifier',
  'integer',
  'line_continuation',
  'none',
  'string_end',
  'string_start',
  'true',
]);

const PYTHON_2: ReadonlyMap<string, string> = new Map([
  ['print_statement', 'Python 2 `print` statement'],
  ['exec_statement', 'Python 2 `exec` statement'],
]);

/** Deeper trees are no code that a person wrote, and would exhaust the stack of what walks them. */
const DEEPEST = 1500;

function convert(tree: Tree, text: string, grammar: ParserGrammar): FlatTree {
  const { descendantCount, hasError } = tree.rootNode;
  const columns = emptyColumns(descendantCount);
  const cursor = tree.walk();
  const problems: SyntaxProblem[] = [];
  try {
    fill(columns, cursor, grammar, hasError, problems);
  } finally {
    cursor.delete();
  }
  closeRoot(columns, text);
  if (text.includes('*')) starsOutside(columns, grammar);
  if (hasError && problems.length === 0) problems.push({ offset: 0, problem: 'invalid syntax' });
  return { columns, problems };
}

function emptyColumns(count: number): NodeColumns {
  return {
    kind: new Uint16Array(count),
    field: new Uint16Array(count),
    start: new Int32Array(count),
    end: new Int32Array(count),
    parent: new Int32Array(count),
    after: new Int32Array(count),
  };
}

function tableOf(columns: NodeColumns, text: string, grammar: Grammar): NodeTable {
  const made: (PyNode | undefined)[] = [];
  made.length = columns.kind.length;
  return { ...columns, text, grammar, made, identifiers: null };
}

/** Copies the tree below a cursor in source order. Each question to the cursor crosses into WebAssembly, so few are asked. */
function fill(
  table: NodeColumns,
  cursor: TreeCursor,
  { kinds, error, tokenLength, isLeaf, oldProblems }: ParserGrammar,
  hasError: boolean,
  problems: SyntaxProblem[],
): void {
  let parent = -1;
  let depth = 0;
  for (let index = 0; ; index++) {
    const type = cursor.nodeTypeId;
    const kind = type < error ? type : error;
    const start = cursor.startIndex;
    const length = hasError ? 0 : (tokenLength[kind] ?? 0);
    const end = length > 0 ? start + length : cursor.endIndex;
    table.kind[index] = kind;
    table.field[index] = cursor.currentFieldId;
    table.start[index] = start;
    table.end[index] = end;
    table.parent[index] = parent;
    if (kind === error) problems.push({ offset: start, problem: 'invalid syntax' });
    else if (hasError && start === end && parent >= 0 && cursor.nodeIsMissing)
      problems.push({ offset: start, problem: 'incomplete syntax' });
    // The grammar takes a header without a body; Python does not.
    if (start === end && kinds[kind] === 'block')
      problems.push({ offset: start, problem: 'a block without statements' });
    const old = oldProblems[kind];
    if (old !== undefined) problems.push({ offset: start, problem: old });
    if (isLeaf[kind] === 0 && cursor.gotoFirstChild()) {
      if (++depth > DEEPEST) throw new Error('it is nested too deeply');
      parent = index;
      continue;
    }
    table.after[index] = index + 1;
    while (!cursor.gotoNextSibling()) {
      if (parent < 0) return;
      cursor.gotoParent();
      depth--;
      table.after[parent] = index + 1;
      parent = table.parent[parent] ?? -1;
    }
  }
}

/** The grammar gives the root a span that starts at the first token. */
function closeRoot({ start, end }: NodeColumns, text: string): void {
  start[0] = 0;
  end[0] = text.length;
}

const STARTED_BY_OPERAND: ReadonlySet<string> = new Set(['attribute', 'call', 'subscript']);

/** In `[*a.b()]` the grammar may take the star for a part of `a` or of `a.b`; Python unpacks the whole. */
function starsOutside(table: NodeColumns, { kinds, numbers }: Grammar): void {
  const splat = numbers.get('list_splat')?.[0];
  const startsParent = (index: number): boolean =>
    index > 0 &&
    table.parent[index] === index - 1 &&
    STARTED_BY_OPERAND.has(kinds[table.kind[index - 1] ?? 0] ?? '');
  for (let index = 0; index < table.kind.length; index++) {
    if (table.kind[index] !== splat || !startsParent(index)) continue;
    let outer = index;
    while (startsParent(outer)) outer--;
    moveStar(table, outer, index);
  }
}

/** Moves the splat at `splat` around the expression at `outer`, whose chain of first children leads to it. */
function moveStar(table: NodeColumns, outer: number, splat: number): void {
  const { kind, field, start, end, parent, after } = table;
  const at = (numbers: NodeColumns['kind'] | NodeColumns['start'], index: number): number =>
    numbers[index] ?? 0;
  const operand = splat + 2;
  const record = (index: number) => ({
    kind: at(kind, index),
    field: at(field, index),
    start: at(start, index),
    end: at(end, index),
    after: at(after, index),
  });
  const chain = Array.from({ length: splat - outer }, (_, step) => record(outer + step));
  const [first] = chain;
  const star = record(splat + 1);
  const inner = record(splat);
  if (!first) return;
  const write = (index: number, node: ReturnType<typeof record>, owner: number): void => {
    kind[index] = node.kind;
    field[index] = node.field;
    start[index] = node.start;
    end[index] = node.end;
    after[index] = node.after;
    parent[index] = owner;
  };
  const from = at(start, operand);
  write(
    outer,
    { ...inner, field: first.field, end: first.end, after: first.after },
    at(parent, outer),
  );
  write(outer + 1, { ...star, after: outer + 2 }, outer);
  for (const [step, node] of chain.entries())
    write(
      outer + 2 + step,
      { ...node, start: from, field: step === 0 ? 0 : node.field },
      step === 0 ? outer : outer + 1 + step,
    );
  field[operand] = inner.field;
  parent[operand] = splat + 1;
  for (let index = operand + 1; index < first.after; index++) {
    const owner = at(parent, index);
    if (owner >= outer && owner < splat) parent[index] = owner + 2;
  }
}
