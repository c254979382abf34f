// The attributes of SQLAlchemy's rows, and the methods that only the rows of 1.x had.

/** Attributes of Row in 1.4, 2.0 or 2.1 that hide a column of the same name. */
export const ROW_ATTRIBUTES: ReadonlySet<string> = new Set([
  'count',
  'has_key',
  'index',
  'items',
  'iterkeys',
  'itervalues',
  'keys',
  't',
  'tuple',
  'values',
]);

/** The mapping methods of 1.x rows, and what gives the same on `row._mapping`. */
export const ROW_METHODS: ReadonlyMap<string, string> = new Map([
  ['items', 'items'],
  ['iteritems', 'items'],
  ['iterkeys', 'keys'],
  ['itervalues', 'values'],
  ['keys', 'keys'],
  ['values', 'values'],
]);
