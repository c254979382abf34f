// The arguments that select(), insert(), update() and delete() of tables took in 1.x, and the methods that replace them.
import { SELECT_ARGUMENTS, type ArgumentForm } from './select-arguments.ts';

/**
 * What becomes of an argument of DML. `flag` is passed as True or False, `choice` as True, False or a list; `bind` has no counterpart; `order` says that the
 * values, wherever they are given, keep their order.
 */
export type DmlForm = 'criterion' | 'values' | 'flag' | 'choice' | 'sequence' | 'bind' | 'order';

/** An argument of 1.x. */
export interface DmlArgument {
  readonly name: string;
  /** The method that takes it now. */
  readonly method: string;
  readonly form: DmlForm | ArgumentForm;
}

const WHERE: DmlArgument = { name: 'whereclause', method: 'where', form: 'criterion' };
const VALUES: DmlArgument = { name: 'values', method: 'values', form: 'values' };
const INLINE: DmlArgument = { name: 'inline', method: 'inline', form: 'flag' };
const FURTHER: readonly DmlArgument[] = [
  { name: 'bind', method: '', form: 'bind' },
  { name: 'prefixes', method: 'prefix_with', form: 'sequence' },
  { name: 'returning', method: 'returning', form: 'sequence' },
  { name: 'return_defaults', method: 'return_defaults', form: 'choice' },
];

/** Takes the pairs that `preserve_parameter_order=True` kept in order. */
export const ORDERED: DmlArgument = { name: 'values', method: 'ordered_values', form: 'sequence' };
const ORDER: DmlArgument = { name: 'preserve_parameter_order', method: '', form: 'order' };

/** The arguments by name of the call; the table itself, which functions take first, is left out. */
export const DML_ARGUMENTS = new Map<string, readonly DmlArgument[]>([
  ['select', SELECT_ARGUMENTS],
  ['insert', [VALUES, INLINE, ...FURTHER]],
  ['update', [WHERE, VALUES, INLINE, ...FURTHER, ORDER]],
  ['delete', [WHERE, ...FURTHER]],
]);

/** How many of them were taken by position. */
export const DML_POSITIONS: ReadonlyMap<string, number> = new Map([
  ['select', 1],
  ['insert', 2],
  ['update', 3],
  ['delete', 1],
]);

/** An option of one dialect. */
export const DIALECT_OPTION = /^(firebird|mariadb|mssql|mysql|oracle|postgresql|sqlite|sybase)_/;
