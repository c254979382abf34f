// What strict type checkers say about the annotations that a migration writes. Lines that it did not write are not judged.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Case } from '../fixtures/cases.ts';
import { runCommand } from './command.ts';
import type { TypeProblem } from './pyright.ts';

const ANNOTATION = /\b(?:Mapped|DynamicMapped|WriteOnlyMapped|AssociationProxy|ClassVar)\[/;

/** Complaints that no annotation of ours causes, by what the message contains. */
const ALLOWED: readonly { readonly message: RegExp; readonly reason: string }[] = [
  {
    message: /RelationshipProperty\[Any\]/,
    reason: 'Flask-SQLAlchemy declares that db.relationship() returns a RelationshipProperty',
  },
  {
    message: /Variable not allowed|is not valid as a type/,
    reason: 'the base of the class is a variable of a function, which no type checker takes',
  },
  {
    message:
      /overrides symbol of same name|Cannot override class variable|overrides class variable|Incompatible types in assignment/,
    reason: 'the subclass declares the column otherwise, as it did before',
  },
  {
    message: /[Tt]ype (?:arguments|parameters) for generic/,
    reason: 'the annotation inside ClassVar[] is the old one',
  },
  {
    message:
      /Cannot access attribute|has no attribute|is unknown|is partially unknown|"(?:list\[)?int/,
    reason: 'an argument of the call, which is as before',
  },
  { message: /parameter "lazy"|to "relationship"/, reason: 'the value of lazy is a variable' },
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
    return ANNOTATION.test(text) && !ALLOWED.some((each) => each.message.test(message));
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

/** Checks the programs of one file with `mypy --strict`, all in one run. */
export async function checkWithMypy(
  program: string,
  cases: readonly Case[],
): Promise<readonly TypeProblem[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mypy-'));
  try {
    const names = new Map<string, string>();
    for (const { name, after } of cases) {
      const text = after.get('main.py');
      if (after.size > 1 || text === undefined) continue;
      const file = `${name.replaceAll(/\W/g, '_')}.py`;
      names.set(file, `after/${name}/main.py`);
      await writeFile(join(folder, file), text);
    }
    const words = ['--strict', '--follow-imports=silent', '--no-error-summary', '.'];
    const { stdout } = await runCommand(program, words, { folder });
    return [...stdout.matchAll(/^(\S+?):(\d+): error: (.*?)\s+\[([\w-]+)\]$/gm)].map(
      ([, file = '', line = '', message = '', rule = '']) => ({
        path: names.get(file) ?? file,
        line: Number(line),
        rule,
        message,
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
