// Runs pyright over sources with SQLAlchemy importable and returns its errors.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { runCommand } from './command.ts';

/** One error of pyright, with the line starting at 1. */
export interface TypeProblem {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** A kind of error that migrated code may have. */
export interface Allowance {
  readonly rule: string;
  /** What its message contains. */
  readonly message: RegExp;
  readonly reason: string;
}

const TYPED =
  'the code was untyped before: now the type is known, and the program never checked it';
const STUBS = "SQLAlchemy's annotations are narrower than what the function takes and gives";
const DYNAMIC = 'the attribute is made at run time (backref, __table__), as before';
const REPORTED = 'a legacy form that is reported, and stays';
const OF_21 = 'the annotations are those of 2.1, and the check has the types of 2.0';
const DIRECTIVE = 'declared_attr without .directive was untyped on the old base';

/** Errors that are no fault of the rewrite, each with the reason. */
const COMPARED =
  '`5 == any_(column)`, as the documentation writes it, is the comparison of an int to a type checker';

export const ALLOWANCES: readonly Allowance[] = [
  { rule: 'reportMissingImports', message: /./, reason: 'a companion library is not installed' },
  { rule: 'reportOptionalSubscript', message: /of type "None"/, reason: TYPED },
  { rule: 'reportOperatorIssue', message: /Operator "\/" .*"int \| None"/, reason: TYPED },
  { rule: 'reportArgumentType', message: /SupportsRichComparisonT@sorted/, reason: TYPED },
  { rule: 'reportArgumentType', message: /"Select\[Tuple\[None\]\]"/, reason: TYPED },
  { rule: 'reportAttributeAccessIssue', message: /for class "TypeEngine\[/, reason: TYPED },
  { rule: 'reportArgumentType', message: /_Hybrid(?:Updater|ExprCallable)Type/, reason: STUBS },
  { rule: 'reportArgumentType', message: /"FromClause" .*_DMLTableArgument/, reason: STUBS },
  { rule: 'reportArgumentType', message: /"Query\[Any\]" in function "union"/, reason: STUBS },
  {
    rule: 'reportArgumentType',
    message: /"Select\[.*(?:_FromClauseArgument|_JoinTargetArgument)/,
    reason: REPORTED,
  },
  { rule: 'reportAttributeAccessIssue', message: /"count" for class "Select/, reason: REPORTED },
  { rule: 'reportArgumentType', message: /"async_sessionmaker\[.*sessionmaker/, reason: REPORTED },
  { rule: 'reportCallIssue', message: /overloads for "intersect"/, reason: REPORTED },
  { rule: 'reportArgumentType', message: /"Query\[User\]" .*intersect/, reason: REPORTED },
  { rule: 'reportOptionalMemberAccess', message: /of "None"/, reason: TYPED },
  { rule: 'reportOptionalOperand', message: /for "None"/, reason: TYPED },
  { rule: 'reportGeneralTypeIssues', message: /"None" is not iterable/, reason: TYPED },
  { rule: 'reportArgumentType', message: /"(?:Row\[Any\]|Any) \| None"/, reason: TYPED },
  { rule: 'reportArgumentType', message: /"Sequence\[Row\[/, reason: TYPED },
  { rule: 'reportOperatorIssue', message: /Operator "in" .*Result\[/, reason: STUBS },
  { rule: 'reportAttributeAccessIssue', message: /"rowcount" for class "Result/, reason: STUBS },
  { rule: 'reportArgumentType', message: /parameter "(?:whens|stop|foreign_keys)"/, reason: STUBS },
  { rule: 'reportArgumentType', message: /"Column\[\w+\]" .*_AttrType/, reason: STUBS },
  { rule: 'reportArgumentType', message: /in function "declarative_base"/, reason: STUBS },
  { rule: 'reportIndexIssue', message: /type "RelationshipProperty\[Any\]"/, reason: STUBS },
  { rule: 'reportAssignmentType', message: /^Type "RelationshipProperty\[Any\]"/, reason: STUBS },
  {
    rule: 'reportAttributeAccessIssue',
    message: /class "(?:FromClause|Iterable\[)/,
    reason: DYNAMIC,
  },
  {
    rule: 'reportAttributeAccessIssue',
    message: /for class "(?:type\[)?[A-Z]\w+\]?\*?"/,
    reason: DYNAMIC,
  },
  {
    rule: 'reportArgumentType',
    message: /DeclaredAttrDecorated|has_inherited_table/,
    reason: DIRECTIVE,
  },
  {
    rule: 'reportAssignmentType',
    message: /declared type "(?:declared_attr|_declared_directive)\[/,
    reason: DIRECTIVE,
  },
  {
    rule: 'reportArgumentType',
    message: /"_RelationshipDeclared\[Any\]" .*_AttrType/,
    reason: STUBS,
  },
  { rule: 'reportArgumentType', message: /"None" .*parameter "order_by"/, reason: STUBS },
  {
    rule: 'reportArgumentType',
    message: /"int" .*parameter "__first"/,
    reason: 'the class is a dataclass: its attributes are those of the objects',
  },
  { rule: 'reportArgumentType', message: /"sessionmaker\[Session\]" .*async_/, reason: REPORTED },
  {
    rule: 'reportAttributeAccessIssue',
    message: /"(?:append_whereclause|execute)" for class "Select/,
    reason: REPORTED,
  },
  { rule: 'reportCallIssue', message: /No overloads for "union"/, reason: REPORTED },
  { rule: 'reportArgumentType', message: /"list\[FromClause\]" .*"tables"/, reason: DYNAMIC },
  { rule: 'reportArgumentType', message: /"schema" of type ".*SchemaConst/, reason: STUBS },
  { rule: 'reportInvalidTypeArguments', message: /"_TP@|provided for "Row"/, reason: OF_21 },
  { rule: 'reportReturnType', message: /^Type "(?:Select|list\[Row)\[/, reason: OF_21 },
  { rule: 'reportArgumentType', message: /"list\[Any\]" .*CursorResult/, reason: TYPED },
  {
    rule: 'reportArgumentType',
    message: /type "None" .*parameter "(?:bind|entities|froms)"/,
    reason: TYPED,
  },
  { rule: 'reportCallIssue', message: /No overloads for "(?:select|scalars)"/, reason: TYPED },
  { rule: 'reportArgumentType', message: /\| None" .*"(?:statement|item)" of/, reason: TYPED },
  { rule: 'reportArgumentType', message: /\| None" .*parameter "whereclause"/, reason: STUBS },
  {
    rule: 'reportArgumentType',
    message: /\| Literal\[True\]" .*_ColumnExpressionArgument/,
    reason: STUBS,
  },
  {
    rule: 'reportArgumentType',
    message: /^Argument of type "Instrumented.*"mapping_spec"/,
    reason: STUBS,
  },
  { rule: 'reportOperatorIssue', message: /^Operator "\+" .*\| None"/, reason: TYPED },
  {
    rule: 'reportCallIssue',
    message: /^Expected 0 positional arguments$/,
    reason: 'the constructor that a registry is given is not seen by type checkers',
  },
  { rule: 'reportReturnType', message: /"int \| None" .* return type "int"/, reason: STUBS },
  {
    rule: 'reportArgumentType',
    message: /^Argument of type "bool" .*_ColumnExpressionArgument/,
    reason: COMPARED,
  },
  { rule: 'reportCallIssue', message: /No overloads for "not_"/, reason: COMPARED },
  {
    rule: 'reportAttributeAccessIssue',
    message: /^"exc" is not a known attribute of module "sqlalchemy"/,
    reason: 'sqlalchemy imports its module of exceptions itself',
  },
  {
    rule: 'reportInvalidTypeForm',
    message: /Variable not allowed/,
    reason: 'pyright refuses classes whose base is a variable of the function',
  },
];

/** Whether an error is one of those that migrated code may have. */
export function isAllowed({ rule, message }: TypeProblem): boolean {
  return ALLOWANCES.some((each) => each.rule === rule && each.message.test(message));
}

interface PyrightReport {
  readonly generalDiagnostics: readonly {
    readonly file: string;
    readonly severity: string;
    readonly message: string;
    readonly rule?: string;
    readonly range: { readonly start: { readonly line: number } };
  }[];
}

/** Write the sources, by `<side>/<rule>/<case>/<file>`, to a folder of their own and check all programs in one run. */
export async function checkTypes(
  packages: string,
  sources: ReadonlyMap<string, string>,
  mode: 'basic' | 'strict' = 'basic',
): Promise<readonly TypeProblem[]> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'pyright-')));
  try {
    for (const [path, text] of sources) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const roots = [
      ...new Set([...sources.keys()].map((path) => path.split('/').slice(0, 3).join('/'))),
    ];
    const config = {
      typeCheckingMode: mode,
      pythonVersion: '3.11',
      extraPaths: [packages],
      executionEnvironments: roots.map((root) => ({ root, extraPaths: [packages] })),
    };
    await writeFile(join(folder, 'pyrightconfig.json'), JSON.stringify(config));
    const result = await runCommand(process.execPath, [
      pyrightProgram(),
      '--outputjson',
      '-p',
      folder,
    ]);
    const report: PyrightReport = JSON.parse(result.stdout);
    return report.generalDiagnostics
      .filter((found) => found.severity === 'error')
      .map(({ file, message, rule, range }) => ({
        path: relative(folder, file),
        line: range.start.line + 1,
        rule: rule ?? 'syntax',
        message,
      }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Problems below `after/` that the same file below `before/` does not have as often. */
export function newProblems(problems: readonly TypeProblem[]): readonly TypeProblem[] {
  const key = ({ path, rule, message }: TypeProblem): string =>
    [path.replace(/^\w+\//, ''), rule, message].join('\n');
  const known = new Map<string, number>();
  for (const problem of problems.filter(({ path }) => path.startsWith('before/'))) {
    known.set(key(problem), (known.get(key(problem)) ?? 0) + 1);
  }
  return problems.filter((problem) => {
    if (!problem.path.startsWith('after/')) return false;
    const left = known.get(key(problem)) ?? 0;
    known.set(key(problem), left - 1);
    return left <= 0;
  });
}

function pyrightProgram(): string {
  return createRequire(import.meta.url).resolve('pyright/index.js');
}
