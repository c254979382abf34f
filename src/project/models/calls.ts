// Reads calls and constant strings of declarations from the syntax tree. It resolves names only to follow constants.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { methodFormatted, percentFormatted, type ReadText } from './formatted.ts';

/** A call taken apart. */
export interface Call {
  readonly node: PyNode;
  readonly callee: PyNode;
  readonly positional: readonly PyNode[];
  readonly keywords: ReadonlyMap<string, PyNode>;
  /** Has `*args` or `**kwargs`: other arguments may be present. */
  readonly spread: boolean;
}

/** Takes a call apart; `null` for other nodes. */
export function readCall(node: PyNode | null): Call | null {
  const call = node && unwrap(node);
  const callee = call?.kind === 'call' ? call.child('function') : null;
  if (!call || !callee) return null;
  const positional: PyNode[] = [];
  const keywords = new Map<string, PyNode>();
  let spread = false;
  for (const argument of call.child('arguments')?.named ?? []) {
    const name = argument.child('name');
    const value = argument.child('value');
    if (argument.kind === 'keyword_argument') {
      if (name && value) keywords.set(name.text, value);
    } else if (argument.kind === 'list_splat' || argument.kind === 'dictionary_splat')
      spread = true;
    else positional.push(argument);
  }
  return { node: call, callee, positional, keywords, spread };
}

/** Adds the arguments of `**options` where that is a dictionary written out. */
export function spreadKeywords(symbols: Symbols, module: Module, call: Call): Call {
  if (!call.spread) return call;
  const keywords = new Map(call.keywords);
  let spread = false;
  for (const argument of call.node.child('arguments')?.named ?? []) {
    if (argument.kind !== 'dictionary_splat' && argument.kind !== 'list_splat') continue;
    const pairs = argument.kind === 'dictionary_splat' ? dictionaryOf(module, argument) : null;
    if (!pairs) spread = true;
    for (const pair of pairs ?? []) {
      const name = constantString(symbols, module, pair.child('key'));
      const value = pair.child('value');
      if (name === null || !value) spread = true;
      else if (!keywords.has(name)) keywords.set(name, value);
    }
  }
  return { ...call, keywords, spread };
}

function dictionaryOf(module: Module, splat: PyNode): readonly PyNode[] | null {
  const [value] = splat.named;
  const [only, ...more] = value?.kind === 'identifier' ? module.binding.reaching(value) : [];
  const held = only && more.length === 0 && only.kind === 'assignment' ? only.value : value;
  return held?.kind === 'dictionary' ? held.named : null;
}

/** The expression inside redundant parentheses. */
export function unwrap(node: PyNode): PyNode {
  const inner = node.kind === 'parenthesized_expression' ? node.named[0] : undefined;
  return inner ? unwrap(inner) : node;
}

/** The body of a `lambda`, or the node itself. */
export function unwrapLambda(node: PyNode): PyNode {
  return (node.kind === 'lambda' ? node.child('body') : null) ?? node;
}

/** `True` or `False` as written, `null` for everything else. */
export function booleanLiteral(node: PyNode | null | undefined): boolean | null {
  if (node?.kind === 'true') return true;
  return node?.kind === 'false' ? false : null;
}

/** Gives names in constant expressions a value: `cls.__name__` in a declared attribute. */
export type Constants = (name: string) => string | null;

/** The value of a constant string expression: literals, joined literals, f-strings, `+`, `.lower()`, and names of such constants. */
export function constantString(
  symbols: Symbols,
  module: Module,
  node: PyNode | null | undefined,
  constants: Constants = () => null,
  depth = 0,
): string | null {
  if (!node || depth > 8) return null;
  const again = (inner: PyNode | null | undefined): string | null =>
    constantString(symbols, module, inner, constants, depth + 1);
  switch (node.kind) {
    case 'string':
      return join(node.children.filter(isStringPart), (part) => stringPart(part, again));
    case 'concatenated_string':
      return join(node.named, again);
    case 'parenthesized_expression':
      return again(node.named[0]);
    case 'binary_operator':
      return combined(node, again);
    case 'call':
      return methodOf(node, again);
    case 'identifier':
    case 'attribute': {
      const given = constants(node.text);
      if (given !== null) return given;
      const symbol = symbols.symbolOf(module, node);
      if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'assignment') return null;
      if (symbol.binding.path.length > 0) return null;
      return constantString(symbols, symbol.module, symbol.binding.value, constants, depth + 1);
    }
    default:
      return null;
  }
}

function join<Part>(parts: readonly Part[], read: (part: Part) => string | null): string | null {
  const values = parts.map(read);
  return values.every((value) => value !== null) ? values.join('') : null;
}

/** `a + b` and `"%s.id" % a`. */
function combined(node: PyNode, again: ReadText): string | null {
  const left = node.child('left');
  const right = node.child('right');
  if (node.token('+')) return join([left, right], again);
  const format = node.token('%') ? again(left) : null;
  return format === null ? null : percentFormatted(format, right, again);
}

function isStringPart(node: PyNode): boolean {
  return node.kind === 'string_content' || node.kind === 'interpolation';
}

function stringPart(part: PyNode, again: ReadText): string | null {
  if (part.kind === 'string_content') return unescaped(part.text);
  return part.named.length === 1 ? again(part.child('expression')) : null;
}

/** Escaped quotes and backslashes are what names and conditions have; with other escapes the text is not known. */
function unescaped(text: string): string | null {
  return /\\[^\\'"\n]/.test(text)
    ? null
    : text.replaceAll(/\\([\\'"]|\n)/g, (_, each: string) => each.trim());
}

/** `name.lower()`, `name.upper()`, `"{}.id".format(name)`. */
function methodOf(node: PyNode, again: ReadText): string | null {
  const method = node.child('function');
  const values = node.child('arguments')?.named ?? [];
  if (method?.kind !== 'attribute') return null;
  const name = method.child('attribute')?.text;
  if (!/^(?:lower|upper|format)$/.test(name ?? '')) return null;
  const value = again(method.child('object'));
  if (value === null) return null;
  if (name === 'format') return methodFormatted(value, values, again);
  if (values.length > 0) return null;
  if (name === 'lower') return value.toLowerCase();
  return name === 'upper' ? value.toUpperCase() : null;
}
