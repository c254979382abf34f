// What strict type checkers say about the annotations that a migration writes. Lines that it did not write are not judged.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Case, Sources } from '../fixtures/cases.ts';
import { runCommand } from './command.ts';
import { newProblems } from './pyright.ts';
import type { TypeProblem } from './pyright.ts';

const ANNOTATION = /\b(?:Mapped|DynamicMapped|WriteOnlyMapped|AssociationProxy|ClassVar)\[/;

/** A complaint that an annotation as SQLAlchemy documents it causes as well. */
export interface Kind {
  /** What its message contains. */
  readonly message: RegExp;
  readonly reason: string;
  /** The least program, written by hand in the documented style, that a checker complains of in the same way. */
  readonly program: string;
}

const BASE = `from typing import List, Optional

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass

`;

/** Complaints that no annotation can avoid. */
export const KINDS: readonly Kind[] = [
  {
    message: /"RelationshipProperty\[Any\]"/,
    reason: 'Flask-SQLAlchemy declares that db.relationship() returns a RelationshipProperty',
    program: `from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Node(Base):
    __tablename__ = "nodes"

    id: Mapped[int] = mapped_column(primary_key=True)
    others: Mapped[list["Node"]] = db.relationship("Node")
`,
  },
  {
    message: /Override type "Mapped\[.*is not the same as base type "Mapped\[/s,
    reason:
      'a subclass declares a column NOT NULL that may be NULL above; attributes that can be set take no narrower type',
    program: `${BASE}
class Document(Base):
    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[Optional[str]] = mapped_column()


class Report(Document):
    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    title: Mapped[str] = mapped_column()
`,
  },
  {
    message:
      /"registry" overrides|class variable .*base class "DeclarativeBase"|"DeclarativeBase" defined the type as "registry"/,
    reason: 'a column hides the registry of its base: that is reported, and stays',
    program: `${BASE}
class Entry(Base):
    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    registry: Mapped[Optional[int]] = mapped_column()
`,
  },
];

/** The files of a program by path, with the name that problems are reported below. */
export interface Program {
  readonly name: string;
  readonly sources: Sources;
}

/** Runs a checker in strict mode over programs of their own. */
export type Checker = (programs: readonly Program[]) => Promise<readonly TypeProblem[]>;

/** Errors on lines that the migration annotated, without those that the program had before and those of a kind. */
export async function annotationProblems(
  check: Checker,
  cases: readonly Case[],
): Promise<readonly TypeProblem[]> {
  const of = (side: 'before' | 'after', entry: Case): Program => ({
    name: `${side}/${entry.name}`,
    sources: entry[side],
  });
  const found = await check(cases.map((entry) => of('after', entry)));
  const own = found.filter(
    (problem) =>
      isOnAnnotation(problem, cases) && !KINDS.some(({ message }) => message.test(problem.message)),
  );
  const suspects = cases.filter(({ name }) =>
    own.some(({ path }) => path.startsWith(`after/${name}/`)),
  );
  if (suspects.length === 0) return [];
  return newProblems([...(await check(suspects.map((entry) => of('before', entry)))), ...own]);
}

function isOnAnnotation({ path, line }: TypeProblem, cases: readonly Case[]): boolean {
  const entry = cases.find(({ name }) => path.startsWith(`after/${name}/`));
  const file = path.slice(`after/${entry?.name ?? ''}/`.length);
  const text = entry?.after.get(file)?.split('\n')[line - 1] ?? '';
  const known = entry?.before.get(file)?.split('\n') ?? [];
  return ANNOTATION.test(text) && !known.includes(text);
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

/** Checks programs with `mypy --strict`: those of one file in one run, those of several each in a folder of its own. */
export async function checkWithMypy(
  program: string,
  programs: readonly Program[],
): Promise<readonly TypeProblem[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mypy-'));
  try {
    const found: TypeProblem[] = [];
    const single = new Map<string, string>();
    for (const { name, sources } of programs) {
      const place = name.replaceAll(/\W/g, '_');
      if (sources.size === 1) {
        single.set(`${place}.py`, `${name}/main.py`);
        await writeSources(join(folder, 'single'), [[`${place}.py`, sources.get('main.py') ?? '']]);
        continue;
      }
      const root = join(folder, place);
      await writeSources(root, sources);
      found.push(...(await runMypy(program, root, (path) => `${name}/${path}`)));
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
  if (!existsSync(root)) return [];
  const words = ['--strict', '--explicit-package-bases', '--no-error-summary'];
  const cache = ['--cache-dir', join(root, '..', 'cache')];
  const { stdout } = await runCommand(program, [...words, ...cache, '.'], { folder: root });
  return [...stdout.matchAll(/^(\S+?):(\d+): error: (.*?)\s+\[([\w-]+)\]$/gm)].map(
    ([, file = '', line = '', message = '', rule = '']) => ({
      path: nameOf(file),
      line: Number(line),
      rule,
      // The line of another statement moves with the migration.
      message: message.replaceAll(/ on line \d+/g, ''),
    }),
  );
}
