// Raises version specifiers of SQLAlchemy to what migrated code needs. It finds no specifiers.
import type { TargetVersion } from '../settings.ts';

/** How a file writes versions. */
export type SpecifierStyle = 'pep508' | 'poetry' | 'conda';

const CLAUSE = /^(\^|~=|===|==|!=|<=|>=|<|>|~|=)?\s*([\w.*+!-]+)$/;
/** The first version of the 1.4 series that has what rewrites for 1.4 use. */
const FLOOR_14 = '1.4.26';
const SAME: Raised = { kind: 'same' };

interface Clause {
  readonly operator: string;
  readonly version: string;
}

/** What has to become of a specifier. */
export type Raised =
  | { readonly kind: 'same' }
  | { readonly kind: 'raised'; readonly text: string }
  | { readonly kind: 'unreadable' };

/** The specifier for the target. */
export function raised(specifier: string, style: SpecifierStyle, target: TargetVersion): Raised {
  const trimmed = specifier.trim();
  if (trimmed === '' || trimmed === '*') return SAME;
  const clauses = trimmed.split(',').map((part) => readClause(part.trim()));
  if (clauses.some((each) => each === null)) return { kind: 'unreadable' };
  const read = clauses.filter((each) => each !== null);
  const floor = target === '1.4' ? FLOOR_14 : target;
  const ceiling = nextMinor(floor);
  const excludes = read.some((clause) => excludesSeries(clause, floor, style));
  if (!excludes && read.some((clause) => isLower(clause) && atLeast(clause.version, floor)))
    return SAME;
  if (target === '1.4')
    return excludes ? { kind: 'unreadable' } : changed(replaced(read, floor, trimmed), trimmed);
  const [only] = read;
  if (read.length === 1 && only) {
    const same = sameShape(only, floor, ceiling, style);
    if (same !== null) return changed(spaced(same, trimmed), trimmed);
  }
  if (!excludes) return changed(replaced(read, floor, trimmed), trimmed);
  return changed(spaced([`>=${floor}`, `<${ceiling}`], trimmed), trimmed);
}

function changed(text: string, written: string): Raised {
  return text === written ? SAME : { kind: 'raised', text };
}

function readClause(text: string): Clause | null {
  const match = CLAUSE.exec(text);
  return match ? { operator: match[1] ?? '', version: match[2] ?? '' } : null;
}

/** One clause keeps its operator: `~=1.4` becomes `~=2.0`. */
function sameShape(
  { operator, version }: Clause,
  floor: string,
  ceiling: string,
  style: SpecifierStyle,
): readonly string[] | null {
  const parts = version.split('.').length;
  if (operator === '>=' || operator === '>') return [`>=${floor}`];
  if (operator === '^' || operator === '~') return [operator + floor];
  if (operator === '~=') return [parts > 2 ? `~=${floor}.0` : `~=${floor}`];
  if (version.endsWith('.*')) return [`${operator}${floor}.*`];
  if (style === 'conda' && operator === '=') return [`=${floor}`];
  if (style === 'poetry' && operator === '') return [`^${floor}`];
  return operator === '==' || operator === '===' || operator === '<' || operator === '<='
    ? [`>=${floor}`, `<${ceiling}`]
    : null;
}

/** Replaces the lower bound, and keeps the upper one. */
function replaced(clauses: readonly Clause[], floor: string, written: string): string {
  const kept = clauses.filter(
    (each) => !isLower(each) && !(each.operator === '!=' && !atLeast(each.version, floor)),
  );
  return spaced([`>=${floor}`, ...kept.map((each) => each.operator + each.version)], written);
}

function isLower({ operator }: Clause): boolean {
  return /^(>=|>|\^|~|~=|==|===|=|)$/.test(operator);
}

/** Whether a clause allows no version of the series of the floor. */
function excludesSeries(
  { operator, version }: Clause,
  floor: string,
  style: SpecifierStyle,
): boolean {
  const series = floor.split('.').slice(0, 2).join('.');
  if (operator === '<') return atLeast(series, version);
  if (operator === '<=') return !atLeast(version, series);
  if (operator === '^') return Number(version.split('.')[0]) < Number(series.split('.')[0]);
  if (operator === '~=' && version.split('.').length === 2)
    return Number(version.split('.')[0]) < Number(series.split('.')[0]);
  if (/^(==|===|=|~|~=)$/.test(operator) || (operator === '' && style !== 'conda'))
    return !atLeast(version.replace('.*', ''), series);
  return false;
}

/** Whether `version` is `floor` or newer. */
export function atLeast(version: string, floor: string): boolean {
  const own = numbers(version);
  const other = numbers(floor);
  for (let index = 0; index < Math.max(own.length, other.length); index++) {
    const difference = (own[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbers(version: string): readonly number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10) || 0);
}

function nextMinor(version: string): string {
  const [major = 0, minor = 0] = numbers(version);
  return `${major}.${minor + 1}`;
}

/** Writes clauses with the spaces that the file uses. */
function spaced(clauses: readonly string[], written: string): string {
  const gap = /[<>=~!^]\s+\S/.test(written) ? ' ' : '';
  const comma = /,\S/.test(written) || (!written.includes(',') && gap === '') ? ',' : ', ';
  return clauses.map((each) => each.replace(/^([<>=~!^]+)/, `$1${gap}`)).join(comma);
}

/** Whether a specifier admits a version or a newer one. */
export function admits(specifier: string, version: string, style: SpecifierStyle): boolean {
  const clauses = specifier.split(',').map((part) => readClause(part.trim()));
  return clauses.every((clause) => {
    if (!clause) return true;
    const { operator, version: bound } = clause;
    if (bound === '*') return true;
    if (operator === '<') return !atLeast(version, bound);
    if (operator === '<=') return atLeast(bound, version);
    if (operator === '^' && style === 'poetry')
      return Number(bound.split('.')[0]) >= Number(version.split('.')[0]);
    const isExact = /^(==|===|=)$/.test(operator) || (operator === '' && style === 'poetry');
    if (operator === '~=' || operator === '~')
      return atLeast(bound, version) || bound.split('.')[0] === version.split('.')[0];
    return !isExact || atLeast(bound.replace('.*', '.99999'), version);
  });
}
