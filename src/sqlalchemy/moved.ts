// Public names whose old import path is deprecated or gone, and where they live in 2.x. Names that changed besides are elsewhere.

/** A module that names moved out of. */
export interface MovedNames {
  readonly from: readonly string[];
  readonly to: string;
  readonly names: readonly string[];
  /** Catalog row. */
  readonly row: string;
}

/** Moves of names that kept their name and behaviour. */
export const MOVED_NAMES: readonly MovedNames[] = [
  {
    from: [
      'sqlalchemy.ext.declarative',
      'sqlalchemy.ext.declarative.api',
      'sqlalchemy.ext.declarative.base',
    ],
    to: 'sqlalchemy.orm',
    names: [
      'declarative_base',
      'as_declarative',
      'declared_attr',
      'has_inherited_table',
      'synonym_for',
      'DeclarativeMeta',
    ],
    row: 'imp-declarative',
  },
  {
    from: ['sqlalchemy.orm.exc'],
    to: 'sqlalchemy.exc',
    names: ['NoResultFound', 'MultipleResultsFound'],
    row: 'imp-orm-exc',
  },
  {
    from: ['sqlalchemy.future'],
    to: 'sqlalchemy',
    names: ['select', 'create_engine'],
    row: 'imp-future',
  },
  {
    from: ['sqlalchemy.future', 'sqlalchemy.future.engine'],
    to: 'sqlalchemy.engine',
    names: ['Engine', 'Connection'],
    row: 'imp-future',
  },
  { from: ['sqlalchemy.future.orm'], to: 'sqlalchemy.orm', names: ['Session'], row: 'imp-future' },
  {
    from: ['sqlalchemy.processors'],
    to: 'sqlalchemy.engine.processors',
    names: [
      'int_to_boolean',
      'str_to_date',
      'str_to_datetime',
      'str_to_time',
      'to_decimal_processor_factory',
      'to_float',
      'to_str',
    ],
    row: 'imp-processors',
  },
  { from: ['sqlalchemy'], to: 'sqlalchemy.engine', names: ['processors'], row: 'imp-processors' },
  {
    from: ['sqlalchemy.databases'],
    to: 'sqlalchemy.dialects',
    names: ['mssql', 'mysql', 'oracle', 'postgresql', 'sqlite'],
    row: 'imp-databases',
  },
];

/** Where `name` of `module` moved to, `null` if it did not move. */
export function movedTo(module: string, name: string): string | null {
  return (
    MOVED_NAMES.find((move) => move.from.includes(module) && move.names.includes(name))?.to ?? null
  );
}
