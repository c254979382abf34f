// Runs pyright (basic) over sources with SQLAlchemy importable and returns its errors.
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

/** Rules that migrated code may break, each with the reason. */
export const ALLOWED_RULES: ReadonlyMap<string, string> = new Map([
  ['reportMissingImports', 'programs of a companion library that is not installed beside 2.0'],
]);

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
      typeCheckingMode: 'basic',
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
