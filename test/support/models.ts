// Model indexes of test projects, and the facts of them that SQLAlchemy's mappers can confirm.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindModule } from '../../src/binder/bind.ts';
import { buildGraph, moduleNames } from '../../src/project/graph.ts';
import type { MappedClass, ModelIndex } from '../../src/project/models.ts';
import { buildModelIndex } from '../../src/project/models/build.ts';
import { createSymbols } from '../../src/project/resolve-symbols.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/project/settings.ts';
import { parse } from './python.ts';

/** What a mapper says about a column. */
export interface ColumnFacts {
  readonly name: string;
  readonly nullable: boolean | null;
  /** The plain name of the type's class. */
  readonly type: string | null;
  readonly primaryKey: boolean;
  readonly foreignKeys: readonly (string | null)[];
}

/** What a mapper says about a relationship. */
export interface RelationshipFacts {
  readonly target: string | null;
  readonly direction: string | null;
  readonly uselist: boolean | null;
  readonly optional: boolean | null;
  readonly collection: string | null;
  readonly lazy: string | null;
  readonly reverse: string | null;
  readonly secondary: string | null;
  readonly viewonly: boolean;
}

/** What a mapper says about a class. */
export interface ClassFacts {
  readonly table: string | null;
  readonly inheritance: string;
  readonly columns: Readonly<Record<string, ColumnFacts>>;
  readonly relationships: Readonly<Record<string, RelationshipFacts>>;
}

/** Indexes files given by path. */
export function indexFiles(
  files: Readonly<Record<string, string>>,
  settings: Partial<Settings> = {},
): ModelIndex {
  const names = moduleNames(Object.keys(files));
  const graph = buildGraph(
    Object.entries(files).map(([path, text]) => {
      const tree = parse(text);
      const isPackage = path.endsWith('__init__.py');
      return { path, name: names.get(path) ?? path, isPackage, tree, binding: bindModule(tree) };
    }),
  );
  return buildModelIndex(graph, createSymbols(graph), { ...DEFAULT_SETTINGS, ...settings });
}

/** Indexes all Python files below a folder. */
export function indexFolder(folder: string): ModelIndex {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.py'),
  );
  return indexFiles(
    Object.fromEntries(
      paths.toSorted().map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
    ),
  );
}

/** The facts of all mapped classes, by id. */
export function factsOf(index: ModelIndex): Readonly<Record<string, ClassFacts>> {
  const mapped = [...index.classes.values()].filter((each) => each.role === 'mapped');
  return Object.fromEntries(mapped.map((each) => [each.id, classFacts(each)]));
}

function classFacts(mapped: MappedClass): ClassFacts {
  const columns: Record<string, ColumnFacts> = {};
  const relationships: Record<string, RelationshipFacts> = {};
  for (const [name, attribute] of mapped.attributes) {
    if (attribute.kind === 'column')
      columns[name] = {
        name: attribute.columnName,
        nullable: attribute.nullable,
        type: attribute.type?.name.split('.').at(-1) ?? null,
        primaryKey: attribute.primaryKey,
        foreignKeys: attribute.foreignKeys.map((key) => key.target),
      };
    if (attribute.kind === 'relationship')
      relationships[name] = {
        target: attribute.target,
        direction: attribute.direction,
        uselist: attribute.uselist,
        optional: attribute.optional,
        collection: attribute.uselist ? attribute.collection : null,
        lazy: attribute.lazy,
        reverse: attribute.reverse,
        secondary: attribute.secondary,
        viewonly: attribute.viewonly,
      };
  }
  const table =
    mapped.tableName !== null && mapped.schema !== null
      ? `${mapped.schema}.${mapped.tableName}`
      : mapped.tableName;
  return { table, inheritance: mapped.inheritance, columns, relationships };
}
