// Reads what a class body declares: columns, relationships and other mapped attributes, as written. It resolves no targets.
import type { Binding } from '../../binder/scope.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { ColumnAttribute, Location, OtherAttribute } from '../models.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { readMapped, type MappedAnnotation } from './annotation.ts';
import { constantString, readCall, spreadKeywords, unwrap, type Call } from './calls.ts';
import { bareColumn, readColumn, type ColumnPlace, type DeclaredColumn } from './columns.ts';
import { argumentsGiven, withGiven } from './factories.ts';
import { decoratorsOf, locate, type ClassSource } from './sources.ts';

/** A relationship as written; positional arguments under their names. */
export interface DeclaredRelationship {
  readonly kind: 'relationship';
  readonly module: Module;
  readonly node: PyNode;
  readonly arguments: ReadonlyMap<string, PyNode>;
  readonly spread: boolean;
  readonly annotation: MappedAnnotation | null;
  /** Made by `dynamic_loader()`. */
  readonly dynamic: boolean;
}

/** What a value or method declares. `plain` hides an inherited attribute; `unknown` may be anything. */
export type Declaration =
  | { readonly kind: 'column'; readonly column: DeclaredColumn }
  | DeclaredRelationship
  | { readonly kind: 'other'; readonly other: OtherAttribute['kind'] }
  /** Another name for a column of a table: `name = users.c.user_name`. */
  | { readonly kind: 'alias'; readonly column: string }
  | { readonly kind: 'plain' }
  | { readonly kind: 'unknown' };

/** A declared attribute of a class. */
export interface DeclaredAttribute {
  readonly name: string;
  readonly owner: string;
  readonly location: Location;
  readonly declaration: Declaration;
}

const RELATIONSHIPS: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.relationship',
  'sqlalchemy.orm.relation',
  'sqlalchemy.orm.dynamic_loader',
]);

const OTHERS: ReadonlyMap<string, OtherAttribute['kind']> = new Map([
  ['sqlalchemy.orm.synonym', 'synonym'],
  ['sqlalchemy.orm.composite', 'composite'],
  ['sqlalchemy.orm.query_expression', 'expression'],
  ['sqlalchemy.ext.hybrid.hybrid_property', 'hybrid'],
  ['sqlalchemy.ext.associationproxy.association_proxy', 'association-proxy'],
]);

const COLUMN_STYLES: ReadonlyMap<string, ColumnAttribute['style']> = new Map([
  ['sqlalchemy.Column', 'Column'],
  ['sqlalchemy.orm.mapped_column', 'mapped_column'],
]);

const WRAPPING_STYLES: ReadonlyMap<string, ColumnAttribute['style']> = new Map([
  ['sqlalchemy.orm.deferred', 'deferred'],
  ['sqlalchemy.orm.column_property', 'column_property'],
]);

/** The order of `relationship()`'s parameters up to 1.4. */
const RELATIONSHIP_PARAMETERS =
  'argument secondary primaryjoin secondaryjoin foreign_keys uselist order_by backref back_populates'.split(
    ' ',
  );

/** The attributes of a class body, in order of their last binding. */
export function readAttributes(
  symbols: Symbols,
  source: ClassSource,
): readonly DeclaredAttribute[] {
  const found: DeclaredAttribute[] = [];
  for (const [name, bindings] of source.members) {
    if (/^__.*__$/.test(name)) continue;
    const place = { symbols, module: source.module, name };
    for (const binding of bindings.toReversed()) {
      const declaration = readMember(place, binding);
      if (!declaration) continue;
      const location = locate(source.module, binding.statement);
      found.push({ name, owner: source.id, location, declaration });
      break;
    }
  }
  return found.toSorted((a, b) => a.location.start - b.location.start);
}

function readMember(place: ColumnPlace, binding: Binding): Declaration | null {
  const { symbols, module } = place;
  switch (binding.kind) {
    case 'annotation': {
      const annotation = readMapped(symbols, module, binding.annotation);
      return annotation && bareAttribute(place, annotation, binding.statement);
    }
    case 'assignment': {
      const value = unpacked(binding);
      if (!value) return { kind: 'unknown' };
      return readValue(place, value, readMapped(symbols, module, binding.annotation), null);
    }
    case 'function':
      return binding.value ? readMethod(place, binding.value) : null;
    case 'class':
    case 'import':
      return { kind: 'plain' };
    default:
      return null;
  }
}

/** The value of one name in `x, y = Column(…), Column(…)`. */
function unpacked(binding: Binding): PyNode | null {
  let { value } = binding;
  for (const step of binding.path)
    value =
      step !== '*' && value && /^(?:tuple|list|expression_list)$/.test(value.kind)
        ? (value.named[step] ?? null)
        : null;
  return value;
}

/** `x: Mapped[int]` is a column, `x: Mapped[List["X"]]` and other classes are relationships only with a value. */
function bareAttribute(
  place: ColumnPlace,
  annotation: MappedAnnotation,
  node: PyNode,
): Declaration {
  if (annotation.wrapper === 'Mapped')
    return { kind: 'column', column: bareColumn(place, annotation) };
  const { module } = place;
  return {
    kind: 'relationship',
    module,
    node,
    arguments: new Map(),
    spread: false,
    annotation,
    dynamic: false,
  };
}

function readMethod(place: ColumnPlace, definition: PyNode): Declaration | null {
  const { symbols, module } = place;
  for (const decorator of decoratorsOf(definition)) {
    if (decorator.text.startsWith(`${place.name}.`)) return null;
    const symbol = symbols.symbolOf(module, readCall(decorator)?.callee ?? decorator);
    if (symbol?.kind !== 'library') continue;
    const other = OTHERS.get(symbol.name);
    if (other) return { kind: 'other', other };
    if (!isDeclaredAttr(symbol.name)) continue;
    const value = returnedValue(module, definition);
    const returns = definition.child('return_type')?.named[0] ?? null;
    const annotation = readMapped(symbols, module, returns);
    return value ? readValue(place, value, annotation, 'declared-attr') : { kind: 'unknown' };
  }
  return { kind: 'plain' };
}

/** Whether a canonical name is `declared_attr` or one of its modifiers. */
export function isDeclaredAttr(name: string): boolean {
  return /^sqlalchemy\.orm\.declared_attr(?:\.cascading|\.directive)?$/.test(name);
}

/** The expression that a function always returns, `null` if there are several or none. */
export function returnedValue(module: Module, definition: PyNode): PyNode | null {
  const body = definition.child('body');
  if (!body) return null;
  const returns = descendants(body, 'return_statement').filter(
    (node) => enclosing(node, 'function_definition') === definition,
  );
  const value = returns.length === 1 ? returns[0]?.named[0] : undefined;
  if (value?.kind !== 'identifier') return value ?? null;
  const [only, ...more] = module.binding.reaching(value);
  return only?.kind === 'assignment' && more.length === 0 ? only.value : value;
}

/** Reads an assigned value. `style` overrides how columns are said to be declared. */
export function readValue(
  place: ColumnPlace,
  value: PyNode,
  annotation: MappedAnnotation | null,
  style: ColumnAttribute['style'] | null,
  depth = 0,
): Declaration {
  const written = readCall(value);
  if (!written) return readPlain(value);
  const call = withGiven(spreadKeywords(place.symbols, place.module, written), place.given);
  const fallback = tableLookup(call);
  if (fallback) return readValue(place, fallback, null, style, depth + 1);
  const { symbols, module } = place;
  const symbol = symbols.symbolOf(module, call.callee);
  if (symbol?.kind === 'definition') return readFactory(place, symbol, call, style, depth);
  if (symbol?.kind !== 'library') return { kind: 'unknown' };
  const { name } = symbol;
  const column = COLUMN_STYLES.get(name);
  if (column)
    return columnOf(place, call, style ?? column, column === 'Column' ? null : annotation);
  const wrapping = WRAPPING_STYLES.get(name);
  if (wrapping) return wrappedColumn(place, call, style ?? wrapping, depth);
  if (RELATIONSHIPS.has(name)) return relationshipOf(place, value, call, annotation, name);
  if (name === 'dataclasses.field') return readField(place, call, style, depth);
  const other = OTHERS.get(name);
  return other ? { kind: 'other', other } : { kind: 'unknown' };
}

/** `field(metadata={"sa": Column(…)})`. */
function readField(
  place: ColumnPlace,
  call: Call,
  style: ColumnAttribute['style'] | null,
  depth: number,
): Declaration {
  const pairs = call.keywords.get('metadata')?.named ?? [];
  const pair = pairs.find(
    (each) => constantString(place.symbols, place.module, each.child('key')) === 'sa',
  );
  const value = pair?.child('value');
  return value ? readValue(place, value, null, style, depth + 1) : { kind: 'plain' };
}

function readPlain(value: PyNode): Declaration {
  const column = /\.(?:c|columns)\.(\w+)$/.exec(value.text)?.[1];
  if (value.kind === 'attribute' && column) return { kind: 'alias', column };
  return { kind: value.kind === 'identifier' ? 'unknown' : 'plain' };
}

/** `Parent.__table__.c.get("x", Column(…))`: a column that siblings of one table share. */
function tableLookup(call: Call): PyNode | null {
  const isLookup = /\.__table__\.(?:c|columns)\.get$/.test(call.callee.text);
  return isLookup ? (call.positional[1] ?? null) : null;
}

function columnOf(
  place: ColumnPlace,
  call: Call,
  style: ColumnAttribute['style'],
  annotation: MappedAnnotation | null,
): Declaration {
  return { kind: 'column', column: readColumn(place, call, style, annotation) };
}

function wrappedColumn(
  place: ColumnPlace,
  call: Call,
  style: ColumnAttribute['style'],
  depth: number,
): Declaration {
  const [only, ...more] = call.positional;
  const inner = only && more.length === 0 ? readValue(place, only, null, style, depth + 1) : null;
  return inner?.kind === 'column' ? inner : { kind: 'other', other: 'expression' };
}

function relationshipOf(
  place: ColumnPlace,
  node: PyNode,
  call: Call,
  annotation: MappedAnnotation | null,
  name: string,
): Declaration {
  const named = new Map(call.keywords);
  call.positional.forEach((argument, index) => {
    const parameter = RELATIONSHIP_PARAMETERS[index];
    if (parameter !== undefined) named.set(parameter, argument);
  });
  return {
    kind: 'relationship',
    module: place.module,
    node,
    arguments: named,
    spread: call.spread,
    annotation,
    dynamic: name === 'sqlalchemy.orm.dynamic_loader',
  };
}

/** A column made by the project's own function, `partial` or subclass of Column. */
function readFactory(
  place: ColumnPlace,
  symbol: { readonly module: Module; readonly binding: Binding },
  call: Call,
  style: ColumnAttribute['style'] | null,
  depth: number,
): Declaration {
  const { binding, module } = symbol;
  if (depth > 3 || !binding.value) return { kind: 'unknown' };
  if (binding.kind === 'function') {
    const value = returnedValue(module, binding.value);
    const given = argumentsGiven(binding.value, module, call, place.module);
    const inside = { ...place, module, given };
    return value ? readValue(inside, unwrap(value), null, style, depth + 1) : { kind: 'unknown' };
  }
  const partial = binding.kind === 'assignment' ? readCall(binding.value) : null;
  const callee = partial && place.symbols.symbolOf(module, partial.callee);
  const [made, ...given] = partial?.positional ?? [];
  if (!partial || callee?.kind !== 'library' || callee.name !== 'functools.partial' || !made)
    return { kind: 'unknown' };
  const column = place.symbols.symbolOf(module, made);
  const declaredBy = column?.kind === 'library' ? COLUMN_STYLES.get(column.name) : undefined;
  if (!declaredBy) return { kind: 'unknown' };
  const merged: Call = {
    ...call,
    positional: [...given, ...call.positional],
    keywords: new Map([...partial.keywords, ...call.keywords]),
    spread: call.spread || partial.spread,
  };
  return columnOf(place, merged, style ?? declaredBy, null);
}
