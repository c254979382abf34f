// What a project's own files tell about it: Python version, the SQLAlchemy that it asks for. Files that are missing or broken tell nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetVersion } from '../project/settings.ts';
import { readToml, tableAt, type Table } from './config.ts';

/** What was found; `null` where nothing is said. */
export interface Surroundings {
  readonly pythonMinor: number | null;
  /** `2.1` when the project cannot be installed with an older SQLAlchemy. */
  readonly target: TargetVersion | null;
}

/** Reads what the files at the root of a project say. */
export function readSurroundings(root: string): Surroundings {
  const pyproject = toml(join(root, 'pyproject.toml'));
  const setup = text(join(root, 'setup.cfg'));
  return {
    pythonMinor: pythonMinor(pyproject, setup, text(join(root, 'setup.py'))),
    target: requirements(root, pyproject, setup).some(needs21) ? '2.1' : null,
  };
}

function pythonMinor(pyproject: Table, setup: string, script: string): number | null {
  const poetry = tableAt(pyproject, 'tool', 'poetry', 'dependencies')['python'];
  const asked = [
    tableAt(pyproject, 'project')['requires-python'],
    poetry,
    iniValue(setup, 'options', 'python_requires'),
    /python_requires\s*=\s*["']([^"']*)["']/.exec(script)?.[1],
  ].find((each) => typeof each === 'string');
  const minor = /(?:>=|~=|\^|==|~)\s*3\.(\d+)/.exec(asked ?? '')?.[1];
  return minor === undefined ? null : Number(minor);
}

/** The lines that name dependencies, in any of the usual files. */
function requirements(root: string, pyproject: Table, setup: string): readonly string[] {
  const project = tableAt(pyproject, 'project');
  const listed = Object.values(tableAt(project, 'optional-dependencies')).flatMap((each) =>
    Array.isArray(each) ? each : [],
  );
  const declared = project['dependencies'];
  const poetry = Object.entries(tableAt(pyproject, 'tool', 'poetry', 'dependencies')).map(
    ([name, version]) => `${name}${typeof version === 'string' ? version : ''}`,
  );
  const files = existsSync(root)
    ? readdirSync(root).filter((name) => /^requirements.*\.(?:txt|in)$/.test(name))
    : [];
  return [
    ...(Array.isArray(declared) ? declared : []),
    ...listed,
    ...poetry,
    ...setup.split('\n'),
    ...files.toSorted().flatMap((name) => text(join(root, name)).split('\n')),
  ].filter((each) => typeof each === 'string');
}

function needs21(requirement: string): boolean {
  const floor = /^\s*sqlalchemy\s*(?:\[[^\]]*\])?\s*(?:>=|~=|==|\^)\s*(\d+)\.(\d+)/i.exec(
    requirement,
  );
  return floor !== null && (Number(floor[1]) > 2 || (floor[1] === '2' && Number(floor[2]) >= 1));
}

/** The value of a key in a section of an INI file. */
export function iniValue(ini: string, section: string, key: string): string | undefined {
  const lines = ini.split(/\r?\n/);
  const from = lines.findIndex((line) => line.trim() === `[${section}]`);
  if (from < 0) return undefined;
  const end = lines.findIndex((line, index) => index > from && line.startsWith('['));
  return lines
    .slice(from + 1, end < 0 ? undefined : end)
    .map((line) => /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line))
    .find((match) => match?.[1] === key)?.[2];
}

function toml(file: string): Table {
  try {
    return existsSync(file) ? readToml(file) : {};
  } catch {
    return {};
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
