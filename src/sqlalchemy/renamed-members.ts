// Methods and attributes of SQLAlchemy's objects that 2.x has under another name, with the same arguments.
import type { LibraryClass } from './returns.ts';

/** A member and what it is called now. */
export interface RenamedMember {
  readonly of: readonly LibraryClass[];
  readonly from: string;
  readonly to: string;
  /** No other library has a member of this name: it is rewritten, as unsafe, where the receiver is unknown. */
  readonly isUnmistakable?: true;
  /** The member is an attribute that becomes a method. */
  readonly isCalledNow?: true;
  /** Other arguments than these counts are left for a person. */
  readonly arguments?: number;
  /** Catalog row. */
  readonly row: string;
}

const SELECTS: readonly LibraryClass[] = ['sqlalchemy.Select', 'sqlalchemy.CompoundSelect'];

/** Members of statements and tables. */
export const CORE_RENAMES: readonly RenamedMember[] = [
  {
    of: ['sqlalchemy.Table'],
    from: 'tometadata',
    to: 'to_metadata',
    isUnmistakable: true,
    row: 'table-tometadata',
  },
  {
    of: ['sqlalchemy.Select'],
    from: 'column',
    to: 'add_columns',
    arguments: 1,
    row: 'select-column-method',
  },
  {
    of: SELECTS,
    from: 'froms',
    to: 'get_final_froms',
    isCalledNow: true,
    row: 'select-froms',
  },
];

/** Members of engines, connections and URLs. */
export const ENGINE_RENAMES: readonly RenamedMember[] = [
  {
    of: ['sqlalchemy.Engine'],
    from: 'contextual_connect',
    to: 'connect',
    isUnmistakable: true,
    row: 'contextual-connect',
  },
  {
    of: ['sqlalchemy.URL'],
    from: '__to_string__',
    to: 'render_as_string',
    isUnmistakable: true,
    row: 'url-to-string',
  },
  {
    of: ['sqlalchemy.PoolProxiedConnection'],
    from: 'connection',
    to: 'driver_connection',
    row: 'raw-connection-attr',
  },
];
