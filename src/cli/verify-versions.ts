// How SQLAlchemy 1.x and 2.x spell the same schema. Every rule states a difference between versions, never between programs.

/** One known difference between the versions; each has its own test. */
export interface NormaliserRule {
  readonly name: string;
  apply(text: string): string;
}

const UUID_ON_2X: ReadonlyMap<string, string> = new Map([
  ['UUID()', 'UUID(as_uuid=False)'],
  ['UUID(as_uuid=True)', 'UUID()'],
]);

/** The rules, applied one after the other to each text recorded on 1.x. */
export const NORMALISER_RULES: readonly NormaliserRule[] = [
  {
    name: 'UUID returns objects by default since 2.0, so that repr() leaves out the other argument',
    apply: (text) => UUID_ON_2X.get(text) ?? text,
  },
  {
    name: 'a sequence without a start was rendered with START WITH 1 before 2.0',
    apply: (text) => text.replace(/^(CREATE SEQUENCE \S+) START WITH 1$/gm, '$1'),
  },
  {
    name: 'SQLite had every function in parentheses as a default before 2.0, now only what is no plain word',
    apply: (text) => text.replace(/ DEFAULT \((\w+)\)/g, ' DEFAULT $1'),
  },
];
