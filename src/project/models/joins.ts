// Finds the direction of a relationship the way SQLAlchemy does: from foreign keys between the tables, and from what the arguments say about them.
import type { Expression } from '../../python/expression.ts';
import type { PyNode } from '../../python/tree.ts';
import type { RelationshipAttribute } from '../models.ts';
import type { Module } from '../modules.ts';
import type { Mapping } from './mappings.ts';
import type { Context, References } from './references.ts';
import type { Table, TableColumn } from './tables.ts';

/** How the rows of two classes meet. */
export interface Join {
  readonly direction: RelationshipAttribute['direction'];
  /** The foreign key columns that decide it; empty for many-to-many. */
  readonly foreign: readonly TableColumn[];
}

/** The arguments of a relationship that say how to join. */
export interface JoinArguments {
  readonly module: Module;
  readonly arguments: ReadonlyMap<string, PyNode>;
}

interface Pair {
  readonly left: TableColumn;
  readonly right: TableColumn;
  readonly foreign: TableColumn;
  readonly remote: TableColumn | null;
}

const UNKNOWN: Join = { direction: null, foreign: [] };

/** The join between a class and the target of its relationship. */
export function findJoin(
  references: References,
  from: Mapping,
  target: Mapping,
  declared: JoinArguments,
): Join {
  if (hasValue(declared.arguments.get('secondary')))
    return { direction: 'many-to-many', foreign: [] };
  const columns = (name: string): readonly TableColumn[] | null => {
    const node = declared.arguments.get(name);
    return node && hasValue(node) ? columnList(references, declared.module, node, from) : [];
  };
  const foreignKeys = columns('foreign_keys');
  const remoteSide = columns('remote_side');
  if (!foreignKeys || !remoteSide) return UNKNOWN;
  const condition = declared.arguments.get('primaryjoin');
  const pairs =
    condition && hasValue(condition)
      ? conditionPairs(references, declared.module, condition, from, foreignKeys)
      : keyPairs(references, from, target, foreignKeys);
  return pairs && pairs.length > 0 ? directionOf(from, target, pairs, remoteSide) : UNKNOWN;
}

function hasValue(node: PyNode | undefined): boolean {
  return node !== undefined && node.kind !== 'none';
}

function columnList(
  references: References,
  module: Module,
  node: PyNode,
  mapping: Mapping,
): readonly TableColumn[] | null {
  const { expression, context } = references.open(module, node, mapping);
  const items = expression.kind === 'list' ? expression.items : [expression];
  const found = items.map((item) => columnOf(references, context, item));
  return found.every((each) => each !== null) ? found : null;
}

/** A column in a list or condition; markers such as `foreign(…)` and strings inside of lists are looked through. */
function columnOf(
  references: References,
  context: Context,
  expression: Expression,
): TableColumn | null {
  if (expression.kind === 'name') return references.column(context, expression.name);
  if (expression.kind === 'string')
    return references.column({ ...context, inString: true }, expression.value);
  if (expression.kind === 'call' && expression.positional[0] && markers(expression).length > 0)
    return columnOf(references, context, expression.positional[0]);
  return null;
}

function markers(expression: Expression): readonly string[] {
  if (expression.kind !== 'call' || expression.callee.kind !== 'name') return [];
  const name = expression.callee.name.split('.').at(-1) ?? '';
  const [inner] = expression.positional;
  return name === 'foreign' || name === 'remote' ? [name, ...(inner ? markers(inner) : [])] : [];
}

/** The tables whose columns objects of a class have: its own first. */
function tablesOf(mapping: Mapping): readonly Table[] {
  const tables: Table[] = [];
  for (let each: Mapping | null = mapping; each; each = each.parent) {
    if (each.table && !tables.includes(each.table)) tables.push(each.table);
    if (each.inheritance === 'concrete') break;
  }
  return tables;
}

/** The pairs that foreign keys between the tables give; keys of the class's own table are asked first. */
function keyPairs(
  references: References,
  from: Mapping,
  target: Mapping,
  foreignKeys: readonly TableColumn[],
): readonly Pair[] | null {
  const all = tablesOf(from);
  const others = tablesOf(target);
  for (const left of [all.slice(0, 1), all]) {
    const found = new Map<string, Pair[]>();
    collectPairs(references, others, left, found, foreignKeys);
    if (!sameTables(left, others)) collectPairs(references, left, others, found, foreignKeys);
    const groups = exact([...found.values()], foreignKeys);
    if (groups.length > 0) return agreeing(groups, left);
  }
  return null;
}

function sameTables(some: readonly Table[], others: readonly Table[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}

function collectPairs(
  references: References,
  from: readonly Table[],
  to: readonly Table[],
  found: Map<string, Pair[]>,
  foreignKeys: readonly TableColumn[],
): void {
  for (const table of from)
    for (const column of table.columns.values())
      for (const key of column.foreignKeys) {
        const target = references.foreignKey(column, key).column;
        if (!target || !to.includes(target.table)) continue;
        if (foreignKeys.length > 0 && !foreignKeys.includes(column)) continue;
        const mark = `${key.constraint} ${table.id ?? ''}`;
        const group = found.get(mark) ?? [];
        if (!group.some((pair) => pair.left === column && pair.right === target))
          group.push({ left: column, right: target, foreign: column, remote: null });
        found.set(mark, group);
      }
}

/** Of several constraints, those that consist of exactly the named foreign keys. */
function exact(
  groups: readonly (readonly Pair[])[],
  foreignKeys: readonly TableColumn[],
): readonly (readonly Pair[])[] {
  if (groups.length < 2 || foreignKeys.length === 0) return groups;
  const named = groups.filter((group) => group.length === foreignKeys.length);
  return named.length > 0 ? named : groups;
}

/** Several constraints are ambiguous unless all of them point the same way. */
function agreeing(
  groups: readonly (readonly Pair[])[],
  left: readonly Table[],
): readonly Pair[] | null {
  const sides = new Set(groups.flat().map((pair) => left.includes(pair.foreign.table)));
  return groups.length === 1 || sides.size === 1 ? groups.flat() : null;
}

function conditionPairs(
  references: References,
  module: Module,
  node: PyNode,
  from: Mapping,
  foreignKeys: readonly TableColumn[],
): readonly Pair[] | null {
  const { expression, context } = references.open(module, node, from);
  const pairs: Pair[] = [];
  for (const equation of equations(expression)) {
    const left = columnOf(references, context, equation.left);
    const right = columnOf(references, context, equation.right);
    if (!left || !right) continue;
    const marks = [markers(equation.left), markers(equation.right)] as const;
    const foreign = foreignOf(references, left, right, marks, foreignKeys);
    const remote = marks[0].includes('remote') ? left : marks[1].includes('remote') ? right : null;
    if (foreign) pairs.push({ left, right, foreign, remote });
  }
  return pairs;
}

function equations(
  expression: Expression,
): readonly { readonly left: Expression; readonly right: Expression }[] {
  if (expression.kind === 'binary' && expression.operator === '==') return [expression];
  if (expression.kind === 'binary' && /^(?:&|and)$/.test(expression.operator))
    return [...equations(expression.left), ...equations(expression.right)];
  if (expression.kind === 'call' && expression.callee.kind === 'name')
    return /(^|\.)and_$/.test(expression.callee.name)
      ? expression.positional.flatMap(equations)
      : [];
  return [];
}

function foreignOf(
  references: References,
  left: TableColumn,
  right: TableColumn,
  marks: readonly [readonly string[], readonly string[]],
  foreignKeys: readonly TableColumn[],
): TableColumn | null {
  if (marks[0].includes('foreign')) return left;
  if (marks[1].includes('foreign')) return right;
  if (foreignKeys.includes(left)) return left;
  if (foreignKeys.includes(right)) return right;
  if (refersTo(references, left, right)) return left;
  return refersTo(references, right, left) ? right : null;
}

function refersTo(references: References, from: TableColumn, to: TableColumn): boolean {
  return from.foreignKeys.some((key) => references.foreignKey(from, key).column === to);
}

/** See `JoinCondition._determine_direction`. */
function directionOf(
  from: Mapping,
  target: Mapping,
  pairs: readonly Pair[],
  remoteSide: readonly TableColumn[],
): Join {
  const own = tablesOf(from);
  const others = tablesOf(target);
  const foreign = [...new Set(pairs.map((pair) => pair.foreign))];
  const onTarget = foreign.some((column) => others.includes(column.table));
  const onOwn = foreign.some((column) => own.includes(column.table));
  if (onTarget && !onOwn) return { direction: 'one-to-many', foreign };
  if (onOwn && !onTarget) return { direction: 'many-to-one', foreign };
  if (!onOwn) return UNKNOWN;
  const remote = remoteColumns(own, others, pairs, remoteSide);
  const many = remote.some((column) => foreign.includes(column));
  const one = remote.some((column) => !foreign.includes(column));
  if (many === one) return UNKNOWN;
  return { direction: many ? 'one-to-many' : 'many-to-one', foreign };
}

function remoteColumns(
  own: readonly Table[],
  others: readonly Table[],
  pairs: readonly Pair[],
  remoteSide: readonly TableColumn[],
): readonly TableColumn[] {
  if (remoteSide.length > 0) return remoteSide;
  const marked = pairs.flatMap((pair) => pair.remote ?? []);
  if (marked.length > 0) return marked;
  const shared = (column: TableColumn): boolean =>
    own.includes(column.table) && others.includes(column.table);
  if (pairs.some((pair) => shared(pair.left) && shared(pair.right)))
    return pairs.map((pair) => pair.foreign);
  return pairs
    .flatMap((pair) => [pair.left, pair.right])
    .filter(({ table }) => others.includes(table) && (table !== own[0] || table === others[0]));
}
