// Runs programs under one SQLAlchemy version through `driver.py`, all in one process. Compares nothing.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';
import type { Environment } from './environments.ts';
import type { ServerKind } from './servers.ts';

/** A program: its files by relative path, and the one to start. */
export interface Program {
  readonly id: string;
  readonly files: Readonly<Record<string, string>>;
  readonly main: string;
  readonly timeout?: number;
  /** It gets an empty database of its own on this server. */
  readonly server?: ServerKind;
}

/** The exception that ended a program. */
export interface ProgramException {
  readonly type: string;
  readonly message: string;
  readonly frames: readonly string[];
}

/** One table's DDL, a list of statements by dialect. */
export interface TableShape {
  readonly table: string;
  readonly [dialect: string]: string | readonly string[];
}

/** Everything declared: tables and mappers, as `shapes.py` describes them. */
export interface Shape {
  readonly tables: readonly TableShape[];
  readonly mappers: readonly Readonly<Record<string, unknown>>[];
}

/** What a program did. `problem` is set, and the rest is empty, when it could not be observed to its end. */
export interface Outcome {
  readonly id: string;
  readonly problem?: string;
  readonly output: string;
  readonly exception: ProgramException | null;
  readonly statements: number;
  readonly legacy: Readonly<Record<string, string>>;
  /** Where it wrote what was committed and then read by another connection: the lines that called each other, innermost first. */
  readonly seen: readonly string[];
  readonly shape: Shape;
}

const EMPTY: Omit<Outcome, 'id'> = {
  output: '',
  exception: null,
  statements: 0,
  legacy: {},
  seen: [],
  shape: { tables: [], mappers: [] },
};
const driver = join(dirname(fileURLToPath(import.meta.url)), 'driver.py');

/** Run every program and return the outcomes by id. Throws when the driver itself fails. */
export async function runPrograms(
  environment: Environment,
  programs: readonly Program[],
): Promise<ReadonlyMap<string, Outcome>> {
  if (programs.length === 0) return new Map();
  const result = await runCommand(environment.python, ['-S', driver], {
    input: JSON.stringify(programs),
    environment: pythonEnvironment(environment),
  });
  const outcomes = result.stdout.split('\n').filter(Boolean).map(parseOutcome);
  if (result.code !== 0 || outcomes.length !== programs.length) {
    throw new Error(
      `The driver for SQLAlchemy ${environment.version} ended with code ${result.code}:\n${result.stderr}`,
    );
  }
  return new Map(outcomes.map((outcome) => [outcome.id, outcome]));
}

function parseOutcome(line: string): Outcome {
  const parsed: Partial<Outcome> & { readonly id: string } = JSON.parse(line);
  return { ...EMPTY, ...parsed };
}

/** Only what a program needs, so that the caller's shell cannot change an output. */
function pythonEnvironment(environment: Environment): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    PYTHONPATH: environment.packages,
    PYTHONHASHSEED: '0',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUTF8: '1',
    SQLALCHEMY_WARN_20: '1',
    TZ: 'UTC',
    ...environment.variables,
  };
}
