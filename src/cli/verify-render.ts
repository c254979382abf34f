// Renders the outcome of `verify` for people: one line if both sides are identical, else every difference below what it belongs to.
import { structuredPatch } from 'diff';
import type { Colors } from 'picocolors/types.js';
import type { Difference } from './verify-compare.ts';
import type { Description, Shape, ShapeObject } from './verify-python.ts';

/** Two sides that could be described, and how people call them. */
export interface Compared {
  readonly before: Description;
  readonly after: Description;
  readonly names: { readonly before: string; readonly after: string };
  readonly dialects: readonly string[];
}

/** The whole text, without a line end. */
export function renderComparison(
  compared: Compared,
  differences: readonly Difference[],
  colors: Colors,
): string {
  const { names, after, dialects } = compared;
  if (differences.length === 0)
    return `${colors.green('identical')}: ${counts(after)}; DDL for ${dialects.join(', ')}; ${versions(compared)}`;
  const bySubject = new Map<string, Difference[]>();
  for (const each of differences)
    bySubject.set(each.subject, [...(bySubject.get(each.subject) ?? []), each]);
  const count = `${differences.length} difference${differences.length === 1 ? '' : 's'}`;
  return [
    ...[...bySubject].flatMap(([subject, own]) => [
      colors.bold(subject),
      ...own.flatMap((each) => renderDifference(each, names, colors)).map((line) => `  ${line}`),
    ]),
    '',
    `${colors.red(count)} between ${names.before} and ${names.after} in ${bySubject.size} of the tables and mappers (${counts(after)}); ${versions(compared)}`,
  ].join('\n');
}

function counts({ tables, mappers }: Description): string {
  const facets = (name: string): number =>
    Object.values(mappers).reduce<number>((sum, mapper) => sum + sizeOf(memberOf(mapper, name)), 0);
  return `${sizeOf(tables)} tables, ${sizeOf(mappers)} mappers with ${facets('column')} columns and ${facets('relationship')} relationships`;
}

function versions({ before, after }: Compared): string {
  return before.sqlalchemy === after.sqlalchemy
    ? `SQLAlchemy ${after.sqlalchemy}`
    : `SQLAlchemy ${before.sqlalchemy} before, ${after.sqlalchemy} after`;
}

function memberOf(shape: Shape, name: string): Shape | undefined {
  return isObject(shape) ? shape[name] : undefined;
}

function sizeOf(shape: Shape | undefined): number {
  return isObject(shape) ? Object.keys(shape).length : 0;
}

function isObject(shape: Shape | undefined): shape is ShapeObject {
  return typeof shape === 'object' && shape !== null && !Array.isArray(shape);
}

function renderDifference(
  { path, before, after }: Difference,
  names: Compared['names'],
  colors: Colors,
): readonly string[] {
  const title = path.join(' ');
  if (before === undefined || after === undefined) {
    const [side, color] =
      before === undefined ? [names.after, colors.green] : [names.before, colors.red];
    return [color(`${title === '' ? '' : `${title}: `}only in ${side}`)];
  }
  if (`${textOf(before)}${textOf(after)}`.includes('\n'))
    return [title, ...renderLines(textOf(before), textOf(after), colors)];
  return [
    `${title}: ${colors.red(textOf(before))} in ${names.before}, ${colors.green(textOf(after))} in ${names.after}`,
  ];
}

function renderLines(before: string, after: string, colors: Colors): readonly string[] {
  const { hunks } = structuredPatch('', '', `${before}\n`, `${after}\n`, '', '', { context: 1 });
  return hunks
    .flatMap(({ lines }) => lines)
    .map((line) =>
      line.startsWith('+')
        ? colors.green(`  ${line}`)
        : line.startsWith('-')
          ? colors.red(`  ${line}`)
          : `  ${line}`,
    );
}

function textOf(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  if (Array.isArray(shape)) return shape.length === 0 ? 'nothing' : shape.map(textOf).join(', ');
  return shape === null ? 'None' : JSON.stringify(shape);
}
