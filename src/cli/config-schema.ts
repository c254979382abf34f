// The keys of the configuration, their types and what they set. It reads no files.
import { UserError } from '../engine/problem.ts';
import type { TargetVersion } from '../project/settings.ts';
import { suggestion } from './nearest.ts';

/** Everything that a configuration file may say; keys in camel case. */
export interface Config {
  readonly targetVersion?: TargetVersion;
  readonly pythonVersion?: string;
  readonly lineLength?: number;
  readonly unsafeFixes?: boolean;
  readonly explicitTypes?: boolean;
  readonly select?: readonly string[];
  readonly ignore?: readonly string[];
  readonly sessionNames?: readonly string[];
  readonly sessionFactories?: readonly string[];
  readonly engineNames?: readonly string[];
  readonly baseClasses?: readonly string[];
  readonly exclude?: readonly string[];
  readonly extendExclude?: readonly string[];
  readonly forceExclude?: boolean;
  readonly respectGitignore?: boolean;
}

type Check = (value: unknown) => boolean;

interface Kind {
  readonly name: string;
  readonly check: Check;
}

const STRINGS: Kind = {
  name: 'a list of strings',
  check: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
};
const BOOLEAN: Kind = { name: 'true or false', check: (value) => typeof value === 'boolean' };
const LENGTH: Kind = {
  name: 'a number from 1 to 1000',
  check: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1000,
};
const TARGET: Kind = {
  name: '"1.4", "2.0" or "2.1"',
  check: (value) => value === '1.4' || value === '2.0' || value === '2.1',
};
const PYTHON: Kind = {
  name: 'a version like "3.9"',
  check: (value) => typeof value === 'string' && pythonMinorOf(value) !== null,
};

const KEYS: Readonly<Record<keyof Config, Kind>> = {
  targetVersion: TARGET,
  pythonVersion: PYTHON,
  lineLength: LENGTH,
  unsafeFixes: BOOLEAN,
  explicitTypes: BOOLEAN,
  select: STRINGS,
  ignore: STRINGS,
  sessionNames: STRINGS,
  sessionFactories: STRINGS,
  engineNames: STRINGS,
  baseClasses: STRINGS,
  exclude: STRINGS,
  extendExclude: STRINGS,
  forceExclude: BOOLEAN,
  respectGitignore: BOOLEAN,
};

/** Checks a table of a configuration file; the first mistake is an error that names file, key and what would be right. */
export function checkConfig(table: Readonly<Record<string, unknown>>, file: string): Config {
  const kinds = new Map(Object.entries(KEYS).map(([key, kind]) => [kebab(key), kind]));
  const entries = Object.entries(table).map(([key, value]): [string, unknown] => {
    const kind = kinds.get(key);
    if (!kind)
      throw new UserError(`${file}: unknown key '${key}'.${suggestion(key, [...kinds.keys()])}`);
    if (!kind.check(value))
      throw new UserError(`${file}: '${key}' must be ${kind.name}, not ${JSON.stringify(value)}`);
    return [camel(key), value];
  });
  return Object.fromEntries(entries);
}

/** The minor version in `3.9`, `null` if it is not a version of Python 3. */
export function pythonMinorOf(version: string): number | null {
  const minor = /^3\.(\d{1,2})$/.exec(version)?.[1];
  return minor === undefined ? null : Number(minor);
}

function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function camel(key: string): string {
  return key.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
