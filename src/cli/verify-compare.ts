// Compares two descriptions of tables and mappers. It knows their structure only as far as needed to name places; no printing.
import { isDeepStrictEqual } from 'node:util';
import type { Description, Shape, ShapeObject } from './verify-python.ts';
import { NORMALISER_RULES } from './verify-versions.ts';

/** One fact that differs. */
export interface Difference {
  /** `table users`, `mapper app.models.User`, `other DDL`. */
  readonly subject: string;
  /** What of it, from the outside in: `['column', 'email', 'nullable']`. */
  readonly path: readonly string[];
  /** `undefined` where that side has nothing of the kind. */
  readonly before: Shape | undefined;
  readonly after: Shape | undefined;
}

/** Everything that differs, tables first, sorted by name. */
export function compareDescriptions(
  before: Description,
  after: Description,
): readonly Difference[] {
  const mixed = isOld(before) !== isOld(after);
  const left = mixed ? respelled(before) : before;
  const right = mixed ? respelled(after) : after;
  return [
    ...subjects('table', left.tables, right.tables),
    ...compare('other DDL', [], left.rest, right.rest),
    ...subjects('mapper', left.mappers, right.mappers),
  ];
}

function subjects(kind: string, before: ShapeObject, after: ShapeObject): readonly Difference[] {
  return keysOf(before, after).flatMap((name) =>
    compare(`${kind} ${name}`, [], before[name], after[name]),
  );
}

function compare(
  subject: string,
  path: readonly string[],
  before: Shape | undefined,
  after: Shape | undefined,
): readonly Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isObject(before) || !isObject(after)) return [{ subject, path, before, after }];
  return keysOf(before, after).flatMap((key) =>
    compare(subject, [...path, key], before[key], after[key]),
  );
}

function keysOf(before: ShapeObject, after: ShapeObject): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
}

function isObject(shape: Shape | undefined): shape is ShapeObject {
  return typeof shape === 'object' && shape !== null && !Array.isArray(shape);
}

function isOld({ sqlalchemy }: Description): boolean {
  return sqlalchemy.startsWith('1.');
}

/** What 1.x says as 2.x would; of errors, which each version words in its own way, only that there is one. */
function respelled(description: Description): Description {
  const rules = isOld(description) ? NORMALISER_RULES : [];
  const text = JSON.stringify(description, (_key, value: unknown) =>
    typeof value === 'string'
      ? rules
          .reduce((current, rule) => rule.apply(current), value)
          .replace(/^-- \w+Error: .*$/gm, '-- cannot be rendered')
      : value,
  );
  const result: Description = JSON.parse(text);
  return result;
}
