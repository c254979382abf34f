// What mappers took in 1.x and 2.x refuses. Data only.

/** Keys of `__mapper_args__` and keywords of mappers that are gone, and what to do instead. */
export const REMOVED_MAPPER_ARGUMENTS: ReadonlyMap<string, string> = new Map([
  ['extension', 'listen to mapper events instead'],
  ['non_primary', 'map an aliased class with relationship() to aliased() instead'],
  ['order_by', 'order the query, or the relationship, instead'],
]);
