// Resolves what declarations refer to: classes by name or string, tables, columns, foreign keys. It decides nothing about joins.
import { readExpression, type Expression } from '../../python/expression.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { constantString, unwrap, unwrapLambda, type Constants } from './calls.ts';
import type { DeclaredForeignKey } from './columns.ts';
import type { Mapping, Mappings } from './mappings.ts';
import { resolveName } from './names.ts';
import { columnNamed, type Table, type TableColumn } from './tables.ts';

/** Where an expression stands: in code, or in a string that SQLAlchemy evaluates with the names of the registry. */
export interface Context {
  readonly module: Module;
  readonly node: PyNode;
  /** The class that the expression is evaluated for. */
  readonly mapping: Mapping;
  readonly inString: boolean;
}

/** What a foreign key points at. */
export interface ResolvedForeignKey {
  readonly target: string | null;
  readonly column: TableColumn | null;
}

/** Answers what references mean. */
export interface References {
  /** The expression of an argument and the context to read it in; strings are read as code. */
  open(
    module: Module,
    node: PyNode,
    mapping: Mapping,
  ): { expression: Expression; context: Context };
  classNamed(context: Context, name: string): Mapping | null;
  table(context: Context, expression: Expression): Table | null;
  column(context: Context, name: string): TableColumn | null;
  /** What a foreign key of `column` points at. */
  foreignKey(column: TableColumn, key: DeclaredForeignKey): ResolvedForeignKey;
}

/** Creates the resolver over all mappings. */
export function createReferences(symbols: Symbols, mappings: Mappings): References {
  const byName = groupBy([...mappings.byId.values()], (mapping) => mapping.source.name);
  const foreignKeys = new Map<TableColumn, Map<DeclaredForeignKey, ResolvedForeignKey>>();
  const tablesByName = groupBy(mappings.tables, (table) => table.name ?? '');

  function open(module: Module, node: PyNode, mapping: Mapping) {
    const inner = unwrap(unwrapLambda(unwrap(node)));
    const text = constantString(symbols, module, inner, classNames(mapping));
    const context: Context = { module, node: inner, mapping, inString: text !== null };
    return { expression: readExpression(text ?? inner.text), context };
  }

  function classNamed(context: Context, name: string): Mapping | null {
    if (name === 'cls') return context.mapping;
    if (context.inString) return registered(context.mapping, name);
    const symbol = resolveName(symbols, context.module, name, context.node);
    return symbol?.kind === 'definition' ? (mappings.byId.get(symbol.id) ?? null) : null;
  }

  /** What the registry of a class has under a name: `User`, or enough of the path to tell (`models.User`). */
  function registered(from: Mapping, name: string): Mapping | null {
    const plain = name.slice(name.lastIndexOf('.') + 1);
    const matching = (byName.get(plain) ?? []).filter(
      (each) => each.id === name || plain === name || each.id.endsWith(`.${name}`),
    );
    const same = matching.filter(
      (each) => each.registry !== null && each.registry === from.registry,
    );
    const related =
      same.length > 0
        ? same
        : matching.filter(
            (each) =>
              (each.registry === null || from.registry === null) &&
              each.source.module === from.source.module,
          );
    return nearest(
      inFile(related, from.source.module.path, (each) => each.source.module.path),
      from.id,
      (each) => each.id,
    );
  }

  function table(context: Context, expression: Expression): Table | null {
    if (expression.kind !== 'name') return null;
    const { name } = expression;
    if (name.endsWith('.__table__'))
      return classNamed(context, name.slice(0, -'.__table__'.length))?.table ?? null;
    if (context.inString)
      return (
        tableNamed(name, context.mapping.table) ?? registered(context.mapping, name)?.table ?? null
      );
    const symbol = resolveName(symbols, context.module, name, context.node);
    if (symbol?.kind !== 'definition') return null;
    return mappings.tablesById.get(symbol.id) ?? mappings.byId.get(symbol.id)?.table ?? null;
  }

  function tableNamed(name: string, from: Table | null): Table | null {
    const dot = name.lastIndexOf('.');
    const schema = dot < 0 ? null : name.slice(0, dot);
    const all = tablesByName.get(name.slice(dot + 1)) ?? [];
    const exact = all.filter((each) => each.schema === schema);
    // Without a match, the schema is the metadata's or the connection's default.
    const found = exact.length > 0 ? exact : schema === null ? all : [];
    const related = found.filter((each) => each.metadata === from?.metadata);
    const loose = found.filter((each) => each.metadata === null || !from?.metadata);
    const candidates = related.length > 0 ? related : loose.length > 0 ? loose : found;
    const near = from
      ? inFile(candidates, from.module.path, (each) => each.module.path)
      : candidates;
    return nearest(near, from?.id ?? '', (each) => each.id ?? '');
  }

  function column(context: Context, name: string): TableColumn | null {
    const parts = name.split('.');
    const last = parts.pop() ?? '';
    if (parts.length === 0)
      return context.inString ? null : (context.mapping.columns.get(last) ?? null);
    const through = parts.at(-1);
    if (through === 'c' || through === 'columns') {
      const owner = table(context, { kind: 'name', name: parts.slice(0, -1).join('.') });
      return owner && columnNamed(owner, last);
    }
    return classNamed(context, parts.join('.'))?.columns.get(last) ?? null;
  }

  function foreignKey(from: TableColumn, key: DeclaredForeignKey): ResolvedForeignKey {
    const before = foreignKeys.get(from)?.get(key);
    if (before) return before;
    const answer = resolveForeignKey(from, key);
    const known = foreignKeys.get(from) ?? new Map<DeclaredForeignKey, ResolvedForeignKey>();
    foreignKeys.set(from, known.set(key, answer));
    return answer;
  }

  function resolveForeignKey(from: TableColumn, key: DeclaredForeignKey): ResolvedForeignKey {
    const owner = from.owner === null ? null : (mappings.byId.get(from.owner) ?? null);
    const inner = unwrap(unwrapLambda(key.target));
    const text = constantString(symbols, key.module, inner, tableNames(key.module, inner, owner));
    if (text !== null) {
      const dot = text.lastIndexOf('.');
      const [name, columnName] =
        dot < 0 ? [text, from.declared.key] : [text.slice(0, dot), text.slice(dot + 1)];
      const target = tableNamed(name, from.table);
      return { target: `${name}.${columnName}`, column: target && columnNamed(target, columnName) };
    }
    const found = owner
      ? column({ module: key.module, node: inner, mapping: owner, inString: false }, inner.text)
      : coreColumn(key.module, inner);
    return { target: found && qualified(found), column: found };
  }

  /** `users.c.id` or `User.id` in a Table(). */
  function coreColumn(module: Module, node: PyNode): TableColumn | null {
    const parts = node.text.split('.');
    const last = parts.pop() ?? '';
    const name = (parts.at(-1) === 'c' ? parts.slice(0, -1) : parts)
      .join('.')
      .replace(/\.__table__$/, '');
    const symbol = name === '' ? null : resolveName(symbols, module, name, node);
    if (symbol?.kind !== 'definition') return null;
    const owner = mappings.tablesById.get(symbol.id);
    if (owner) return columnNamed(owner, last);
    return mappings.byId.get(symbol.id)?.columns.get(last) ?? null;
  }

  /** `User.__tablename__ + ".id"`. */
  function tableNames(module: Module, node: PyNode, owner: Mapping | null): Constants {
    return (text) => {
      const match = /^([\w.]+)\.__tablename__$/.exec(text);
      if (!match?.[1]) return owner ? classNames(owner)(text) : null;
      if (match[1] === 'cls') return owner?.table?.name ?? null;
      const symbol = resolveName(symbols, module, match[1], node);
      return symbol?.kind === 'definition'
        ? (mappings.byId.get(symbol.id)?.table?.name ?? null)
        : null;
    };
  }

  return { open, classNamed, table, column, foreignKey };
}

/** `schema.table.column`. */
export function qualified(column: TableColumn): string | null {
  const { name, schema } = column.table;
  if (name === null) return null;
  return [...(schema === null ? [] : [schema]), name, column.declared.columnName].join('.');
}

/** What `cls.__name__` and `cls.__tablename__` are for a class. */
export function classNames(mapping: Mapping): Constants {
  return (text) => {
    if (/^(?:cls|self)\.__name__$/.test(text)) return mapping.source.name;
    return /^(?:cls|self)\.__tablename__$/.test(text) ? (mapping.table?.name ?? null) : null;
  };
}

/**
 * The candidates of the same file, if there are any. Two of one name in one registry (or metadata) cannot be loaded together, and the file itself is loaded:
 * the others belong to programs that merely share the base.
 */
function inFile<Item>(
  candidates: readonly Item[],
  path: string,
  pathOf: (item: Item) => string,
): readonly Item[] {
  const own = candidates.filter((each) => pathOf(each) === path);
  return own.length > 0 ? own : candidates;
}

/** The only candidate, else the one that asks, else the only one in the same function, else the only one outside of functions; ids tell. */
function nearest<Item>(
  candidates: readonly Item[],
  from: string,
  idOf: (item: Item) => string,
): Item | null {
  const [first, ...more] = candidates;
  if (!first || more.length === 0) return first ?? null;
  const own = candidates.find((each) => idOf(each) === from);
  if (own) return own;
  for (let scope = scopeOf(from); scope.includes('<locals>'); scope = scopeOf(scope)) {
    const inside = candidates.filter((each) => scopeOf(idOf(each)) === scope);
    if (inside.length > 0) return only(inside);
  }
  return only(candidates.filter((each) => !idOf(each).includes('<locals>')));
}

function only<Item>(items: readonly Item[]): Item | null {
  return items.length === 1 ? (items[0] ?? null) : null;
}

function scopeOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('.')));
}

function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const list = groups.get(keyOf(item));
    if (list) list.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
