// Finds the column that an SQL expression names: an attribute of a mapped class, or of the columns of a table. It knows no operators.
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { ColumnAttribute } from '../models.ts';

/** Members of a collection of columns: `users.c.items` is a method, whatever the columns are called. */
const MEMBERS: ReadonlySet<string> = new Set([
  'add',
  'as_readonly',
  'clear',
  'compare',
  'contains_column',
  'corresponding_column',
  'extend',
  'get',
  'items',
  'keys',
  'remove',
  'update',
  'values',
]);

/** The column of `User.age`, `users.c.age` or `User.__table__.c.age`; `null` if it is none, or none that is known. */
export function columnBehind(node: PyNode, facts: Facts): ColumnAttribute | null {
  if (node.kind !== 'attribute') return null;
  const object = node.child('object');
  const name = node.child('attribute')?.text;
  if (!object || name === undefined) return null;
  const mapped = facts.mappedClass(object)?.attributes.get(name);
  if (mapped) return mapped.kind === 'column' ? mapped : null;
  if (MEMBERS.has(name)) return null;
  if (!/^(c|columns)$/.test(object.child('attribute')?.text ?? '')) return null;
  const table = object.child('object');
  return table ? columnOfTable(table, name, facts) : null;
}

function columnOfTable(table: PyNode, name: string, facts: Facts): ColumnAttribute | null {
  const owner = table.child('object');
  if (owner && table.child('attribute')?.text === '__table__') {
    const attributes = [...(facts.mappedClass(owner)?.attributes.values() ?? [])];
    const found = attributes.find((each) => each.kind === 'column' && each.columnName === name);
    return found?.kind === 'column' ? found : null;
  }
  const id = facts.qualifiedName(table);
  return id === null ? null : (facts.models.tableDefinition(id)?.columns.get(name) ?? null);
}
