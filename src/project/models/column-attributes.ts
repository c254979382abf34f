// Turns columns as read into columns of the index: foreign keys resolved, types followed through them.
import type { ColumnAttribute, ForeignKeyTarget, SqlType } from '../models.ts';
import type { DeclaredColumn } from './columns.ts';
import type { References } from './references.ts';
import { annotatedType } from './sql-type.ts';
import type { TableColumn } from './tables.ts';

/** The attribute of a table's column. */
export function columnAttribute(
  references: References,
  name: string,
  column: TableColumn,
): ColumnAttribute {
  const { declared } = column;
  const targets = column.foreignKeys.map((key) => references.foreignKey(column, key));
  return {
    kind: 'column',
    name,
    owner: column.owner ?? column.table.id ?? '',
    location: column.location,
    columnName: declared.columnName,
    style: declared.style,
    type: typeOfColumn(column) ?? typeBehind(references, column, 0),
    primaryKey: column.primaryKey,
    nullable: column.nullable,
    deferred: declared.deferred,
    foreignKeys: targets.map(({ target, column: found }): ForeignKeyTarget => {
      const owner = found?.owner ?? null;
      return {
        target,
        attribute: found && owner !== null ? { owner, name: found.attribute } : null,
      };
    }),
  };
}

/** A column outside of any table, as a mixin declares it. */
export function detachedColumn(
  name: string,
  declared: DeclaredColumn,
): Omit<ColumnAttribute, 'owner' | 'location'> {
  return {
    kind: 'column',
    name,
    columnName: declared.columnName,
    style: declared.style,
    type: declared.type ?? annotatedType(declared.annotated, new Map()),
    primaryKey: declared.primaryKey,
    nullable: declared.nullable,
    deferred: declared.deferred,
    foreignKeys: declared.foreignKeys.map(() => ({ target: null, attribute: null })),
  };
}

function typeOfColumn({ declared, table }: TableColumn): SqlType | null {
  return declared.type ?? annotatedType(declared.annotated, table.annotationTypes);
}

/** A foreign key without a type has the type of its target. */
function typeBehind(references: References, column: TableColumn, depth: number): SqlType | null {
  const [key] = column.foreignKeys;
  const target = key && depth < 8 ? references.foreignKey(column, key).column : null;
  if (!target) return null;
  const type = typeOfColumn(target);
  return type ? { ...type, location: null } : typeBehind(references, target, depth + 1);
}
