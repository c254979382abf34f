// Decides from raw text alone which files can matter, never too few. It parses nothing; dynamic imports are not followed.
import { rootOf } from '../project/graph.ts';
import type { Settings } from '../project/settings.ts';

/** Libraries that hand out SQLAlchemy's objects and do not have its name in theirs. */
const COMPANIONS: readonly string[] = [
  'advanced_alchemy',
  'aiopg',
  'alembic',
  'databases',
  'flask_appbuilder',
  'geoalchemy',
  'geoalchemy2',
  'gino',
  'ormar',
  'pgvector',
  'sqlmodel',
  'sqlsoup',
];

/** What decides which files matter. */
export interface PrefilterOptions {
  /** Names that the user declared count like SQLAlchemy's. */
  readonly settings: Pick<
    Settings,
    'sessionNames' | 'sessionFactories' | 'engineNames' | 'baseClasses'
  >;
  /** Only what is connected with a file that the run may change can matter to it. */
  isEditable(path: string): boolean;
}

/**
 * The sorted paths of the files that name SQLAlchemy or a companion, of those that import such files, directly or not, and of
 * everything that those import: only through them can a model, a session or a query reach a file. Parts of the project without
 * any import between them and an editable file are left out.
 */
export function findCandidates(
  files: ReadonlyMap<string, string>,
  { settings, isEditable }: PrefilterOptions,
): readonly string[] {
  const words = ['sqlalchemy', 'SQLAlchemy', ...userWords(settings)];
  const seeds = [...files].filter(
    ([, text]) => words.some((word) => text.includes(word)) || importsCompanion(text),
  );
  if (seeds.length === 0) return [];
  const imports = importGraph(files);
  const importers = reversed(imports);
  const reached = closure(
    seeds.map(([path]) => path),
    (path) => importers.get(path) ?? [],
  );
  const candidates = closure(reached, (path) => imports.get(path) ?? []);
  const connected = closure([...candidates].filter(isEditable), (path) =>
    [...(imports.get(path) ?? []), ...(importers.get(path) ?? [])].filter((each) =>
      candidates.has(each),
    ),
  );
  const packages = closure(connected, (path) => packageFiles(path, files));
  return [...packages].toSorted();
}

function importsCompanion(text: string): boolean {
  if (!COMPANIONS.some((name) => text.includes(name))) return false;
  return importedNames(text).some((name) => COMPANIONS.includes(name.split('.', 1)[0] ?? ''));
}

/** The `__init__` files of the folders that hold a file: without them its module would have another name. */
function packageFiles(path: string, files: ReadonlyMap<string, string>): readonly string[] {
  const folders = path.split('/').slice(0, -1);
  return folders
    .map((_, index) => folders.slice(0, index + 1).join('/'))
    .flatMap((folder) => [`${folder}/__init__.py`, `${folder}/__init__.pyi`])
    .filter((each) => files.has(each));
}

/** The last parts of the dotted names that the user declared. */
function userWords(settings: PrefilterOptions['settings']): readonly string[] {
  return [
    ...settings.sessionNames,
    ...settings.sessionFactories,
    ...settings.engineNames,
    ...settings.baseClasses,
  ].map((name) => name.slice(name.lastIndexOf('.') + 1));
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

/** For every file the project files that its imports may mean: a name is looked for below every root of the project. */
function importGraph(files: ReadonlyMap<string, string>): ReadonlyMap<string, ReadonlySet<string>> {
  const lookUp = moduleFinder(files);
  const graph = new Map<string, ReadonlySet<string>>();
  for (const [path, text] of files) {
    const targets = new Set<string>();
    for (const name of importedNames(text))
      for (const target of lookUp(path, name)) targets.add(target);
    for (const conftest of conftestsOf(path)) if (files.has(conftest)) targets.add(conftest);
    targets.delete(path);
    graph.set(path, targets);
  }
  return graph;
}

/** pytest hands the fixtures of a `conftest.py` to the modules beside and below it without an import. */
function conftestsOf(path: string): readonly string[] {
  const folders = path.split('/').slice(0, -1);
  return [[], ...folders.map((_, index) => folders.slice(0, index + 1))].map((each) =>
    [...each, 'conftest.py'].join('/'),
  );
}

/** Finds the files that a dotted name in a file may mean; all of them, where the project itself would take the first. */
function moduleFinder(
  files: ReadonlyMap<string, string>,
): (path: string, name: string) => readonly string[] {
  const known = new Set(files.keys());
  const rootOfFile = new Map([...known].map((path) => [path, rootOf(path, known)]));
  const roots = new Set(['', ...rootOfFile.values()]);
  const absolute = new Map<string, readonly string[]>();
  const segments = new Set([...known].flatMap((path) => path.replace(/\.pyi?$/, '').split('/')));
  const filesOf = (stem: string): readonly string[] =>
    SUFFIXES.map((suffix) => (stem === '' ? suffix.slice(1) : stem + suffix)).filter((each) =>
      known.has(each),
    );
  return (path, name) => {
    const dots = /^\.*/.exec(name)?.[0].length ?? 0;
    const parts = name.slice(dots).replaceAll('.', '/');
    const folders = path.split('/').slice(0, -1);
    if (dots > 0) {
      const base = folders.slice(0, Math.max(0, folders.length - (dots - 1)));
      return filesOf([...base, ...(parts === '' ? [] : [parts])].join('/'));
    }
    // Most imports are of libraries, after which no file or folder is called.
    if (!segments.has(parts.split('/', 1)[0] ?? '')) return [];
    const everywhere = absolute.get(parts) ?? [...roots].flatMap((root) => filesOf(root + parts));
    absolute.set(parts, everywhere);
    return [...everywhere, ...filesOf([...folders, parts].join('/'))];
  };
}

const SUFFIXES = ['.py', '/__init__.py', '.pyi', '/__init__.pyi'];

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
