// The few forms that most members of SQLAlchemy's classes share: building blocks of the return tables.
import type { MemberSpec } from './returns.ts';

/** The members of a class. */
export type Members = Readonly<Record<string, MemberSpec>>;

export const SELF: MemberSpec = { of: 'self' };
export const NONE: MemberSpec = { of: 'builtins.None' };
export const TEXT: MemberSpec = { of: 'builtins.str' };
export const NUMBER: MemberSpec = { of: 'builtins.int' };
export const TRUTH: MemberSpec = { of: 'builtins.bool' };
export const ELEMENT: MemberSpec = { of: 'element' };
export const OPTIONAL_ELEMENT: MemberSpec = { of: 'element', optional: true };
export const SCALAR: MemberSpec = { of: 'scalar' };
export const OPTIONAL_SCALAR: MemberSpec = { of: 'scalar', optional: true };
export const ELEMENTS: MemberSpec = { of: 'builtins.list', element: 'element' };

/** The same for every name of a blank separated list. */
export function all(names: string, spec: MemberSpec): Members {
  return Object.fromEntries(names.split(' ').map((name) => [name, spec]));
}

/** The members of an async class that are coroutines. */
export function awaited(members: Members): Members {
  return Object.fromEntries(
    Object.entries(members).map(([name, spec]) => [name, { ...spec, awaitable: true as const }]),
  );
}

export const STATEMENT_RESULT: MemberSpec = {
  of: 'sqlalchemy.Result',
  element: 'argument-element',
};
export const SCALARS_RESULT: MemberSpec = {
  of: 'sqlalchemy.ScalarResult',
  element: 'argument-scalar',
};
export const STATEMENT_SCALAR: MemberSpec = { of: 'argument-scalar', optional: true };
export const CURSOR_RESULT: MemberSpec = {
  of: 'sqlalchemy.CursorResult',
  element: 'argument-element',
};
