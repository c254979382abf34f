// Recognises SQL given as a Python string, and what is known of its text.
import { readCall, readMethodCall, unparenthesized } from '../../python/calls.ts';
import { readString, stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';

/** An expression that is a string. */
export interface SqlText {
  /** The whole text, where it is a literal. */
  readonly value: string | null;
  /** What it is known to begin with. */
  readonly prefix: string;
  /** Values are formatted into it. */
  readonly isFormatted: boolean;
}

const UNKNOWN: SqlText = { value: null, prefix: '', isFormatted: false };

/** Reads an expression that is proven to be a string; `null` for any other. */
export function readSqlText(node: PyNode, facts: Facts): SqlText | null {
  const inner = unparenthesized(node);
  const written = writtenText(inner, facts);
  if (written) return written;
  const constant = constantText(inner, facts);
  if (constant) return constant;
  const inferred = facts.infer(inner);
  const isText =
    inferred?.evidence === 'proven' &&
    inferred.value.kind === 'instance' &&
    inferred.value.of === 'builtins.str';
  return isText ? UNKNOWN : null;
}

function writtenText(node: PyNode, facts: Facts): SqlText | null {
  const literal = readString(node);
  if (literal) {
    if (literal.isBytes) return null;
    const value = stringValue(node);
    return { value, prefix: value ?? literalPrefix(node), isFormatted: literal.isFormatted };
  }
  if (node.kind === 'binary_operator') {
    const left = node.child('left');
    const start = left && readSqlText(left, facts);
    if (!start || !(node.token('+') || node.token('%'))) return null;
    const formatted = node.token('%') !== null;
    return {
      value: null,
      prefix: formatted ? (start.prefix.split('%')[0] ?? '') : start.prefix,
      isFormatted: true,
    };
  }
  const method = readMethodCall(node);
  if (!method || !/^(format|strip|replace|join)$/.test(method.method.text)) return null;
  const start = readSqlText(method.receiver, facts);
  const prefix = method.method.text === 'format' ? (start?.prefix.split('{')[0] ?? '') : '';
  return start && { value: null, prefix, isFormatted: true };
}

/** The literal text before the first interpolation. */
function literalPrefix(node: PyNode): string {
  const first = node.kind === 'concatenated_string' ? node.named[0] : node;
  const start = first?.children[0]?.end ?? node.start;
  const end = first?.children.find((child) => child.kind === 'interpolation')?.start ?? start;
  return node.source.slice(start, end);
}

/** The text of a variable that is bound once, to a string. */
function constantText(node: PyNode, facts: Facts): SqlText | null {
  if (node.kind !== 'identifier') return null;
  const binding = facts.definition(node);
  if (binding?.kind !== 'assignment' || binding.path.length > 0 || !binding.value) return null;
  if (binding.scope.bindings.get(binding.name)?.length !== 1) return null;
  return readCall(binding.value) ? null : writtenText(unparenthesized(binding.value), facts);
}
