// Runs the Python helper with the interpreter of the user's project and reads its answer. It compares nothing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { codeOf, UserError } from '../engine/problem.ts';

/** What the helper is asked. */
export interface Question {
  /** Folders for `sys.path`, relative to the project. */
  readonly paths: readonly string[];
  /** Modules that are imported first. */
  readonly imports: readonly string[];
  /** `module:attribute`. */
  readonly metadata: readonly string[];
  readonly dialects: readonly string[];
}

/** Plain data of the helper: objects keep their order. */
export type Shape = string | number | boolean | null | readonly Shape[] | ShapeObject;
/** An object of it. */
export interface ShapeObject {
  readonly [key: string]: Shape;
}

/** What a side declares. */
export interface Description {
  readonly sqlalchemy: string;
  readonly tables: ShapeObject;
  /** DDL beside the tables (types, sequences, late constraints), by dialect. */
  readonly rest: ShapeObject;
  readonly mappers: ShapeObject;
}

/** Why a side could not be described. */
export interface Refusal {
  readonly sqlalchemy: string | null;
  readonly refusal: {
    readonly kind: 'sqlalchemy' | 'import' | 'place' | 'attribute' | 'configure';
    readonly message: string;
  };
}

const HELPER = fileURLToPath(new URL('verify_models.py', import.meta.url));

/** The interpreter to use when none is named: that of the active or the usual virtual environment, else the first on the path. */
export function defaultPython(cwd: string): string {
  const { VIRTUAL_ENV } = process.env;
  const folders = [VIRTUAL_ENV, join(cwd, '.venv'), join(cwd, 'venv')];
  const programs = folders.flatMap((folder) =>
    folder ? [join(folder, 'bin', 'python'), join(folder, 'Scripts', 'python.exe')] : [],
  );
  return programs.find((each) => existsSync(each)) ?? 'python3';
}

/** Asks the helper about the project in `folder`. Writes no byte code, so that the folder stays as it is. */
export async function describeModels(
  python: string,
  folder: string,
  question: Question,
): Promise<Description | Refusal> {
  const child = spawn(python, [HELPER, JSON.stringify(question)], {
    cwd: folder,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONHASHSEED: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<number | null>((done, fail) => {
    child.on('close', done);
    child.on('error', fail);
  });
  try {
    const [answer, errors, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      closed,
    ]);
    if (code === 0 && answer !== '') return parse(answer);
    throw new UserError(`${python} stopped with exit code ${code}:\n${errors.trimEnd()}`);
  } catch (error) {
    if (codeOf(error) === null) throw error;
    throw new UserError(`${python} cannot be run: name the project's Python with --python`, {
      cause: error,
    });
  }
}

function parse(answer: string): Description | Refusal {
  const parsed: Description | Refusal = JSON.parse(answer);
  return parsed;
}
