// Reads `Mapped[…]` annotations: what they wrap, whether None is allowed, and which collection. It knows nothing of columns or tables.
import { readExpression, type Expression } from '../../python/expression.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { qualifiedName, resolveName } from './names.ts';

/** A `Mapped[…]` annotation taken apart. */
export interface MappedAnnotation {
  readonly wrapper: 'Mapped' | 'DynamicMapped' | 'WriteOnlyMapped';
  /** `None` is among the values. */
  readonly optional: boolean;
  /** `list`, `set`, `dict`, or the qualified name of another generic that holds the elements. */
  readonly collection: string | null;
  /** The innermost name, as written: `User`, `int`. */
  readonly argument: string | null;
  /** Canonical name or project id of the innermost name where it resolves. */
  readonly argumentName: string | null;
  /** The `mapped_column(…)` inside an `Annotated[…]`. */
  readonly bundled: { readonly module: Module; readonly node: PyNode } | null;
}

const WRAPPERS: ReadonlyMap<string, MappedAnnotation['wrapper']> = new Map([
  ['sqlalchemy.orm.Mapped', 'Mapped'],
  ['sqlalchemy.orm.DynamicMapped', 'DynamicMapped'],
  ['sqlalchemy.orm.WriteOnlyMapped', 'WriteOnlyMapped'],
]);

const COLLECTIONS: ReadonlyMap<string, string> = new Map([
  ['builtins.list', 'list'],
  ['typing.List', 'list'],
  ['builtins.set', 'set'],
  ['typing.Set', 'set'],
  ['builtins.dict', 'dict'],
  ['typing.Dict', 'dict'],
]);

interface Place {
  readonly symbols: Symbols;
  readonly module: Module;
  readonly node: PyNode;
}

interface Content {
  readonly optional: boolean;
  readonly expression: Expression;
  readonly place: Place;
  readonly bundled: MappedAnnotation['bundled'];
}

/** Reads an annotation; `null` if it is none of SQLAlchemy's wrappers. */
export function readMapped(
  symbols: Symbols,
  module: Module,
  annotation: PyNode | null,
): MappedAnnotation | null {
  if (!annotation) return null;
  const place: Place = { symbols, module, node: annotation };
  const outer = unquote(readExpression(annotation.text));
  if (outer.kind !== 'subscript' || !outer.items[0]) return null;
  const wrapper = WRAPPERS.get(resolve(place, outer.value) ?? '');
  if (!wrapper) return null;
  const content = readContent(place, outer.items[0], 0);
  const held = wrapper === 'Mapped' ? readCollection(content) : null;
  const inner = held ? readContent(content.place, held.element, 0) : content;
  const argument = inner.expression.kind === 'name' ? inner.expression.name : null;
  return {
    wrapper,
    optional: content.optional,
    collection: held?.name ?? null,
    argument,
    argumentName: resolve(inner.place, inner.expression),
    bundled: content.bundled,
  };
}

function unquote(expression: Expression): Expression {
  return expression.kind === 'string' ? unquote(readExpression(expression.value)) : expression;
}

function resolve(place: Place, expression: Expression): string | null {
  if (expression.kind !== 'name') return null;
  return qualifiedName(place.symbols, place.module, expression.name, place.node);
}

/** Looks through `Optional`, unions with None, `Annotated` and aliases of such. */
function readContent(place: Place, quoted: Expression, depth: number): Content {
  const expression = unquote(quoted);
  const plain: Content = { optional: false, expression, place, bundled: null };
  if (depth > 8) return plain;
  const members = unionMembers(place, expression);
  if (members) {
    const rest = members.filter((member) => unquote(member).kind !== 'none');
    const [only] = rest;
    const optional = rest.length < members.length;
    if (!only || rest.length > 1) return { ...plain, optional, expression: { kind: 'other' } };
    const content = readContent(place, only, depth + 1);
    return { ...content, optional: optional || content.optional };
  }
  if (expression.kind === 'name') return readAlias(place, expression.name, depth) ?? plain;
  if (expression.kind !== 'subscript' || !expression.items[0]) return plain;
  if (!/(^|\.)Annotated$/.test(resolve(place, expression.value) ?? '')) return plain;
  const content = readContent(place, expression.items[0], depth + 1);
  return { ...content, bundled: content.bundled ?? bundledColumn(place) };
}

function unionMembers(place: Place, expression: Expression): readonly Expression[] | null {
  if (expression.kind === 'binary' && expression.operator === '|')
    return [expression.left, expression.right].flatMap(
      (side) => unionMembers(place, side) ?? [side],
    );
  if (expression.kind !== 'subscript') return null;
  const name = resolve(place, expression.value) ?? '';
  if (/^typing(?:_extensions)?\.Optional$/.test(name))
    return [...expression.items, { kind: 'none' }];
  return /^typing(?:_extensions)?\.Union$/.test(name) ? expression.items : null;
}

/** `intpk = Annotated[int, mapped_column(primary_key=True)]`, `MaybeInt = Optional[int]`. */
function readAlias(place: Place, name: string, depth: number): Content | null {
  const symbol = resolveName(place.symbols, place.module, name, place.node);
  if (symbol?.kind !== 'definition') return null;
  const { kind, value } = symbol.binding;
  if ((kind !== 'assignment' && kind !== 'type-alias') || !value) return null;
  const aliased: Place = { ...place, module: symbol.module, node: value };
  const expression = readExpression(value.text);
  return expression.kind === 'subscript' || expression.kind === 'binary'
    ? readContent(aliased, expression, depth + 1)
    : null;
}

function bundledColumn(place: Place): MappedAnnotation['bundled'] {
  for (const node of descendants(place.node, 'call')) {
    const callee = node.child('function');
    const symbol = callee && place.symbols.symbolOf(place.module, callee);
    if (symbol?.kind === 'library' && symbol.name === 'sqlalchemy.orm.mapped_column')
      return { module: place.module, node };
  }
  return null;
}

function readCollection(
  content: Content,
): { readonly name: string; readonly element: Expression } | null {
  const { expression, place } = content;
  const element = expression.kind === 'subscript' ? expression.items.at(-1) : undefined;
  if (expression.kind !== 'subscript' || !element) return null;
  const name = resolve(place, expression.value);
  return name === null ? null : { name: COLLECTIONS.get(name) ?? name, element };
}
