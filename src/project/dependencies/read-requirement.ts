// Reads one requirement from a text: `SQLAlchemy[asyncio]>=1.4,<2 ; python_version > "3.7"`.
import type { Span } from '../../python/tree.ts';
import type { Requirement } from './config-file.ts';
import type { SpecifierStyle } from './versions.ts';

const REQUIREMENT =
  /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(\s*\[[^\]]*\])?(\s*(?:\(?[<>=!~^][^;#@:]*)?)(?:\s*;.*)?$/;

/** Where a requirement is and what belongs to it. */
export interface Place {
  readonly start: number;
  readonly whole: Span;
  readonly style: SpecifierStyle;
  readonly isLocked: boolean;
  readonly isConstraint: boolean;
  readonly isConditional?: boolean;
}

/** Reads a requirement that starts at a place; `null` if the text is none, or has a form such as a URL. */
export function readRequirement(text: string, place: Place): Requirement | null {
  const match = REQUIREMENT.exec(text.trimEnd());
  if (!match) return null;
  const [, name = '', extras = '', rest = ''] = match;
  const specifier = rest.trim();
  const { start, whole, style, isLocked, isConstraint } = place;
  const afterName = start + name.length;
  const bracket = afterName + extras.length - extras.trimStart().length;
  const from = afterName + extras.length + (rest.length - rest.trimStart().length);
  return {
    start,
    end: start + text.trimEnd().length,
    name: normalised(name),
    nameEnd: afterName,
    extras:
      extras === ''
        ? null
        : { start: bracket, end: afterName + extras.length, names: namesIn(extras) },
    specifier:
      specifier === '' ? null : { start: from, end: from + specifier.length, text: specifier },
    style,
    whole,
    isLocked,
    isConditional: place.isConditional === true,
    isTable: false,
    isConstraint,
  };
}

/** A package name in the form in which two spellings of it are equal. */
export function normalised(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

function namesIn(extras: string): readonly string[] {
  return extras
    .trim()
    .slice(1, -1)
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
