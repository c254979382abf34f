// The model index: every mapped class of the project as plain data, by qualified name. See models/*.ts for how it is built.
import type { Span } from '../python/tree.ts';

/** Where something stands. Offsets are UTF-16 units of the file as read by the current pass. */
export interface Location extends Span {
  readonly path: string;
}

/** What part a class plays in declarative mapping. */
export type MappedRole = 'base' | 'mapped' | 'abstract' | 'mixin';

/** A declarative class: a base, a mapped class, an abstract class, or a mixin that a mapped class uses. */
export interface MappedClass {
  /** `module.QualName`. */
  readonly id: string;
  readonly name: string;
  readonly role: MappedRole;
  readonly location: Location;
  /** The declarative base: project id or canonical library name (`flask_sqlalchemy.SQLAlchemy.Model`); `null` for a mixin of several. */
  readonly base: string | null;
  /** Ids of the superclasses in method resolution order, library names included. */
  readonly mro: readonly string[];
  /** Ancestors whose source could not be seen: facts about the class may be incomplete. */
  readonly unknownBases: readonly string[];
  /** The name of the table, `null` if it has none or it cannot be told; under single-table inheritance the parent's. */
  readonly tableName: string | null;
  readonly schema: string | null;
  /** Descends from SQLModel: its fields are not read. */
  readonly sqlModel: boolean;
  /** Descends from `MappedAsDataclass` or is decorated as a mapped dataclass. */
  readonly dataclass: boolean;
  readonly inheritance: 'none' | 'joined' | 'single' | 'concrete';
  /** Has a `__table__`: the table is declared imperatively. */
  readonly imperative: boolean;
  /** Mapped attributes declared in the class body itself, in order. */
  readonly own: readonly MappedAttribute[];
  /** All mapped attributes, inherited ones included, backrefs of other classes too, by name. */
  readonly attributes: ReadonlyMap<string, MappedAttribute>;
}

/** An attribute of a mapped class. */
export type MappedAttribute = ColumnAttribute | RelationshipAttribute | OtherAttribute;

interface AttributeCommon {
  readonly name: string;
  /** Id of the class that declares it; of a backref the class that receives it. */
  readonly owner: string;
  /** The assignment or function that declares it; of a backref the relationship that asks for it, perhaps in another file. */
  readonly location: Location;
}

/** A column. */
export interface ColumnAttribute extends AttributeCommon {
  readonly kind: 'column';
  /** Name in the database. */
  readonly columnName: string;
  /** How it is declared. `bare` is `x: Mapped[int]` without a value; `declared-attr` a function. */
  readonly style:
    | 'Column'
    | 'mapped_column'
    | 'deferred'
    | 'column_property'
    | 'declared-attr'
    | 'table'
    | 'bare';
  readonly type: SqlType | null;
  readonly primaryKey: boolean;
  /** `null` when it cannot be told. */
  readonly nullable: boolean | null;
  readonly deferred: boolean;
  readonly foreignKeys: readonly ForeignKeyTarget[];
}

/** A column's SQL type. */
export interface SqlType {
  /** Canonical name (`sqlalchemy.String`, `sqlalchemy.dialects.postgresql.JSONB`) or project id of a custom type. */
  readonly name: string;
  /** Location of the type expression, `null` when it comes from an annotation or from the column that a foreign key refers to. */
  readonly location: Location | null;
  /** Whether it is called with arguments. */
  readonly hasArguments: boolean;
  /** The class of `MutableDict.as_mutable(…)` around it. */
  readonly mutable: string | null;
}

/** What a foreign key refers to. */
export interface ForeignKeyTarget {
  /** `table.column` as written or derived, schema prefix included; `null` if unknown. */
  readonly target: string | null;
  /** The referenced attribute, where its class is in the project. */
  readonly attribute: { readonly owner: string; readonly name: string } | null;
}

/** A relationship. */
export interface RelationshipAttribute extends AttributeCommon {
  readonly kind: 'relationship';
  /** Id of the target class, `null` if not found. */
  readonly target: string | null;
  readonly targetName: string | null;
  readonly direction: 'many-to-one' | 'one-to-many' | 'many-to-many' | null;
  /** Whether the attribute is a collection; `null` when it cannot be told. */
  readonly uselist: boolean | null;
  /** For a scalar: whether it may be None. */
  readonly optional: boolean | null;
  /** `list`, `set`, `dict`, or the qualified name of the `collection_class` expression. */
  readonly collection: string;
  /** For a keyed dict: the attribute of the target used as key. */
  readonly collectionKey: string | null;
  /** Canonical lazy strategy: select, joined, selectin, subquery, dynamic, write_only, raise, raise_on_sql, noload, immediate; `null` if not literal. */
  readonly lazy: string | null;
  readonly viewonly: boolean;
  /** The table between the two sides of a many-to-many, `null` if there is none or it was not found. */
  readonly secondary: string | null;
  /** The relationship on the other side (backref or back_populates). */
  readonly reverse: string | null;
  /** It exists only through the other side's `backref`. */
  readonly fromBackref: boolean;
}

/** Synonym, composite, hybrid, association proxy, SQL expression property. */
export interface OtherAttribute extends AttributeCommon {
  readonly kind: 'synonym' | 'composite' | 'hybrid' | 'association-proxy' | 'expression';
}

/** A `Table(…)` of the project. */
export interface TableDefinition {
  /** Id of the variable that holds it, if any. */
  readonly id: string | null;
  readonly name: string | null;
  readonly schema: string | null;
  readonly location: Location;
  /** By name in `table.c`. */
  readonly columns: ReadonlyMap<string, ColumnAttribute>;
  /** The class that maps it. */
  readonly mappedClass: string | null;
}

/** The index. */
export interface ModelIndex {
  readonly classes: ReadonlyMap<string, MappedClass>;
  /** Whether some class of the project has an attribute of that name and kind; always true where classes are not read whole. */
  mayBe(name: string, kind: MappedAttribute['kind']): boolean;
  /** Mapped classes by plain class name (several where names repeat). */
  named(name: string): readonly MappedClass[];
  /** The class of a table name (`schema.table` or `table`). */
  table(name: string): MappedClass | null;
  /** All `Table(…)` objects, in order of path and place. */
  readonly tables: readonly TableDefinition[];
  /** The `Table(…)` of a variable's id. */
  tableDefinition(id: string): TableDefinition | null;
}
