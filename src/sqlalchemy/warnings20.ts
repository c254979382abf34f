// What SQLAlchemy 1.4 warns about with SQLALCHEMY_WARN_20=1, and the rules that see to it. The texts are those of 1.4.54.

/** A warning by its text. */
export interface Warning20 {
  readonly text: RegExp;
  /** The rules that rewrite or report what it warns about: ids, or the beginnings of ids. */
  readonly rules: readonly string[];
  /** The rewrite may stand elsewhere in the file: where the engine is bound. */
  readonly isAnywhere?: true;
  /** The rewrite may be that of the import of the name that the text begins with. */
  readonly isImport?: true;
  /** What the statement shows where the cause stands in it: else it comes from elsewhere, and no rewrite of the statement resolves it. */
  readonly shows?: RegExp;
  /** 1.4 may name the caller of the function that holds the cause: its C code counts one frame less. */
  readonly isInCalled?: true;
  /** What to know where no rule finds the place. */
  readonly advice?: string;
}

const EXECUTIONS = [
  'conn-execute-',
  'core-bound-metadata',
  'core-reported',
  'engine-callable',
  'engine-execute',
  'session-execute-str',
];
const QUERIES = ['custom-query-class', 'fsa-', 'query-', 'scoped-query-property'];
const SELECTS = [
  'core-apply-labels',
  'core-as-scalar',
  'core-compound-arguments',
  'core-exists-list',
  'core-list-argument',
  'core-select-',
  'core-table-select',
];
const ROWS = ['row-'];

/** All of them; the first that fits counts. */
export const WARNINGS20: readonly Warning20[] = [
  {
    text: /^The (Engine|Executable|DDLElement|FunctionElement|DefaultGenerator)\.(execute|scalar)\(\) method/,
    rules: EXECUTIONS,
  },
  { text: /implicit autocommit/, rules: ['conn-autocommit', ...EXECUTIONS] },
  { text: /^Passing a string to Connection\.execute\(\)/, rules: EXECUTIONS },
  { text: /^The connection\.execute\(\) method in SQLAlchemy 2\.0/, rules: EXECUTIONS },
  { text: /^Using plain strings to indicate SQL statements/, rules: EXECUTIONS },
  {
    text: /^Calling (\.begin\(\) when a transaction|Connection\.begin_nested\(\))|'branched' connection|^The Connection\.connect\(\) (method|function)/,
    rules: ['conn-'],
  },
  {
    text: /^Calling the \.keys\(\) method on a result set/,
    rules: ['row-keys-dml'],
  },
  {
    text: /^Using the 'in' operator to test|^Using non-integer\/slice indices on Row|^Retrieving row members using strings|^The Row\.keys\(\) method/,
    rules: ROWS,
    isInCalled: true,
  },
  {
    text: /^The legacy calling style of select\(\)|to select\(\) must be passed as|Select\.with_only_columns\(\)/,
    rules: SELECTS,
  },
  { text: /^The "whens" argument to case\(\)/, rules: ['core-case-list'] },
  { text: /of items, is now passed as a series of positional elements/, rules: SELECTS },
  {
    text: /use_labels=True|apply_labels\(\)|^Set functions such as union\(\)/,
    rules: [...SELECTS, ...QUERIES],
  },
  { text: /^The Join\.alias\(\)/, rules: ['core-'] },
  {
    text: /^(The )?(insert|update|delete|Insert|Update|Delete)\.?\w*.*(whereclause|values|inline|preserve_parameter_order)|^Passing dialect keyword arguments directly/,
    rules: ['core-dml-'],
  },
  {
    text: /^The ``bind`` argument for schema methods|^The MetaData\.bind|bound metadata|^The Executable\.bind|^The ``bind`` argument to declarative_base/i,
    rules: ['core-bound-metadata', 'core-old-keyword', 'engine-execute', 'session-bound-metadata'],
    isAnywhere: true,
  },
  {
    text: /^The (autoload|Function\.bind|\w+\.bind) (parameter|argument)|^The 'quoting' parameter/,
    rules: ['core-bound-metadata', 'core-old-keyword'],
  },
  {
    text: /^The ``\w+\(\)`` function is now available as/,
    rules: ['import-moved', 'import-removed', 'model-as-declarative', 'model-declarative-base'],
    isImport: true,
  },
  {
    text: /^The Inspector\.reflecttable|^The relation\(|^The eagerload\(/,
    rules: ['core-', 'import-', 'engine-'],
  },
  { text: /^Calling the mapper\(\) function directly/, rules: ['import-mapper'], isAnywhere: true },
  {
    text: /^The Query\.get\(\)/,
    rules: QUERIES,
  },
  {
    text: /relationship names in Query\.join/,
    rules: QUERIES,
    shows: /join\(\s*f?["']/,
    advice: 'the string comes from elsewhere: pass the attribute, join(Model.attribute)',
  },
  {
    text: /^The Query\.|^The (``aliased``|Bundle)|Query\.join\(\)|^Support for negative indexes|^ORDER BY columns added implicitly due to DISTINCT|merge_result/,
    rules: QUERIES,
  },
  {
    text: /^Using strings to indicate column or relationship paths in loader options/,
    rules: ['loader-', ...QUERIES],
    shows: /(load\w*|eager\w*|defer)\(\s*f?["']/,
    advice:
      'the string comes from elsewhere: pass attributes of the class, joinedload(Model.attribute)',
  },
  { text: /^Using strings to indicate relationship names in the ORM with_parent/, rules: QUERIES },
  {
    text: /^The Session\.transaction|^Passing bind arguments to Session\.execute/,
    rules: ['session-'],
  },
  {
    text: /^The Session\.(begin\.)?(autocommit|subtransactions)|autocommit.*(parameter|argument)/i,
    rules: ['session-'],
  },
  {
    text: /being merged into a Session along the backref cascade path/,
    rules: ['rel-cascade-backrefs'],
    advice: '2.0 adds no object to a session through a backref: call session.add() for it',
  },
  {
    text: /contains the aliases/,
    rules: ['core-'],
    advice: 'Enum leaves out aliases in 2.0: pass omit_aliases= to say what is meant',
  },
];
