// Joins classes with their tables: which table each mapped class has, which attributes and columns reach it by inheritance. It resolves no references.
import type { PyNode } from '../../python/tree.ts';
import type { MappedClass } from '../models.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { constantString, readCall } from './calls.ts';
import { readAnnotationTypes, type AnnotationTypes } from './sql-type.ts';
import { readAttributes, readValue, type DeclaredAttribute } from './attributes.ts';
import type { Hierarchy } from './hierarchy.ts';
import { locate, type ClassSource, type Sources } from './sources.ts';
import { readTableName } from './table-name.ts';
import {
  addColumn,
  columnNamed,
  applyConstraints,
  doubtKeys,
  isConcrete,
  metadataName,
  metadataSchema,
  readTable,
  readTableArguments,
  type Table,
  type TableColumn,
} from './tables.ts';
import { memberValue } from './members.ts';

/** A class with a table. */
export interface Mapping {
  readonly source: ClassSource;
  readonly id: string;
  readonly base: string | null;
  /** What classes must share to find each other by name: the base, or the unseen class that stands for it; `null` if neither is known. */
  readonly registry: string | null;
  readonly mro: readonly string[];
  readonly parent: Mapping | null;
  /** The table that rows of the class are stored in; the parent's under single-table inheritance. */
  readonly table: Table | null;
  readonly inheritance: MappedClass['inheritance'];
  readonly imperative: boolean;
  /** What the class body and later assignments declare. */
  readonly own: readonly DeclaredAttribute[];
  /** What the class has, by inheritance too; nearest declaration first. */
  readonly attributes: ReadonlyMap<string, DeclaredAttribute>;
  /** The column of each column attribute. */
  readonly columns: ReadonlyMap<string, TableColumn>;
}

/** Everything with a table, and what all declarative classes declare. */
export interface Mappings {
  readonly byId: ReadonlyMap<string, Mapping>;
  readonly tables: readonly Table[];
  readonly tablesById: ReadonlyMap<string, Table>;
  /** Declarations of any class of the project, mixins included. */
  readonly declared: (id: string) => readonly DeclaredAttribute[];
}

/** Maps all classes. */
export function buildMappings(sources: Sources, hierarchy: Hierarchy, symbols: Symbols): Mappings {
  const byId = new Map<string, Mapping>();
  const declared = declaredAttributes(sources, symbols);
  const calls = sources.tableCalls.map((source) => ({ source, table: readTable(symbols, source) }));
  const tables = calls.map(({ table }) => table);
  const byNode = new Map(calls.map(({ source, table }) => [source.call.node, table]));
  const tablesById = new Map(
    tables.flatMap((table) => (table.id === null ? [] : [[table.id, table]])),
  );

  function map(id: string): Mapping | null {
    const known = byId.get(id);
    if (known) return known;
    const source = sources.classes.get(id);
    if (!source || !hierarchy.isMapped(id)) return null;
    const mro = hierarchy.mro(id);
    const parentId = mro.slice(1).find((each) => hierarchy.isMapped(each));
    const parent = parentId === undefined ? null : map(parentId);
    const mapping = join(source, mro, parent);
    byId.set(id, mapping);
    return mapping;
  }

  function join(source: ClassSource, mro: readonly string[], parent: Mapping | null): Mapping {
    const base = hierarchy.baseOf(source.id);
    const own = declared(source.id);
    const attributes = effective(mro);
    const imperative = imperativeTable(source.id);
    const inherited = new Set(parent?.mro ?? []);
    const fresh = [...attributes.values()].filter((each) => !inherited.has(each.owner));
    const named = imperative
      ? null
      : readTableName(sources, hierarchy, symbols, source, mro, parent, hasPrimaryKey(fresh));
    const concrete = isConcrete(
      symbols,
      source.module,
      memberValue(symbols, sources, mro.slice(0, 1), '__mapper_args__')?.node ?? null,
    );
    const table = imperative
      ? imperative.table
      : named
        ? newTable(source, mro, base, named.name)
        : (parent?.table ?? null);
    const inheritance = !parent
      ? 'none'
      : concrete
        ? 'concrete'
        : named || imperative
          ? 'joined'
          : 'single';
    const columns = new Map(inheritance === 'concrete' ? [] : (parent?.columns ?? []));
    for (const attribute of fresh)
      if (attribute.declaration.kind === 'alias')
        rename(table, attribute.declaration.column, attribute.name, columns);
      else if (table && attribute.declaration.kind === 'column') {
        const { column } = attribute.declaration;
        const added = addColumn(table, column, source.id, attribute.name, attribute.location);
        columns.set(attribute.name, added);
      } else if (attribute.declaration.kind !== 'unknown') columns.delete(attribute.name);
    if (imperative?.table) claim(imperative.table, source.id, columns);
    if (table && table !== parent?.table) constrain(table, source, mro, columns);
    if (table && !parent) table.mappedClass ??= source.id;
    if (table && parent && table !== parent.table) table.mappedClass ??= source.id;
    return {
      source,
      id: source.id,
      base,
      registry: base ?? hierarchy.unknownBases(source.id).find(isImported) ?? null,
      mro,
      parent,
      table,
      inheritance,
      imperative: imperative !== null,
      own,
      attributes,
      columns,
    };
  }

  function effective(mro: readonly string[]): ReadonlyMap<string, DeclaredAttribute> {
    const found = new Map<string, DeclaredAttribute>();
    for (const id of mro)
      for (const attribute of declared(id))
        if (!found.has(attribute.name)) found.set(attribute.name, attribute);
    return found;
  }

  function imperativeTable(id: string): { readonly table: Table | null } | null {
    const classical = sources.mapperCalls.get(id);
    const mapped = classical?.call.positional[1] ?? classical?.call.keywords.get('local_table');
    const member =
      classical && mapped
        ? { module: classical.module, node: mapped }
        : memberValue(symbols, sources, [id], '__table__');
    if (!member?.node) return member ? { table: null } : null;
    const direct = byNode.get(member.node);
    if (direct) return { table: direct };
    const symbol = symbols.symbolOf(member.module, member.node);
    return { table: symbol?.kind === 'definition' ? (tablesById.get(symbol.id) ?? null) : null };
  }

  function newTable(
    source: ClassSource,
    mro: readonly string[],
    base: string | null,
    name: string | null,
  ): Table {
    const { schema } = tableArguments(mro);
    const metadata = memberValue(symbols, sources, mro, 'metadata') ?? baseMetadata(base);
    const table: Table = {
      id: source.id,
      name,
      schema: schema ?? (metadata && metadataSchema(symbols, metadata.module, metadata.node)),
      metadata: (metadata && metadataName(symbols, metadata.module, metadata.node)) ?? base,
      module: source.module,
      annotationTypes: annotationTypes(mro, base),
      location: source.location,
      columns: new Map(),
      mappedClass: null,
    };
    tables.push(table);
    return table;
  }

  /** `Base = declarative_base(metadata=metadata)`. */
  function baseMetadata(base: string | null) {
    const call = base === null ? null : (sources.baseCalls.get(base) ?? null);
    const node = call?.call.keywords.get('metadata');
    return call && node ? { module: call.module, node } : null;
  }

  /** `type_annotation_map` of the base, its registry, or the registry that maps the class. */
  function annotationTypes(mro: readonly string[], base: string | null): AnnotationTypes {
    const own = memberValue(symbols, sources, mro, 'type_annotation_map');
    if (own) return readAnnotationTypes(symbols, own.module, own.node);
    const registry = memberValue(symbols, sources, mro, 'registry');
    const call = base === null ? null : (sources.baseCalls.get(base) ?? null);
    const holder = registry ?? (call && { module: call.module, node: call.call.node });
    const made = holder && madeBy(symbols, holder.module, holder.node, base);
    const node = made?.call.keywords.get('type_annotation_map');
    return made && node ? readAnnotationTypes(symbols, made.module, node) : new Map();
  }

  function tableArguments(mro: readonly string[]) {
    const member = memberValue(symbols, sources, mro, '__table_args__');
    const module = member?.module ?? null;
    const read = module && readTableArguments(symbols, module, member?.node ?? null);
    return { items: read?.items ?? [], schema: read?.schema ?? null, module };
  }

  function constrain(
    table: Table,
    source: ClassSource,
    mro: readonly string[],
    columns: ReadonlyMap<string, TableColumn>,
  ): void {
    const { items, module } = tableArguments(mro);
    const keyOf = (name: string): string | null =>
      columns.get(name.replace(/^(?:cls|self)\./, ''))?.declared.key ?? null;
    applyConstraints(symbols, module ?? source.module, table, items, keyOf);
    doubtKeys(symbols, module ?? source.module, table, items);
  }

  for (const id of [...sources.classes.keys()].toSorted()) map(id);
  return { byId, tables, tablesById, declared };
}

/** The call that made a registry or base, through a variable if need be. */
function madeBy(symbols: Symbols, module: Module, node: PyNode | null, id: string | null) {
  const call = readCall(node);
  if (call) return { module, call };
  const symbol = node ? symbols.symbolOf(module, node) : null;
  const found = symbol?.kind === 'definition' ? symbol : symbols.definition(id ?? '');
  const value = found ? readCall(found.binding.value) : null;
  return found && value ? { module: found.module, call: value } : null;
}

/** Gives a column of the table another attribute. */
function rename(
  table: Table | null,
  key: string,
  attribute: string,
  columns: Map<string, TableColumn>,
): void {
  const column = table && columnNamed(table, key);
  if (!column) return;
  column.attribute = attribute;
  columns.set(attribute, column);
}

/** Gives the columns of an imperative table to the class that maps it. */
function claim(table: Table, id: string, columns: Map<string, TableColumn>): void {
  for (const column of table.columns.values()) {
    column.owner ??= id;
    if (!columns.has(column.attribute)) columns.set(column.attribute, column);
  }
}

function isImported(name: string): boolean {
  return /^\w+(?:\.\w+)+$/.test(name) && !/^(?:cls|self)\./.test(name);
}

function hasPrimaryKey(attributes: readonly DeclaredAttribute[]): boolean {
  return attributes.some(
    ({ declaration }) => declaration.kind === 'column' && declaration.column.primaryKey,
  );
}

function declaredAttributes(
  sources: Sources,
  symbols: Symbols,
): (id: string) => readonly DeclaredAttribute[] {
  const memo = new Map<string, readonly DeclaredAttribute[]>();
  const late = lateAttributes(sources, symbols);
  return (id) => {
    const known = memo.get(id);
    if (known) return known;
    const source = sources.classes.get(id);
    const after = [...propertiesOf(sources, symbols, id), ...(late.get(id) ?? [])];
    const replaced = new Set(after.map((each) => each.name));
    const body = source ? readAttributes(symbols, source) : [];
    const all = [...body.filter((each) => !replaced.has(each.name)), ...after];
    memo.set(id, all);
    return all;
  };
}

/** The `properties` of a classical mapping. */
function propertiesOf(
  sources: Sources,
  symbols: Symbols,
  id: string,
): readonly DeclaredAttribute[] {
  const classical = sources.mapperCalls.get(id);
  const pairs =
    (classical?.call.keywords.get('properties') ?? classical?.call.positional[2])?.named ?? [];
  return pairs.flatMap((pair) => {
    const key = pair.child('key');
    const value = pair.child('value');
    const name = classical && constantString(symbols, classical.module, key);
    if (!classical || !value || typeof name !== 'string') return [];
    const { module } = classical;
    const declaration = readValue({ symbols, module, name }, value, null, null);
    return [{ name, owner: id, location: locate(module, pair), declaration }];
  });
}

function lateAttributes(
  sources: Sources,
  symbols: Symbols,
): ReadonlyMap<string, readonly DeclaredAttribute[]> {
  const late = new Map<string, DeclaredAttribute[]>();
  for (const { module, owner, name, value, node } of sources.late) {
    const symbol = symbols.symbolOf(module, owner);
    if (symbol?.kind !== 'definition' || !sources.classes.has(symbol.id)) continue;
    const declaration = readValue({ symbols, module, name }, value, null, null);
    if (declaration.kind === 'unknown' || declaration.kind === 'plain') continue;
    const attribute = { name, owner: symbol.id, location: locate(module, node), declaration };
    const list = late.get(symbol.id);
    if (list) list.push(attribute);
    else late.set(symbol.id, [attribute]);
  }
  return late;
}
