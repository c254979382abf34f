// Tells the canonical SQL type that a type expression or a `Mapped[…]` annotation stands for. It reads no columns.
import type { PyNode } from '../../python/tree.ts';
import type { SqlType } from '../models.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { readCall, unwrap } from './calls.ts';
import { qualifiedName } from './names.ts';
import { locate } from './sources.ts';

/** SQLAlchemy's default `type_annotation_map`, as far as 2.0 and 2.1 agree on the generic type. */
const ANNOTATION_TYPES: ReadonlyMap<string, string> = new Map([
  ['builtins.int', 'sqlalchemy.Integer'],
  ['builtins.str', 'sqlalchemy.String'],
  ['builtins.bool', 'sqlalchemy.Boolean'],
  ['builtins.float', 'sqlalchemy.Float'],
  ['builtins.bytes', 'sqlalchemy.LargeBinary'],
  ['decimal.Decimal', 'sqlalchemy.Numeric'],
  ['datetime.date', 'sqlalchemy.Date'],
  ['datetime.datetime', 'sqlalchemy.DateTime'],
  ['datetime.time', 'sqlalchemy.Time'],
  ['datetime.timedelta', 'sqlalchemy.Interval'],
  ['uuid.UUID', 'sqlalchemy.Uuid'],
]);

/** A project's own types for Python types; `null` where the type cannot be told. */
export type AnnotationTypes = ReadonlyMap<string, SqlType | null>;

/** Reads a `type_annotation_map`. */
export function readAnnotationTypes(
  symbols: Symbols,
  module: Module,
  dictionary: PyNode | null,
): AnnotationTypes {
  const types = new Map<string, SqlType | null>();
  for (const pair of dictionary?.named ?? []) {
    const key = pair.child('key');
    const value = pair.child('value');
    const name = key && qualifiedName(symbols, module, key.text, key);
    if (name && value) types.set(name, typeOf(symbols, module, value, 0));
  }
  return types;
}

/** The type of a Python type in an annotation, `null` outside of the project's and the default map. */
export function annotatedType(python: string | null, own: AnnotationTypes): SqlType | null {
  const given = python === null ? undefined : own.get(python);
  if (given !== undefined) return given;
  const name = ANNOTATION_TYPES.get(python ?? '');
  return name === undefined ? null : { name, location: null, hasArguments: false, mutable: null };
}

/**
 * The type of an expression such as `String(30)`, `db.Integer`, `JSON().with_variant(…)`, `MutableDict.as_mutable(JSON)`, or a variable
 * that holds one; `null` if it is none that can be told.
 */
export function readType(symbols: Symbols, module: Module, expression: PyNode): SqlType | null {
  const found = typeOf(symbols, module, expression, 0);
  return found && { ...found, location: locate(module, expression) };
}

function typeOf(
  symbols: Symbols,
  module: Module,
  expression: PyNode,
  depth: number,
): SqlType | null {
  const node = unwrap(expression);
  if (depth > 8) return null;
  const call = readCall(node);
  if (!call) return namedType(symbols, module, node, depth);
  const method = call.callee.kind === 'attribute' ? call.callee.child('attribute')?.text : null;
  const object = call.callee.child('object');
  if (method === 'with_variant' && object) return typeOf(symbols, module, object, depth + 1);
  if (method === 'as_mutable' && object) {
    const inner = call.positional[0] && typeOf(symbols, module, call.positional[0], depth + 1);
    const mutable = symbols.symbolOf(module, object);
    const name = mutable?.kind === 'definition' ? mutable.id : (mutable?.name ?? null);
    return inner ? { ...inner, mutable: name } : null;
  }
  const found = namedType(symbols, module, call.callee, depth);
  const hasArguments = call.positional.length > 0 || call.keywords.size > 0 || call.spread;
  return found && { ...found, hasArguments };
}

function namedType(symbols: Symbols, module: Module, node: PyNode, depth: number): SqlType | null {
  if (node.kind !== 'identifier' && node.kind !== 'attribute') return null;
  const symbol = symbols.symbolOf(module, node);
  if (symbol?.kind === 'library') return plainType(symbol.name);
  if (symbol?.kind !== 'definition') return null;
  const { kind, path, value } = symbol.binding;
  if (kind === 'class') return plainType(symbol.id);
  if (kind !== 'assignment' || path.length > 0 || !value) return null;
  return typeOf(symbols, symbol.module, value, depth + 1);
}

function plainType(name: string): SqlType | null {
  return { name, location: null, hasArguments: false, mutable: null };
}
