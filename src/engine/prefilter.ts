// Decides from raw text alone which files can matter, never too few. It parses nothing; dynamic imports are not followed.
import type { Settings } from '../project/settings.ts';

/** Texts that name SQLAlchemy or a library that hands out its objects. */
const COMPANIONS = [
  'sqlalchemy',
  'SQLAlchemy',
  'sqlmodel',
  'alembic',
  'aiopg',
  'databases',
  'flask_appbuilder',
  'geoalchemy',
  'gino',
  'ormar',
  'pgvector',
  'sqlsoup',
];

/**
 * The sorted paths of the files that name SQLAlchemy or a companion, of those that import such files, directly or not, and of
 * everything that those import: only through them can a model, a session or a query reach a file.
 */
export function findCandidates(
  files: ReadonlyMap<string, string>,
  settings: Pick<Settings, 'sessionNames' | 'sessionFactories' | 'engineNames' | 'baseClasses'>,
): readonly string[] {
  const words = [...COMPANIONS, ...userWords(settings)];
  const seeds = [...files].filter(([, text]) => words.some((word) => text.includes(word)));
  if (seeds.length === 0) return [];
  const imports = importGraph(files);
  const importers = reversed(imports);
  const reached = closure(
    seeds.map(([path]) => path),
    (path) => [...(importers.get(path) ?? []), ...belowConftest(path, files)],
  );
  return [...closure(reached, (path) => imports.get(path) ?? [])].toSorted();
}

/** The last parts of the dotted names that the user declared. */
function userWords(settings: Parameters<typeof findCandidates>[1]): readonly string[] {
  return [
    ...settings.sessionNames,
    ...settings.sessionFactories,
    ...settings.engineNames,
    ...settings.baseClasses,
  ].map((name) => name.slice(name.lastIndexOf('.') + 1));
}

/** pytest hands the fixtures of a `conftest.py` to the modules beside and below it without an import. */
function belowConftest(path: string, files: ReadonlyMap<string, string>): readonly string[] {
  if (path !== 'conftest.py' && !path.endsWith('/conftest.py')) return [];
  const folder = path.slice(0, -'conftest.py'.length);
  return [...files.keys()].filter((each) => each.startsWith(folder));
}

function closure(
  start: Iterable<string>,
  next: (path: string) => Iterable<string>,
): ReadonlySet<string> {
  const reached = new Set(start);
  for (const path of reached) for (const each of next(path)) reached.add(each);
  return reached;
}

function reversed(
  graph: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const result = new Map<string, Set<string>>();
  for (const [from, targets] of graph)
    for (const target of targets) {
      const list = result.get(target);
      if (list) list.add(from);
      else result.set(target, new Set([from]));
    }
  return result;
}

/** For every file the project files that its imports may mean; a dotted name means every file whose path ends like it. */
function importGraph(files: ReadonlyMap<string, string>): ReadonlyMap<string, ReadonlySet<string>> {
  const bySuffix = suffixIndex([...files.keys()]);
  const graph = new Map<string, ReadonlySet<string>>();
  for (const [path, text] of files) {
    const targets = new Set<string>();
    for (const name of importedNames(text))
      for (const target of targetsOf(path, name, bySuffix)) targets.add(target);
    targets.delete(path);
    graph.set(path, targets);
  }
  return graph;
}

interface SuffixIndex {
  /** Paths by every ending of their dotted name. */
  readonly bySuffix: ReadonlyMap<string, readonly string[]>;
  readonly byModule: ReadonlyMap<string, readonly string[]>;
}

function suffixIndex(paths: readonly string[]): SuffixIndex {
  const bySuffix = new Map<string, string[]>();
  const byModule = new Map<string, string[]>();
  for (const path of paths) {
    const parts = moduleParts(path);
    append(byModule, parts.join('.'), path);
    for (let from = 0; from < parts.length; from++)
      append(bySuffix, parts.slice(from).join('.'), path);
  }
  return { bySuffix, byModule };
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function moduleParts(path: string): readonly string[] {
  const parts = path.replace(/\.pyi?$/, '').split('/');
  return parts.at(-1) === '__init__' ? parts.slice(0, -1) : parts;
}

function targetsOf(path: string, name: string, index: SuffixIndex): readonly string[] {
  const dots = /^\.*/.exec(name)?.[0].length ?? 0;
  if (dots === 0) return index.bySuffix.get(name) ?? [];
  const folder = path.split('/').slice(0, -dots);
  const rest = name.slice(dots);
  return index.byModule.get([...folder, ...(rest ? rest.split('.') : [])].join('.')) ?? [];
}

const IMPORT =
  /(?:^|[;:])[ \t\f]*(?:from[ \t]*(\.*[ \t]*[\p{ID_Continue}. \t]*?)[ \t]*\bimport\b[ \t]*(\([^)]*\)|[^\n\r;]*)|import[ \t]+([^\n\r;]+))/gmu;

/** Every dotted name that an import statement of the text may load; names of members included, for they may be modules. */
export function importedNames(text: string): readonly string[] {
  if (!text.includes('import')) return [];
  const joined = text.includes('\\') ? text.replaceAll(/\\\r?\n/g, ' ') : text;
  const names = new Set<string>();
  for (const [, from, members, modules] of joined.matchAll(IMPORT)) {
    if (modules !== undefined) for (const name of listed(modules)) addWithParents(names, name);
    else if (from !== undefined) addFrom(names, from.replaceAll(/\s/g, ''), members ?? '');
  }
  return [...names];
}

function addFrom(names: Set<string>, module: string, members: string): void {
  names.add(module);
  const prefix = module === '' || module.endsWith('.') ? module : `${module}.`;
  for (const member of listed(members)) names.add(prefix + member);
}

function addWithParents(names: Set<string>, name: string): void {
  for (let end = name.length; end > 0; end = name.lastIndexOf('.', end - 1))
    names.add(name.slice(0, end));
}

/** The names in `(a, b as c,  # why\n d)` or `a.b as c, d`. */
function listed(text: string): readonly string[] {
  return text
    .replaceAll(/#[^\n\r]*/g, '')
    .split(/[,()]/)
    .map((each) => each.trim().split(/\s/)[0] ?? '')
    .filter((name) => name !== '' && name !== '*');
}
