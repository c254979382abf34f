// The events whose listeners take other arguments than in 1.x. It knows no code.

/** What an event passes to its listeners, and what it passed before. */
export interface EventArguments {
  readonly event: string;
  /** How many arguments a listener of 1.x takes. */
  readonly before: number;
  /** The argument that is gone, counted from zero. */
  readonly dropped?: number;
  /** What a dropped argument would always be. */
  readonly was?: string;
  /** The argument that came, and the place where it stands now. */
  readonly added?: { readonly name: string; readonly position: number };
  /** The version that passes the new arguments. */
  readonly since: '1.4' | '2.0';
}

/** All of them. */
export const EVENT_ARGUMENTS: readonly EventArguments[] = [
  { event: 'engine_connect', before: 2, dropped: 1, was: 'False', since: '2.0' },
  {
    event: 'before_execute',
    before: 4,
    added: { name: 'execution_options', position: 4 },
    since: '1.4',
  },
  {
    event: 'after_execute',
    before: 5,
    added: { name: 'execution_options', position: 4 },
    since: '1.4',
  },
  { event: 'reset', before: 2, added: { name: 'reset_state', position: 2 }, since: '2.0' },
];
