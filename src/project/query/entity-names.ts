// The names by which arguments of `query()` are told apart. It judges none of them.
import { DERIVED_TABLES, TABLES } from '../../sqlalchemy/classes.ts';

/** SQL functions that give one row. */
export const AGGREGATES: ReadonlySet<string> = new Set([
  'array_agg',
  'avg',
  'bool_and',
  'bool_or',
  'count',
  'group_concat',
  'max',
  'min',
  'string_agg',
  'sum',
  'total',
]);
/** What makes an alias of an entity. */
export const ALIASES: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.aliased',
  'sqlalchemy.orm.with_polymorphic',
]);
/** Methods that make a scalar of a query. */
export const SCALAR_SUBQUERIES: ReadonlySet<string> = new Set([
  'as_scalar',
  'exists',
  'label',
  'scalar_subquery',
]);
/** What a query or statement starts with. */
export const QUERIES: ReadonlySet<string> = new Set(['query', 'select', 'exists', 'Query']);
/** Classes whose columns are selected all together. */
export const FROM_CLAUSES: ReadonlySet<string> = new Set([...TABLES, ...DERIVED_TABLES]);
/** Classes that are one column. */
export const EXPRESSIONS: ReadonlySet<string> = new Set([
  'sqlalchemy.BinaryExpression',
  'sqlalchemy.Column',
  'sqlalchemy.ColumnElement',
  'sqlalchemy.Function',
  'sqlalchemy.Label',
  'sqlalchemy.ScalarSelect',
  'sqlalchemy.Exists',
  'sqlalchemy.orm.InstrumentedAttribute',
]);
