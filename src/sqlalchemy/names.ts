// SQLAlchemy's public names: which paths mean the same object, and where each version keeps it. It resolves no imports.
import data from './names.json' with { type: 'json' };

/** What a name stands for; `object` is an instance such as `func`. */
export type NameKind = 'class' | 'function' | 'object';

/** A version group of SQLAlchemy. */
export type Version = '1.3' | '1.4' | '2.0' | '2.1';

/** A canonical name. */
export interface KnownName {
  readonly kind: NameKind;
  /** The module that the name is best imported from, for each version that has it. */
  readonly homes: ReadonlyMap<Version, string>;
}

/** Where a name is imported from. */
export interface Home {
  readonly module: string;
  readonly name: string;
}

const VERSIONS: readonly Version[] = ['1.3', '1.4', '2.0', '2.1'];
const KINDS: readonly NameKind[] = ['class', 'function', 'object'];

const MOVED: ReadonlyMap<string, string> = new Map(
  lists(data.moved).map(({ module, key, name }) => [`${module}.${name}`, `${key}.${name}`]),
);

const KNOWN: ReadonlyMap<string, KnownName> = new Map(
  lists(data.names).map(({ module, key, name }) => [`${module}.${name}`, known(module, key)]),
);

/** The old package of dialects held the same modules. */
const DATABASES = 'sqlalchemy.databases.';

/**
 * The canonical spelling of a dotted path: the most public path of 2.x for the same object (`sqlalchemy.sql.expression.select` is `sqlalchemy.select`).
 * Legacy aliases under another name (`ResultProxy`) keep it. Unknown paths come back unchanged.
 */
export function canonicalName(qualified: string): string {
  const path = qualified.startsWith(DATABASES)
    ? `sqlalchemy.dialects.${qualified.slice(DATABASES.length)}`
    : qualified;
  return MOVED.get(path) ?? (path === qualified || KNOWN.has(path) ? path : qualified);
}

/** What is known of a canonical name, `null` if SQLAlchemy has no such public name in any version. */
export function knownName(canonical: string): KnownName | null {
  return KNOWN.get(canonical) ?? null;
}

/** Whether some version of SQLAlchemy has this canonical name. */
export function isKnownName(canonical: string): boolean {
  return KNOWN.has(canonical);
}

/** Where `version` keeps a canonical name, `null` if it has none or the name is unknown. */
export function homeIn(canonical: string, version: Version): Home | null {
  const module = KNOWN.get(canonical)?.homes.get(version);
  if (module === undefined) return null;
  return { module, name: canonical.slice(canonical.lastIndexOf('.') + 1) };
}

function lists(tree: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  return Object.entries(tree).flatMap(([module, keys]) =>
    Object.entries(keys).flatMap(([key, names]) =>
      names.split(' ').map((name) => ({ module, key, name })),
    ),
  );
}

function known(module: string, description: string): KnownName {
  const [kind, ...places] = description.split(' ');
  const homes = new Map<Version, string>();
  for (const place of places) {
    const [word, home] = place.split('=');
    const version = VERSIONS.find((each) => each === word);
    if (version) homes.set(version, home ?? module);
  }
  return { kind: KINDS.find((each) => each === kind) ?? 'object', homes };
}
