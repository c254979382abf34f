// Reads annotations, as syntax or as text in quotes, into one small form. It resolves no names.
import type { PyNode } from '../../python/tree.ts';

/** An annotation: a dotted name with arguments, a union, a list of types, or something else (`null` name, no parts). */
export interface TypeExpression {
  readonly kind: 'name' | 'union' | 'list' | 'other';
  readonly name: string;
  readonly parts: readonly TypeExpression[];
  /** The syntax, where it is not text in quotes. */
  readonly node: PyNode | null;
}

const OTHER: TypeExpression = { kind: 'other', name: '', parts: [], node: null };

/** Reads an annotation. */
export function readType(node: PyNode): TypeExpression {
  switch (node.kind) {
    case 'type':
    case 'parenthesized_expression':
      return node.named[0] ? readType(node.named[0]) : OTHER;
    case 'identifier':
    case 'attribute':
    case 'none':
      return { kind: 'name', name: node.text, parts: [], node };
    case 'member_type':
      return { kind: 'name', name: node.text, parts: [], node: null };
    case 'generic_type': {
      const [head, parameters] = node.named;
      if (!head) return OTHER;
      return {
        kind: 'name',
        name: head.text,
        parts: (parameters?.named ?? []).map(readType),
        node: head,
      };
    }
    case 'subscript': {
      const head = node.child('value');
      if (!head) return OTHER;
      const parts = node.childrenOf('subscript').flatMap((part) => tupleParts(part).map(readType));
      return { kind: 'name', name: head.text, parts, node: head };
    }
    case 'binary_operator':
    case 'union_type':
      return { kind: 'union', name: '', parts: node.named.map(readType), node };
    case 'list':
      return { kind: 'list', name: '', parts: node.named.map(readType), node };
    case 'string':
      return readTypeText(
        node.children
          .filter((child) => child.kind === 'string_content')
          .map((c) => c.text)
          .join(''),
      );
    default:
      return { kind: 'other', name: '', parts: [], node };
  }
}

function tupleParts(node: PyNode): readonly PyNode[] {
  return node.kind === 'tuple' ? node.named : [node];
}

/** Reads the text of a quoted annotation. */
export function readTypeText(text: string): TypeExpression {
  const tokens = text.match(/[\w.]+|[[\]|,]|"[^"]*"|'[^']*'|\S/g) ?? [];
  const [type, rest] = readUnion(tokens);
  return rest.length === 0 ? type : OTHER;
}

type Read = readonly [TypeExpression, readonly string[]];

function readUnion(tokens: readonly string[]): Read {
  const parts: TypeExpression[] = [];
  let [part, rest] = readOne(tokens);
  parts.push(part);
  while (rest[0] === '|') {
    [part, rest] = readOne(rest.slice(1));
    parts.push(part);
  }
  const [only] = parts;
  return [parts.length === 1 && only ? only : { kind: 'union', name: '', parts, node: null }, rest];
}

function readOne(tokens: readonly string[]): Read {
  const [head = '', ...rest] = tokens;
  if (head === '[') return readList(rest, 'list', '');
  if (/^["']/.test(head)) return [readTypeText(head.slice(1, -1)), rest];
  if (!/^[\w.]+$/.test(head)) return [OTHER, rest];
  if (rest[0] === '[') return readList(rest.slice(1), 'name', head);
  return [{ kind: 'name', name: head, parts: [], node: null }, rest];
}

function readList(tokens: readonly string[], kind: 'name' | 'list', name: string): Read {
  const parts: TypeExpression[] = [];
  let rest = tokens;
  while (rest.length > 0 && rest[0] !== ']') {
    const [part, after] = readUnion(rest);
    parts.push(part);
    rest = after[0] === ',' ? after.slice(1) : after;
    if (after[0] !== ',' && after[0] !== ']') return [OTHER, []];
  }
  return [{ kind, name, parts, node: null }, rest.slice(1)];
}
