// The classes of SQLAlchemy by the part that they play in SQL. A rule that means fewer names them itself.
import type { LibraryClass } from './returns.ts';

/** SELECT statements and compounds of them. */
export const SELECTS: readonly LibraryClass[] = ['sqlalchemy.Select', 'sqlalchemy.CompoundSelect'];

/** Statements that change rows. */
export const DML: readonly LibraryClass[] = [
  'sqlalchemy.Insert',
  'sqlalchemy.Update',
  'sqlalchemy.Delete',
];

/** Tables that the database has. */
export const TABLES: readonly LibraryClass[] = ['sqlalchemy.Table', 'sqlalchemy.TableClause'];

/** What stands for a table in FROM without being one. */
export const DERIVED_TABLES: readonly LibraryClass[] = [
  'sqlalchemy.Alias',
  'sqlalchemy.CTE',
  'sqlalchemy.Join',
  'sqlalchemy.Lateral',
  'sqlalchemy.Subquery',
];

/** What 1.x could execute by a method of its own, on the engine of its metadata. */
export const SELF_EXECUTING: readonly LibraryClass[] = [
  ...SELECTS,
  ...DML,
  'sqlalchemy.Sequence',
  'sqlalchemy.TextClause',
];
