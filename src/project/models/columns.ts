// Reads one column declaration: names, type, key, nullability, foreign keys as written. It resolves no foreign key.
import type { PyNode } from '../../python/tree.ts';
import type { ColumnAttribute, SqlType } from '../models.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import type { MappedAnnotation } from './annotation.ts';
import { booleanLiteral, constantString, readCall, type Call } from './calls.ts';
import type { GivenArguments } from './factories.ts';
import { readType } from './sql-type.ts';

/** A foreign key as written. */
export interface DeclaredForeignKey {
  readonly module: Module;
  /** What it points at: a string, a column, a lambda. */
  readonly target: PyNode;
  /** Keys with the same mark belong to one constraint. */
  readonly constraint: string;
}

/** A column as written. */
export interface DeclaredColumn {
  readonly columnName: string;
  /** The name in `table.c` and in strings. */
  readonly key: string;
  readonly style: ColumnAttribute['style'];
  readonly type: SqlType | null;
  /** The Python type of the annotation that decides the type, where none is given. */
  readonly annotated: string | null;
  readonly primaryKey: boolean;
  readonly nullable: boolean | null;
  /** Nullability is spelled out, so that constraints do not change it. */
  readonly nullableGiven: boolean;
  /** It has an annotation of `Mapped`, from which the nullability comes where it is not spelled out. */
  readonly isMapped: boolean;
  readonly deferred: boolean;
  readonly foreignKeys: readonly DeclaredForeignKey[];
}

/** Where and under which name a column is declared. */
export interface ColumnPlace {
  readonly symbols: Symbols;
  readonly module: Module;
  readonly name: string;
  /** Inside a function of the project that makes columns: what the parameters stand for. */
  readonly given?: GivenArguments;
}

/** Reads the arguments of `Column(…)` or `mapped_column(…)`. */
export function readColumn(
  place: ColumnPlace,
  call: Call,
  style: ColumnAttribute['style'],
  annotation: MappedAnnotation | null,
): DeclaredColumn {
  const { symbols, module, name } = place;
  const positional = [...call.positional];
  const first = positional[0] ? constantString(symbols, module, positional[0]) : null;
  if (first !== null) positional.shift();
  const columnName = first ?? constantString(symbols, module, call.keywords.get('name')) ?? name;
  const calls = new Map(positional.map((node) => [node, calledName(symbols, module, node)]));
  const typeNode = call.keywords.get('type_') ?? typeArgument(positional, calls);
  const primary = call.keywords.get('primary_key');
  const bundled = bundledColumn(place, annotation);
  const primaryKey = booleanLiteral(primary) ?? bundled?.primaryKey ?? false;
  const identity = [...calls.values()].includes('sqlalchemy.Identity');
  const nullability = readNullability(call, primaryKey || identity, annotation, bundled);
  const keys = positional
    .filter((node) => calls.get(node) === 'sqlalchemy.ForeignKey')
    .flatMap((node) => foreignKey(place, node));
  const annotated = typeNode || keys.length > 0 ? null : (annotation?.argumentName ?? null);
  const typed = typeNode ? readType(symbols, module, typeNode) : null;
  return {
    columnName,
    key: constantString(symbols, module, call.keywords.get('key')) ?? columnName,
    style,
    type: typed ?? bundled?.type ?? null,
    annotated: bundled?.type ? null : annotated,
    primaryKey,
    ...nullability,
    isMapped: annotation !== null,
    deferred: style === 'deferred' || booleanLiteral(call.keywords.get('deferred')) === true,
    foreignKeys: keys.length > 0 ? keys : (bundled?.foreignKeys ?? []),
  };
}

/** A column that only an annotation declares: `x: Mapped[int]`. */
export function bareColumn(place: ColumnPlace, annotation: MappedAnnotation): DeclaredColumn {
  const bundled = bundledColumn(place, annotation);
  return {
    columnName: bundled?.columnName ?? place.name,
    key: bundled?.key ?? place.name,
    style: 'bare',
    type: bundled?.type ?? null,
    annotated: bundled?.type || bundled?.foreignKeys.length ? null : annotation.argumentName,
    primaryKey: bundled?.primaryKey ?? false,
    nullable: bundled?.nullableGiven ? bundled.nullable : annotation.optional,
    nullableGiven: bundled?.nullableGiven ?? false,
    isMapped: true,
    deferred: bundled?.deferred ?? false,
    foreignKeys: bundled?.foreignKeys ?? [],
  };
}

function bundledColumn(
  place: ColumnPlace,
  annotation: MappedAnnotation | null,
): DeclaredColumn | null {
  const bundled = annotation?.bundled;
  const call = bundled ? readCall(bundled.node) : null;
  return bundled && call
    ? readColumn({ ...place, module: bundled.module }, call, 'mapped_column', null)
    : null;
}

type Nullability = Pick<DeclaredColumn, 'nullable' | 'nullableGiven'>;

function readNullability(
  call: Call,
  notNull: boolean,
  annotation: MappedAnnotation | null,
  bundled: DeclaredColumn | null,
): Nullability {
  const written = call.keywords.get('nullable');
  if (written) return { nullable: booleanLiteral(written), nullableGiven: true };
  if (call.spread || isUnknown(call.keywords.get('primary_key')))
    return { nullable: null, nullableGiven: false };
  if (bundled?.nullableGiven) return { nullable: bundled.nullable, nullableGiven: true };
  if (annotation) return { nullable: annotation.optional, nullableGiven: false };
  return { nullable: !notNull, nullableGiven: false };
}

function isUnknown(node: PyNode | undefined): boolean {
  return node !== undefined && booleanLiteral(node) === null;
}

function calledName(symbols: Symbols, module: Module, node: PyNode): string | null {
  const call = readCall(node);
  const symbol = call && symbols.symbolOf(module, call.callee);
  return symbol?.kind === 'library' ? symbol.name : null;
}

/** Arguments of a column that are no type. */
const SCHEMA_ITEMS: ReadonlySet<string> = new Set(
  'ForeignKey Identity Computed Sequence CheckConstraint UniqueConstraint PrimaryKeyConstraint DefaultClause FetchedValue Index'
    .split(' ')
    .map((name) => `sqlalchemy.${name}`),
);

/** Only the first argument after the name can be the type. */
function typeArgument(
  positional: readonly PyNode[],
  calls: ReadonlyMap<PyNode, string | null>,
): PyNode | null {
  const [first] = positional;
  if (!first || first.kind === 'none') return null;
  return SCHEMA_ITEMS.has(calls.get(first) ?? '') ? null : first;
}

function foreignKey(
  { module, name, given }: ColumnPlace,
  node: PyNode,
): readonly DeclaredForeignKey[] {
  const call = readCall(node);
  const written = call?.positional[0] ?? call?.keywords.get('column');
  const target = written && (given?.values.get(written.text) ?? written);
  // The same line of a function makes another constraint for each column.
  const maker = given ? ` ${name}` : '';
  return target ? [{ module, target, constraint: `${module.path}:${node.start}${maker}` }] : [];
}
