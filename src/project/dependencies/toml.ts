// Reads requirements from pyproject.toml and Pipfile: PEP 621 and PEP 735, Poetry, PDM, uv, Pipenv. It knows the places of requirements, and no more TOML than that.
import type { Requirement } from './config-file.ts';
import { normalised, readRequirement } from './read-requirement.ts';
import { itemSpan, lineSpan } from './spans.ts';

/** Tables whose keys are packages. */
const PACKAGES =
  /^(?:tool\.poetry\.(?:dev-)?dependencies|tool\.poetry\.group\.[^.]+\.dependencies|packages|dev-packages)$/;
/** Tables whose every key is a list of requirements. */
const GROUPS =
  /^(?:project\.optional-dependencies|dependency-groups|tool\.pdm\.dev-dependencies|tool\.hatch\.envs\.[^.]+)$/;
const KEYS: ReadonlyMap<string, RegExp> = new Map([
  ['project', /^dependencies$/],
  ['tool.uv', /^(?:dev|constraint|override)-dependencies$/],
]);

/** The requirements of the file. */
export function tomlRequirements(text: string): readonly Requirement[] {
  const found: Requirement[] = [];
  let table = '';
  let isInList = false;
  let start = 0;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '');
    const header = isInList ? null : /^\s*\[\[?\s*([^\]]+?)\s*\]/.exec(line);
    const key = isInList ? null : /^\s*["']?([\w.-]+)["']?\s*=\s*(.*)$/.exec(line);
    if (header) table = (header[1] ?? '').replaceAll('"', '');
    else if (key && PACKAGES.test(table)) {
      const requirement = packageAt(text, line, start, key[1] ?? '');
      if (requirement) found.push(requirement);
    } else if (isInList || (key && isList(table, key[1] ?? ''))) {
      found.push(...quotedIn(text, line, start + (key ? line.indexOf('=') : 0), start));
      const body = withoutStrings(line.slice(key ? line.indexOf('=') : 0));
      isInList = body.includes(']') ? false : isInList || body.includes('[');
    }
    start += raw.length + 1;
  }
  return found;
}

function isList(table: string, key: string): boolean {
  return GROUPS.test(table) || KEYS.get(table)?.test(key) === true;
}

function withoutStrings(line: string): string {
  return line.replaceAll(/"[^"]*"|'[^']*'/g, '').replace(/#.*$/, '');
}

function quotedIn(text: string, line: string, from: number, start: number): readonly Requirement[] {
  const code = line.slice(from - start);
  return [...code.matchAll(/(#.*)|(["'])([A-Za-z0-9](?:(?!\2).)*)\2/g)].flatMap((match) => {
    if (match[1] !== undefined) return [];
    const at = from + match.index;
    const requirement = readRequirement(match[3] ?? '', {
      start: at + 1,
      whole: itemSpan(text, { start: at, end: at + match[0].length }),
      style: 'pep508',
      isLocked: false,
      isConstraint: false,
    });
    return requirement ? [requirement] : [];
  });
}

/** `SQLAlchemy = "^1.4"` and `SQLAlchemy = {version = "^1.4", extras = ["mypy"]}`. */
function packageAt(text: string, line: string, start: number, name: string): Requirement | null {
  const value = line.indexOf('=') + 1;
  const version = /(?:^|version\s*=)\s*(["'])([^"']*)\1/.exec(line.slice(value));
  if (!version) return null;
  const specifier = version[2] ?? '';
  const from = start + value + version.index + version[0].length - 1 - specifier.length;
  const extras = /extras\s*=\s*(\[[^\]]*\])/.exec(line.slice(value));
  const list = extras?.[1] ?? '';
  const at = extras ? start + value + extras.index + extras[0].length - list.length : 0;
  return {
    start,
    end: start + line.length,
    name: normalised(name),
    nameEnd: start + line.indexOf(name) + name.length,
    extras: extras
      ? {
          start: at,
          end: at + list.length,
          names: [...list.matchAll(/["']([^"']+)["']/g)].map((each) => each[1] ?? ''),
        }
      : null,
    specifier: { start: from, end: from + specifier.length, text: specifier },
    style: 'poetry',
    whole: lineSpan(text, start),
    isLocked: false,
    isConditional: false,
    isTable: /^\s*\{/.test(line.slice(value)),
    isConstraint: false,
  };
}
