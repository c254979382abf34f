// What strict type checkers say about the annotations that a migration writes. Lines that it did not write are not judged.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Case } from '../fixtures/cases.ts';
import { runCommand } from './command.ts';
import type { TypeProblem } from './pyright.ts';

const ANNOTATION = /\b(?:Mapped|DynamicMapped|WriteOnlyMapped|AssociationProxy|ClassVar)\[/;

/** Complaints that no annotation of ours causes, by the program and what the message contains. */
const ALLOWED: readonly {
  readonly program: string;
  readonly message: RegExp;
  readonly reason: string;
}[] = [
  {
    program: 'model-column/flask_sqlalchemy',
    message: /"RelationshipProperty\[Any\]"/,
    reason: 'Flask-SQLAlchemy declares that db.relationship() returns a RelationshipProperty',
  },
  {
    program: 'model-column/inheritance',
    message: /^"title" overrides symbol of same name in class "Document"/,
    reason: 'the subclass declares the column NOT NULL, which it is not above, as before',
  },
  {
    program: 'model-column/hierarchies',
    message: /^"title" overrides symbol of same name in class "Report"/,
    reason:
      'the table of the concrete class has a column NOT NULL, which it is not above, as before',
  },
  {
    program: 'model-column/made_by_helpers',
    message: /^Argument type is partially unknown/,
    reason: 'the key that the relationship names is made by a function without annotations',
  },
  {
    program: 'model-column/values',
    message: /^Call to untyped function "IntEnum"/,
    reason: 'the type of the column is a class of the program without annotations',
  },
  {
    program: 'model-property/elsewhere',
    message: /^Argument type is partially unknown|^Type of parameter "name" is unknown/,
    reason: 'the creator of the association proxy is a lambda, as before',
  },
  {
    program: 'model-property/mapper_options',
    message: /^Name "tags" already defined/,
    reason: 'the synonym has the name of the property that it describes, as before',
  },
  {
    program: 'rel-backref/association',
    message: /^Argument type is partially unknown|^Type of parameter "name" is unknown/,
    reason: 'the creator of the association proxy is a lambda, as before',
  },
  {
    program: 'model-refused/reported',
    message: /registry|^Cannot override class variable/,
    reason: 'a column hides the registry of its base: that is reported, and stays',
  },
  {
    program: 'rel-untyped/not_certain',
    message: /^Argument "lazy" to "relationship" has incompatible type "str"/,
    reason: 'the program gives a variable of type str, as before',
  },
];

/** Problems on lines that the migration annotated, without the allowed ones. */
export function annotationProblems(
  problems: readonly TypeProblem[],
  cases: readonly Case[],
): readonly TypeProblem[] {
  const written = new Map<string, readonly string[]>(
    cases.flatMap(({ name, before, after }) =>
      [...after].map(([path, text]) => {
        const known = new Set(before.get(path)?.split('\n'));
        return [
          `after/${name}/${path}`,
          text.split('\n').map((line) => (known.has(line) ? '' : line)),
        ] as const;
      }),
    ),
  );
  return problems.filter(({ path, line, message }) => {
    const text = written.get(path)?.[line - 1] ?? '';
    const isAllowed = ALLOWED.some(
      (each) => path.startsWith(`after/${each.program}/`) && each.message.test(message),
    );
    return ANNOTATION.test(text) && !isAllowed;
  });
}

/** mypy in an environment of its own that is kept between runs, or why it cannot be had. */
export function installMypy(root: string): { readonly program: string; readonly reason: string } {
  const folder = join(root, '.cache', 'mypy-1.11.2');
  const program = join(folder, 'bin', 'mypy');
  if (existsSync(program)) return { program, reason: '' };
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
    const packages = ['SQLAlchemy==2.0.58', 'Flask-SQLAlchemy==3.1.1', 'Flask==3.0.3'];
    const words = ['-m', 'pip', 'install', '--quiet', ...packages, 'mypy==1.11.2'];
    execFileSync(join(folder, 'bin', 'python'), words, { stdio: 'pipe' });
    return { program, reason: '' };
  } catch (error) {
    return { program: '', reason: `mypy cannot be installed: ${String(error).split('\n')[0]}` };
  }
}

/** Checks the programs with `mypy --strict`: those of one file in one run, those of several each in a folder of its own. */
export async function checkWithMypy(
  program: string,
  cases: readonly Case[],
): Promise<readonly TypeProblem[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mypy-'));
  try {
    const found: TypeProblem[] = [];
    const single = new Map<string, string>();
    for (const { name, after } of cases) {
      const place = name.replaceAll(/\W/g, '_');
      if (after.size === 1) {
        single.set(`${place}.py`, `after/${name}/main.py`);
        await writeSources(join(folder, 'single'), [[`${place}.py`, after.get('main.py') ?? '']]);
        continue;
      }
      const root = join(folder, place);
      await writeSources(root, after);
      found.push(...(await runMypy(program, root, (path) => `after/${name}/${path}`)));
    }
    const nameOf = (path: string): string => single.get(path) ?? path;
    return [...found, ...(await runMypy(program, join(folder, 'single'), nameOf))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeSources(
  root: string,
  sources: Iterable<readonly [string, string]>,
): Promise<void> {
  for (const [path, text] of sources) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function runMypy(
  program: string,
  root: string,
  nameOf: (path: string) => string,
): Promise<readonly TypeProblem[]> {
  const words = ['--strict', '--explicit-package-bases', '--no-error-summary'];
  const cache = ['--cache-dir', join(root, '..', 'cache')];
  const { stdout } = await runCommand(program, [...words, ...cache, '.'], { folder: root });
  return [...stdout.matchAll(/^(\S+?):(\d+): error: (.*?)\s+\[([\w-]+)\]$/gm)].map(
    ([, file = '', line = '', message = '', rule = '']) => ({
      path: nameOf(file),
      line: Number(line),
      rule,
      message,
    }),
  );
}
