// Operators of columns that have other names since 1.4: both names work in every version after.

/** Old and new names of methods. */
export const RENAMED_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['isnot', 'is_not'],
  ['isnot_distinct_from', 'is_not_distinct_from'],
  ['notilike', 'not_ilike'],
  ['notin_', 'not_in'],
  ['notlike', 'not_like'],
  ['nullsfirst', 'nulls_first'],
  ['nullslast', 'nulls_last'],
]);

/** Those that are functions as well, by qualified name. */
export const RENAMED_FUNCTIONS: ReadonlyMap<string, string> = new Map(
  ['nullsfirst', 'nullslast'].map((name) => [
    `sqlalchemy.${name}`,
    `sqlalchemy.${RENAMED_OPERATORS.get(name) ?? name}`,
  ]),
);
