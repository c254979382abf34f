// Finds the line lengths that formatters and linters are configured to, for each file from its own folder upwards. It reads no Python.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ConfiguredLengths } from '../engine/line-length.ts';
import { readToml, tableAt, upwards, type Table } from './config.ts';
import { iniValue } from './surroundings.ts';

const NOTHING: ConfiguredLengths = { formatter: null, isFormatted: false, linter: null };

/** What the nearest configuration files say about a file, given by its path relative to `root`. Nothing outside the root counts. */
export function lineLengthsBelow(root: string): (path: string) => ConfiguredLengths {
  const known = new Map<string, ConfiguredLengths>();
  const inFolder = (folder: string): ConfiguredLengths => {
    const found = known.get(folder) ?? lengthsIn(folder);
    known.set(folder, found);
    return found;
  };
  return (path) => {
    const folders = upwards(dirname(join(root, path)));
    const inside = folders.slice(0, folders.indexOf(root) + 1).map(inFolder);
    const formatted = inside.find((each) => each.isFormatted) ?? NOTHING;
    const linted = inside.find((each) => each.linter !== null) ?? NOTHING;
    return { ...formatted, linter: linted.linter };
  };
}

function lengthsIn(folder: string): ConfiguredLengths {
  const pyproject = toml(join(folder, 'pyproject.toml'));
  const tables = [
    toml(join(folder, '.ruff.toml')),
    toml(join(folder, 'ruff.toml')),
    tableIn(pyproject, 'ruff'),
    tableIn(pyproject, 'black'),
  ].filter((each) => each !== null);
  const linted = ['.flake8', 'setup.cfg', 'tox.ini'].map((name) =>
    lintedLength(text(join(folder, name))),
  );
  return {
    formatter: firstLength(tables.map((each) => each['line-length'] ?? each['line_length'])),
    isFormatted: tables.length > 0,
    linter: firstLength(linted),
  };
}

/** What Flake8 takes when it is configured, but not for the length of lines. */
const FLAKE8_USUAL = 79;

function lintedLength(ini: string): string | number | null {
  const section = /^\[flake8\][^\n]*\n([^]*?)(?=^\[|(?![^]))/m.exec(ini)?.[1];
  if (section === undefined) return null;
  const length = iniValue(ini, 'flake8', 'max-line-length');
  if (length !== undefined) return length;
  const chosen = /^select\s*=((?:.*\n?)(?:[ \t]+.*\n?)*)/m.exec(section)?.[1];
  const isAsked = chosen === undefined || /\bE(?:5(?:01?)?)?\b/.test(chosen);
  const ignored = section.replace(/^select\s*=(?:.*\n?)(?:[ \t]+.*\n?)*/m, '');
  return isAsked && !/\b(?:E|E5|E50|E501)\b/.test(ignored) ? FLAKE8_USUAL : null;
}

function firstLength(values: readonly unknown[]): number | null {
  return values.map(Number).find((each) => each >= 1 && each <= 1000) ?? null;
}

function tableIn(pyproject: Table | null, name: string): Table | null {
  const tools = tableAt(pyproject ?? {}, 'tool');
  return name in tools ? tableAt(tools, name) : null;
}

/** A file that is missing or broken tells nothing. */
function toml(file: string): Table | null {
  try {
    return existsSync(file) ? readToml(file) : null;
  } catch {
    return null;
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
