// Completes relationships: target, direction, collection, laziness, and the attributes that backrefs create on the other side.
import type { PyNode } from '../../python/tree.ts';
import type { Location, RelationshipAttribute } from '../models.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import type { DeclaredRelationship } from './attributes.ts';
import { booleanLiteral, constantString, readCall, unwrap, unwrapLambda } from './calls.ts';
import { findJoin, type Join } from './joins.ts';
import type { Mapping } from './mappings.ts';
import { classNames, type References } from './references.ts';

/** A relationship of one mapped class. */
export interface ResolvedRelationship {
  readonly attribute: RelationshipAttribute;
  readonly join: Join;
  readonly target: Mapping | null;
  readonly backref: Backref | null;
}

/** What `backref=` asks for. */
export interface Backref {
  readonly name: string;
  readonly module: Module;
  readonly arguments: ReadonlyMap<string, PyNode>;
}

/** The name and place of a relationship in the class that declares it. */
export interface RelationshipPlace {
  readonly symbols: Symbols;
  readonly references: References;
  readonly name: string;
  readonly owner: string;
  readonly location: Location;
}

/** Resolves a relationship as the class of `mapping` has it. */
export function resolveRelationship(
  place: RelationshipPlace,
  mapping: Mapping,
  declared: DeclaredRelationship,
): ResolvedRelationship {
  const { symbols, references } = place;
  const { annotation, module } = declared;
  const { target, name: targetName } = findTarget(place, mapping, declared);
  const join: Join =
    target && !declared.spread
      ? findJoin(references, mapping, target, declared)
      : { direction: null, foreign: [] };
  const collection = readCollection(
    place,
    mapping,
    module,
    declared.arguments.get('collection_class'),
  );
  const backref = readBackref(symbols, mapping, declared);
  const otherSide = declared.arguments.get('back_populates');
  const named =
    constantString(symbols, module, otherSide, classNames(mapping)) ?? attributeName(otherSide);
  const lazy = declaredLazy(symbols, declared);
  const scalarAnnotation =
    annotation?.wrapper === 'Mapped' && annotation.collection === null && collection.name === null;
  const uselist = scalarAnnotation
    ? false
    : annotation
      ? (booleanLiteral(declared.arguments.get('uselist')) ?? true)
      : readUselist(declared.arguments.get('uselist'), join, declared.spread);
  const attribute: RelationshipAttribute = {
    kind: 'relationship',
    name: place.name,
    owner: place.owner,
    location: place.location,
    target: target?.id ?? null,
    targetName,
    direction: join.direction,
    uselist,
    optional: uselist === false ? isOptional(join) : null,
    collection: collection.name ?? annotation?.collection ?? 'list',
    collectionKey: collection.key,
    lazy,
    viewonly: booleanLiteral(declared.arguments.get('viewonly')) === true,
    secondary: readSecondary(references, mapping, declared),
    reverse: backref?.name ?? named,
    fromBackref: false,
  };
  return { attribute, join, target, backref };
}

/** The relationship that a backref creates on the target. */
export function reverseRelationship(
  place: RelationshipPlace,
  from: Mapping,
  forward: ResolvedRelationship,
  backref: Backref,
): RelationshipAttribute {
  const { target, join } = forward;
  const direction = flipped(join.direction);
  const back: Join = { direction, foreign: join.foreign };
  const uselist = readUselist(backref.arguments.get('uselist'), back, false);
  const collection = target
    ? readCollection(place, target, backref.module, backref.arguments.get('collection_class'))
    : { name: null, key: null };
  const viewonly = booleanLiteral(backref.arguments.get('viewonly'));
  return {
    kind: 'relationship',
    name: backref.name,
    owner: target?.id ?? place.owner,
    location: place.location,
    target: from.id,
    targetName: from.source.name,
    direction,
    uselist,
    optional: uselist === false ? isOptional(back) : null,
    collection: collection.name ?? 'list',
    collectionKey: collection.key,
    lazy: readLazy(place.symbols, backref.module, backref.arguments.get('lazy')),
    viewonly: viewonly ?? forward.attribute.viewonly,
    secondary: forward.attribute.secondary,
    reverse: place.name,
    fromBackref: true,
  };
}

function flipped(
  direction: RelationshipAttribute['direction'],
): RelationshipAttribute['direction'] {
  if (direction === 'many-to-one') return 'one-to-many';
  return direction === 'one-to-many' ? 'many-to-one' : direction;
}

function findTarget(
  place: RelationshipPlace,
  mapping: Mapping,
  declared: DeclaredRelationship,
): { readonly target: Mapping | null; readonly name: string | null } {
  const { references } = place;
  const { annotation, module } = declared;
  const node = declared.arguments.get('argument');
  if (node) {
    const { expression, context } = references.open(module, node, mapping);
    if (expression.kind !== 'name') return { target: null, name: null };
    return { target: references.classNamed(context, expression.name), name: expression.name };
  }
  const name = annotation?.argument ?? null;
  if (name === null) return { target: null, name };
  const context = { module, node: declared.node, mapping, inString: false };
  const target =
    references.classNamed(context, name) ??
    references.classNamed({ ...context, inString: true }, name);
  return { target, name };
}

function readUselist(node: PyNode | undefined, join: Join, spread: boolean): boolean | null {
  if (node && node.kind !== 'none') return booleanLiteral(node);
  if (spread || join.direction === null) return null;
  return join.direction !== 'many-to-one';
}

/** A many-to-one may be None where a foreign key column may be NULL; every other scalar may be. */
function isOptional(join: Join): boolean | null {
  if (join.direction === null) return null;
  if (join.direction !== 'many-to-one') return true;
  if (join.foreign.some((column) => column.nullable === true)) return true;
  return join.foreign.every((column) => column.nullable === false) ? false : null;
}

function declaredLazy(symbols: Symbols, declared: DeclaredRelationship): string | null {
  if (declared.dynamic) return 'dynamic';
  if (declared.annotation?.wrapper === 'DynamicMapped') return 'dynamic';
  if (declared.annotation?.wrapper === 'WriteOnlyMapped') return 'write_only';
  const node = declared.arguments.get('lazy');
  return !node && declared.spread ? null : readLazy(symbols, declared.module, node);
}

function readLazy(symbols: Symbols, module: Module, node: PyNode | undefined): string | null {
  if (!node || node.kind === 'true') return 'select';
  if (node.kind === 'false') return 'joined';
  if (node.kind === 'none') return 'noload';
  return constantString(symbols, module, node);
}

const COLLECTION_CLASSES: ReadonlyMap<string, string> = new Map([
  ['builtins.list', 'list'],
  ['builtins.set', 'set'],
  ['sqlalchemy.ext.orderinglist.ordering_list', 'list'],
]);

const KEYED_COLLECTIONS =
  /^sqlalchemy\.orm\.(?:attribute_mapped_collection|attribute_keyed_dict|column_mapped_collection|column_keyed_dict|mapped_collection|keyfunc_mapping|MappedCollection|KeyFuncDict)$/;

function readCollection(
  place: RelationshipPlace,
  mapping: Mapping,
  module: Module,
  argument: PyNode | undefined,
): { readonly name: string | null; readonly key: string | null } {
  if (!argument || argument.kind === 'none') return { name: null, key: null };
  const node = unwrap(unwrapLambda(unwrap(argument)));
  const call = readCall(node);
  const symbol = place.symbols.symbolOf(module, call?.callee ?? node);
  const name = symbol?.kind === 'definition' ? symbol.id : (symbol?.name ?? node.text);
  if (!call || !KEYED_COLLECTIONS.test(name))
    return { name: COLLECTION_CLASSES.get(name) ?? name, key: null };
  const [key] = call.positional;
  if (!key || !/\.(?:attribute|column)_/.test(name)) return { name: 'dict', key: null };
  if (/\.attribute_/.test(name))
    return { name: 'dict', key: constantString(place.symbols, module, key) };
  const { expression, context } = place.references.open(module, key, mapping);
  const column =
    expression.kind === 'name' ? place.references.column(context, expression.name) : null;
  return { name: 'dict', key: column?.attribute ?? null };
}

function readBackref(
  symbols: Symbols,
  mapping: Mapping,
  declared: DeclaredRelationship,
): Backref | null {
  const node = declared.arguments.get('backref');
  if (!node || node.kind === 'none') return null;
  const { module } = declared;
  const call = readCall(node);
  const callee = call && symbols.symbolOf(module, call.callee);
  const isBackref = callee?.kind === 'library' && callee.name === 'sqlalchemy.orm.backref';
  const name = constantString(
    symbols,
    module,
    isBackref ? call?.positional[0] : node,
    classNames(mapping),
  );
  return name === null
    ? null
    : { name, module, arguments: isBackref ? (call?.keywords ?? new Map()) : new Map() };
}

function readSecondary(
  references: References,
  mapping: Mapping,
  declared: DeclaredRelationship,
): string | null {
  const node = declared.arguments.get('secondary');
  if (!node || node.kind === 'none') return null;
  const { expression, context } = references.open(declared.module, node, mapping);
  const table = references.table(context, expression);
  if (!table?.name) return null;
  return table.schema === null ? table.name : `${table.schema}.${table.name}`;
}

/** The attribute that 2.1 takes for a name: `lambda: Order.user`, `Order.user`. */
function attributeName(node: PyNode | undefined): string | null {
  const inner = node && unwrapLambda(node);
  return inner?.kind === 'attribute' ? (inner.child('attribute')?.text ?? null) : null;
}
