// The tables behind the models: of mapped classes and of Table() calls, with columns and constraints. It resolves no foreign key.
import type { PyNode } from '../../python/tree.ts';
import type { Location } from '../models.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { booleanLiteral, constantString, readCall, type Call } from './calls.ts';
import { readColumn, type DeclaredColumn, type DeclaredForeignKey } from './columns.ts';
import type { AnnotationTypes } from './sql-type.ts';
import { locate, type CallSource } from './sources.ts';

/** A column of a table. */
export interface TableColumn {
  readonly table: Table;
  readonly declared: DeclaredColumn;
  readonly location: Location;
  /** The class whose attribute it is, `null` for a Table() that no class maps. */
  owner: string | null;
  /** The name of that attribute. */
  attribute: string;
  primaryKey: boolean;
  nullable: boolean | null;
  foreignKeys: readonly DeclaredForeignKey[];
}

/** A table. */
export interface Table {
  /** Project id of the variable, or of the mapped class. */
  readonly id: string | null;
  readonly name: string | null;
  readonly schema: string | null;
  /** What names the collection of tables that it belongs to: a base or a `MetaData` variable; `null` if unknown. */
  readonly metadata: string | null;
  readonly module: Module;
  /** The `type_annotation_map` of the class's base. */
  readonly annotationTypes: AnnotationTypes;
  readonly location: Location;
  /** By key. */
  readonly columns: Map<string, TableColumn>;
  /** The mapped class. */
  mappedClass: string | null;
}

/** Adds a column; the first of a key stays. */
export function addColumn(
  table: Table,
  declared: DeclaredColumn,
  owner: string | null,
  attribute: string,
  location: Location,
): TableColumn {
  const column: TableColumn = {
    table,
    declared,
    location,
    owner,
    attribute,
    primaryKey: declared.primaryKey,
    nullable: declared.nullable,
    foreignKeys: declared.foreignKeys,
  };
  const present = table.columns.get(declared.key);
  if (!present) table.columns.set(declared.key, column);
  return present ?? column;
}

/** Reads a `Table(…)` call. */
export function readTable(symbols: Symbols, source: CallSource): Table {
  const { call, module, location } = source;
  const [name, metadata, ...items] = call.positional;
  const table: Table = {
    id: source.id,
    name: constantString(symbols, module, name),
    schema:
      constantString(symbols, module, call.keywords.get('schema')) ??
      metadataSchema(symbols, module, metadata),
    metadata: metadataName(symbols, module, metadata),
    module,
    annotationTypes: new Map(),
    location,
    columns: new Map(),
    mappedClass: null,
  };
  // Flask-SQLAlchemy's `db.Table` takes no metadata.
  const rest = metadata && isItem(symbols, module, metadata) ? [metadata, ...items] : items;
  for (const node of rest) {
    const column = columnCall(symbols, module, node);
    if (!column) continue;
    const declared = readColumn({ symbols, module, name: '' }, column, 'table', null);
    addColumn(table, declared, null, declared.key, locate(module, node));
  }
  applyConstraints(symbols, module, table, rest, () => null);
  return table;
}

function isItem(symbols: Symbols, module: Module, node: PyNode): boolean {
  return (
    columnCall(symbols, module, node) !== null || constraintName(symbols, module, node) !== null
  );
}

function columnCall(symbols: Symbols, module: Module, node: PyNode): Call | null {
  const call = readCall(node);
  const symbol = call && symbols.symbolOf(module, call.callee);
  return symbol?.kind === 'library' && symbol.name === 'sqlalchemy.Column' ? call : null;
}

function constraintName(symbols: Symbols, module: Module, node: PyNode): string | null {
  const call = readCall(node);
  const symbol = call && symbols.symbolOf(module, call.callee);
  return symbol?.kind === 'library' ? symbol.name : null;
}

/** `Base.metadata` is named by the base, a `MetaData` variable by itself. */
export function metadataName(
  symbols: Symbols,
  module: Module,
  node: PyNode | null | undefined,
): string | null {
  if (!node) return null;
  const isMember = node.kind === 'attribute' && node.child('attribute')?.text === 'metadata';
  const object = isMember ? node.child('object') : null;
  const owner = object && symbols.symbolOf(module, object);
  if (owner?.kind === 'definition') {
    const flask = object && symbols.symbolOf(module, node);
    if (flask?.kind === 'library') return 'flask_sqlalchemy.SQLAlchemy.Model';
    return owner.id;
  }
  const symbol = symbols.symbolOf(module, node);
  return symbol?.kind === 'definition' ? symbol.id : null;
}

/** The default schema of `MetaData(schema="…")`, given as the call or a variable that holds it. */
export function metadataSchema(
  symbols: Symbols,
  module: Module,
  node: PyNode | null | undefined,
): string | null {
  const call = readCall(node ?? null);
  const callee = call && symbols.symbolOf(module, call.callee);
  if (call && callee?.kind === 'library' && callee.name === 'sqlalchemy.MetaData')
    return constantString(symbols, module, call.keywords.get('schema'));
  if (!node || call) return null;
  const symbol = symbols.symbolOf(module, node);
  const value = symbol?.kind === 'definition' ? symbol.binding.value : null;
  return symbol?.kind === 'definition' && value?.kind === 'call'
    ? metadataSchema(symbols, symbol.module, value)
    : null;
}

/** Applies PrimaryKeyConstraint and ForeignKeyConstraint among the items of a table. `keyOf` gives the column of a class attribute's name. */
export function applyConstraints(
  symbols: Symbols,
  module: Module,
  table: Table,
  items: readonly PyNode[],
  keyOf: (attribute: string) => string | null,
): void {
  for (const item of items) {
    const call = readCall(item);
    const name = constraintName(symbols, module, item);
    if (!call || name === null) continue;
    const column = (node: PyNode): TableColumn | null => {
      const key = constantString(symbols, module, node) ?? keyOf(node.text);
      return key === null ? null : columnNamed(table, key);
    };
    if (name === 'sqlalchemy.PrimaryKeyConstraint')
      for (const node of call.positional) makePrimary(column(node));
    if (name === 'sqlalchemy.ForeignKeyConstraint') {
      const [columns, targets] = [
        call.positional[0] ?? call.keywords.get('columns'),
        call.positional[1] ?? call.keywords.get('refcolumns'),
      ];
      (columns?.named ?? []).forEach((node, index) => {
        const target = targets?.named[index];
        const own = column(node);
        if (own && target)
          own.foreignKeys = [
            ...own.foreignKeys,
            { module, target, constraint: `${module.path}:${item.start}` },
          ];
      });
    }
  }
}

/** A column by its key, else by its name in the database. */
export function columnNamed(table: Table, name: string): TableColumn | null {
  const keyed = table.columns.get(name);
  if (keyed) return keyed;
  return [...table.columns.values()].find((each) => each.declared.columnName === name) ?? null;
}

/** What an item of `__table_args__` calls if it makes no column a part of the key unseen. */
const READ = /^(?:sqlalchemy\.|builtins\.dict$)/;

/** Forgets what a column of a table without a known primary key says of NULL, where something unread may make it part of the key. */
export function doubtKeys(
  symbols: Symbols,
  module: Module,
  table: Table,
  items: readonly PyNode[],
): void {
  const columns = [...table.columns.values()];
  if (columns.some(({ primaryKey }) => primaryKey)) return;
  const isRead = (item: PyNode): boolean =>
    item.kind === 'none' || READ.test(constraintName(symbols, module, item) ?? '');
  if (items.every(isRead)) return;
  for (const column of columns)
    if (!column.declared.nullableGiven && !column.declared.isMapped) column.nullable = null;
}

function makePrimary(column: TableColumn | null): void {
  if (!column) return;
  column.primaryKey = true;
  if (!column.declared.nullableGiven) column.nullable = false;
}

/** What `__table_args__` says: the items, and the schema. */
export function readTableArguments(
  symbols: Symbols,
  module: Module,
  value: PyNode | null,
): { readonly items: readonly PyNode[]; readonly schema: string | null } {
  const parts = value?.kind === 'tuple' ? value.named : value ? [value] : [];
  const dictionary = parts.find((part) => part.kind === 'dictionary');
  const schema = dictionary?.named.find(
    (pair) => constantString(symbols, module, pair.child('key')) === 'schema',
  );
  return {
    items: parts.filter((part) => part.kind !== 'dictionary'),
    schema: constantString(symbols, module, schema?.child('value')),
  };
}

/** Whether `__mapper_args__` makes a class concrete. */
export function isConcrete(symbols: Symbols, module: Module, value: PyNode | null): boolean {
  const pair = value?.named.find(
    (each) => constantString(symbols, module, each.child('key')) === 'concrete',
  );
  return booleanLiteral(pair?.child('value')) === true;
}
