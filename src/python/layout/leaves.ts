// One statement of the tree as the flat list of tokens a layout works on. It breaks no lines.
import { descendants, type PyNode } from '../tree.ts';
import { PRIORITY, type BracketOwner, type Leaf } from './line.ts';
import type { OptionalParentheses } from './optional.ts';

const ARITHMETIC: ReadonlyMap<string, number> = new Map([
  ['|', 9],
  ['^', 8],
  ['&', 7],
  ['<<', 6],
  ['>>', 6],
  ['+', 5],
  ['-', 5],
  ['*', 4],
  ['/', 4],
  ['//', 4],
  ['%', 4],
  ['@', 4],
  ['**', 2],
]);

const OPENING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);
const CLOSING: ReadonlySet<string> = new Set(OPENING.values());

interface Writer {
  readonly parentheses: OptionalParentheses;
  readonly leaves: Leaf[];
  readonly open: Leaf[];
  /** Backslashes at line ends are white space. */
  readonly joinsLines: boolean;
  /** Ternaries over several lines get no parentheses: Black adds them since 24 only. */
  readonly keepsTernaries: boolean;
  /** End of the last source token, whether written or dropped. */
  end: number;
  /** A token, comment or line continuation was met that no layout may move. */
  refused: boolean;
}

/**
 * The leaves of the parts of one logical line, or null when something in it must stay where it is: backslashes at line ends too,
 * unless `joinsLines`.
 */
export function leavesOf(
  parts: readonly PyNode[],
  parentheses: OptionalParentheses,
  joinsLines: boolean,
): readonly Leaf[] | null {
  const first = parts[0];
  if (!first) return null;
  const end = first.start;
  const writer: Writer = {
    parentheses,
    leaves: [],
    open: [],
    joinsLines,
    keepsTernaries: parts.some((part) => breaksTernary(part, parentheses)),
    end,
    refused: false,
  };
  for (const part of parts) write(part, writer);
  return writer.refused || writer.open.length > 0 ? null : writer.leaves;
}

function write(node: PyNode, writer: Writer): void {
  if (writer.refused || node.start === node.end) return;
  if (node.kind === 'line_continuation' && writer.joinsLines) return;
  if (node.kind === 'import_from_statement' || node.kind === 'future_import_statement') {
    writeImport(node, writer);
    return;
  }
  const { addable } = writer.parentheses;
  const wrapped =
    addable.has(node) || (!writer.keepsTernaries && isBareTernary(node, writer.parentheses));
  const closing = wrapped ? openOptional(node, 'atom', writer) : null;
  if (node.kind === 'token' || node.kind === 'string' || node.children.length === 0)
    writeToken(node, writer);
  else if (node.kind === 'argument_list' && isEmptyBases(node)) writer.end = node.end;
  else for (const child of node.children) write(child, writer);
  closing?.();
}

function writeImport(node: PyNode, writer: Writer): void {
  const start =
    node.children.findIndex((child) => child.kind === 'token' && child.text === 'import') + 1;
  const bare = node.children[start];
  for (const child of node.children.slice(0, start)) write(child, writer);
  const optional = bare && bare.kind !== 'wildcard_import' && bare.text !== '(';
  const closing = optional ? openOptional(bare, 'import', writer) : null;
  for (const child of node.children.slice(start)) write(child, writer);
  closing?.();
}

/** A ternary that is not alone in its brackets may get parentheses of its own. */
function isBareTernary(node: PyNode, parentheses: OptionalParentheses): boolean {
  const { parent } = node;
  if (node.kind !== 'conditional_expression' || !parent) return false;
  if (parent.kind === 'parenthesized_expression') return parentheses.redundant.has(parent);
  return !(parent.kind === 'argument_list' && parent.children.length === 3);
}

/** Whether a ternary goes over several lines without parentheses of its own. */
function breaksTernary(node: PyNode, parentheses: OptionalParentheses): boolean {
  return descendants(node, 'conditional_expression').some(
    (each) =>
      isBareTernary(each, parentheses) &&
      !parentheses.addable.has(each) &&
      /[\r\n]/.test(each.text),
  );
}

function isNestedTernary(node: PyNode): boolean {
  const ternaries = node.named.filter((child) => child.kind === 'conditional_expression');
  return node.kind === 'conditional_expression' && ternaries.length > 0;
}

function isEmptyBases(node: PyNode): boolean {
  return node.parent?.kind === 'class_definition' && node.children.length === 2;
}

function openOptional(node: PyNode, owner: BracketOwner, writer: Writer): () => void {
  const prefix = gap(node.start, firstToken(node), writer);
  const inner =
    node.kind === 'type' ||
    node.parent?.kind === 'type' ||
    isNestedTernary(node) ||
    (!writer.parentheses.addable.has(node) && owner !== 'import');
  const leaf = makeLeaf('(', 'open', prefix, { owner, visible: false, optional: true, inner });
  writer.leaves.push(leaf);
  return () => {
    writer.leaves.push(
      makeLeaf(')', 'close', '', {
        owner,
        visible: false,
        optional: true,
        opening: leaf,
        magic: true,
      }),
    );
  };
}

function firstToken(node: PyNode): PyNode {
  const child = node.children[0];
  return child && node.kind !== 'string' ? firstToken(child) : node;
}

function writeToken(token: PyNode, writer: Writer): void {
  const { text, parent } = token;
  if (text.trim() === '') return;
  if (token.kind === 'comment') {
    writeComment(token, writer);
    return;
  }
  if (token.kind === 'string' && /[\r\n]/.test(text)) writer.refused = true;
  const prefix = gap(token.start, token, writer);
  writer.end = token.end;
  const bracketed = parent && (OPENING.has(text) || CLOSING.has(text)) && token.kind === 'token';
  if (bracketed) writeBracket(token, parent, prefix, writer);
  else {
    const role = text === ',' ? 'comma' : token.kind === 'string' ? 'string' : 'other';
    const priorities = { before: priorityBefore(token), after: priorityAfter(token) };
    writer.leaves.push(
      makeLeaf(text.replace(/\s+/g, token.kind === 'token' ? ' ' : '$&'), role, prefix, priorities),
    );
  }
}

// Formatters rewrite the first kind and obey the second.
const UNEVEN = /^#[^ !:#]/;
const DIRECTIVE = /^#\s*(?:fmt:|yapf:|type:(?!\s*ignore))/;

/** Keeps a comment after a token with the token, and one on a line of its own as a token of its own. */
function writeComment(comment: PyNode, writer: Writer): void {
  const { leaves } = writer;
  const text = comment.text.trimEnd();
  const between = comment.source.slice(writer.end, comment.start);
  if (UNEVEN.test(text) || DIRECTIVE.test(text) || between.trim() !== '') writer.refused = true;
  writer.end = comment.end;
  if (/[\r\n]/.test(between)) {
    leaves.push(makeLeaf(text, 'comment', ''));
    return;
  }
  const before = leaves.at(-1);
  const wrapped = before?.role === 'close' && !before.visible && leaves.at(-3) === before.opening;
  const leaf = leaves.at(wrapped ? -2 : -1);
  if (!leaf || leaf.note !== '') writer.refused = true;
  else {
    leaf.note = text;
    leaf.comment = text.length + 2;
  }
}

function writeBracket(token: PyNode, parent: PyNode, prefix: string, writer: Writer): void {
  const { parentheses, leaves, open } = writer;
  if (parentheses.redundant.has(parent)) return;
  const owner = ownerOf(parent);
  const visible = !parentheses.removable.has(parent) && owner !== 'import';
  if (OPENING.has(token.text)) {
    const leaf = makeLeaf(token.text, 'open', visible ? prefix : ' ', {
      owner,
      visible,
      optional: !visible,
    });
    leaves.push(leaf);
    open.push(leaf);
    return;
  }
  const opening = open.pop();
  if (!opening || OPENING.get(opening.text) !== token.text) writer.refused = true;
  else {
    const magic = isMagic(parent, owner);
    leaves.push(
      makeLeaf(token.text, 'close', '', { owner, visible, optional: !visible, opening, magic }),
    );
  }
}

function ownerOf(parent: PyNode): BracketOwner {
  switch (parent.kind) {
    case 'import_from_statement':
    case 'future_import_statement':
      return 'import';
    case 'argument_list':
    case 'subscript':
    case 'type_parameter':
      return 'trailer';
    case 'generator_expression':
      return parent.field === 'arguments' ? 'trailer' : 'atom';
    case 'parameters':
      return 'definition';
    default:
      return 'atom';
  }
}

/** The comma of a one-element tuple or subscript is no request to explode it. */
function isMagic(parent: PyNode, owner: BracketOwner): boolean {
  const commas = parent.children.filter((child) => child.kind === 'token' && child.text === ',');
  if (commas.length > 1 || owner === 'import' || owner === 'definition') return true;
  if (parent.kind === 'subscript' || parent.kind === 'type_parameter') return false;
  return !['tuple', 'tuple_pattern', 'with_clause'].includes(parent.kind);
}

function makeLeaf(
  text: string,
  role: Leaf['role'],
  prefix: string,
  rest: Partial<Leaf> = {},
): Leaf {
  return {
    text,
    role,
    prefix,
    before: 0,
    after: 0,
    owner: 'atom',
    magic: false,
    opening: null,
    added: false,
    optional: false,
    inner: false,
    note: '',
    comment: 0,
    visible: true,
    ...rest,
  };
}

/** The space before a token: as written on one line, and by rule where a line break is joined. */
function gap(start: number, token: PyNode, writer: Writer): string {
  const source = token.source.slice(writer.end, start);
  const between = writer.joinsLines ? source.replaceAll(/\\(?=[\r\n])/g, '') : source;
  if (between.trim() !== '') writer.refused = true;
  const previous = writer.leaves.at(-1);
  if (!previous || previous.role === 'open' || token.text === ',') return '';
  if (CLOSING.has(token.text) && token.kind === 'token') return '';
  if (!previous.visible && previous.role === 'close' && between === '')
    return /^[.,:([]/.test(token.text) ? '' : ' ';
  if (between === '') return '';
  if (!/[\r\n]/.test(between)) return ' ';
  if (token.text === '.' || token.text === ':' || previous.text === '.') return '';
  const owner = token.parent ? ownerOf(token.parent) : 'atom';
  return OPENING.has(token.text) && owner === 'trailer' ? '' : ' ';
}

function priorityAfter(token: PyNode): number {
  if (token.kind !== 'token' || token.text !== ',') return 0;
  const list = token.parent;
  const target = list?.kind === 'pattern_list' && list.parent?.kind === 'for_in_clause';
  return target ? 0 : PRIORITY.comma;
}

function priorityBefore(token: PyNode): number {
  if (token.kind === 'string') return PRIORITY.string;
  if (token.kind !== 'token' || !token.parent) return 0;
  const { text, parent } = token;
  switch (parent.kind) {
    case 'binary_operator':
    case 'union_type':
      return ARITHMETIC.get(text) ?? 0;
    case 'comparison_operator':
      return PRIORITY.comparator;
    case 'boolean_operator':
      return PRIORITY.logic;
    case 'conditional_expression':
      return PRIORITY.ternary;
    case 'if_clause':
      return text === 'if' ? PRIORITY.comprehension : 0;
    case 'for_in_clause':
      return token === parent.children[0] ? PRIORITY.comprehension : 0;
    case 'attribute':
    case 'member_type':
      return text === '.' ? PRIORITY.dot : 0;
    default:
      return 0;
  }
}
