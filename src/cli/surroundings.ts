// What a project's own files tell about it: Python version, the SQLAlchemy that it asks for. Files that are missing or broken tell nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningVersion, TargetVersion } from '../project/settings.ts';
import { readToml, tableAt, type Table } from './config.ts';

/** What was found; `null` where nothing is said. */
export interface Surroundings {
  readonly pythonMinor: number | null;
  /** `2.1` when the project cannot be installed with an older SQLAlchemy. */
  readonly target: TargetVersion | null;
  /** The series of SQLAlchemy that the requirements ask for. */
  readonly runsOn: RunningVersion | null;
}

/** Reads what the files at the root of a project say. */
export function readSurroundings(root: string): Surroundings {
  const pyproject = toml(join(root, 'pyproject.toml'));
  const setup = text(join(root, 'setup.cfg'));
  const script = text(join(root, 'setup.py'));
  const asked = requirements(root, pyproject, setup);
  const quoted = [...script.matchAll(/["'](sqlalchemy\b[^"']*)["']/gi)].map((match) => match[1]);
  return {
    pythonMinor: pythonMinor(pyproject, setup, script),
    target: asked.some(needs21) ? '2.1' : null,
    runsOn: [...asked, ...quoted].flatMap((each) => seriesOf(each ?? '') ?? [])[0] ?? null,
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

/** The only series that a requirement admits: by its upper bound if that is below 2.0, else by its lower one. */
function seriesOf(requirement: string): RunningVersion | null {
  const specifier = /^\s*sqlalchemy\s*(?:\[[^\]]*\])?\s*([<>=~!^][^;#]*)/i.exec(requirement)?.[1];
  if (specifier === undefined) return null;
  const bounds = [...specifier.matchAll(/([<>=~!^]+)\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?/g)].map(
    ([, operator = '', major, minor = '0', patch]) => ({
      operator,
      // `~=1.3` admits 1.4, `~=1.3.0` does not.
      version: Number(major) * 100 + (operator === '~=' && !patch ? 99 : Number(minor)),
    }),
  );
  const isBelow = (limit: number): boolean =>
    bounds.some(({ operator, version }) => {
      if (operator === '<') return version <= limit;
      return /^(<=|={2,3}|~=)$/.test(operator) && version < limit;
    });
  if (isBelow(104)) return '1.3';
  if (isBelow(200)) return '1.4';
  return bounds.some(
    ({ operator, version }) => /^(>=|>|={2,3}|~=|\^)$/.test(operator) && version >= 200,
  )
    ? '2.x'
    : null;
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
