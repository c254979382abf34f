// What mappers took in 1.x and later versions refuse. Data only.

/** An argument that is gone. */
export interface RemovedMapperArgument {
  /** What to do instead. */
  readonly advice: string;
  /** The version that refuses it. */
  readonly since: string;
}

/** Keys of `__mapper_args__` and keywords of mappers that are gone. */
export const REMOVED_MAPPER_ARGUMENTS: ReadonlyMap<string, RemovedMapperArgument> = new Map([
  ['extension', { advice: 'listen to mapper events instead', since: '1.4' }],
  [
    'non_primary',
    {
      advice:
        'give the relationship `aliased(Class, selectable)` as its target instead of the second mapper',
      since: '2.1',
    },
  ],
  [
    'order_by',
    { advice: 'order each query of the class, and each relationship to it', since: '1.4' },
  ],
]);
