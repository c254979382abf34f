// Builds the module graph from the paths and binders of a project's files. It reads no file system.
import type { Module, ModuleGraph } from './modules.ts';

/** Folders that hold packages but are not part of their names. */
const SOURCE_FOLDERS: readonly string[] = ['src', 'lib', 'source'];

/** Names each path as a dotted module: below the parent of its outermost package, else below the project root or a source folder. */
export function moduleNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const known = new Set(paths);
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const path of paths.toSorted()) {
    const preferred = dotted(path.slice(rootOf(path, known).length));
    const name = taken.has(preferred) ? dotted(path) : preferred;
    taken.add(name);
    names.set(path, name);
  }
  return names;
}

/** Builds the graph of the given modules. */
export function buildGraph(modules: readonly Module[]): ModuleGraph {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const known = new Set(byPath.keys());
  const ownRoots = new Map(modules.map(({ path }) => [path, rootOf(path, known)]));
  const roots = [...new Set(['', ...ownRoots.values()])].toSorted();
  const resolved = new Map<string, Module | null>();
  const names = new Set(modules.map((module) => module.name));
  const parts = new Set(modules.flatMap(({ path }) => path.replace(/\.pyi?$/, '').split('/')));
  let importers: Importers | null = null;

  const find = (from: Module, name: string, level: number): Module | null => {
    const stem = name.replaceAll('.', '/');
    if (level > 0) {
      const folders = relativeFolder(from.path, level);
      return fileOf(byPath, [...folders, ...(stem === '' ? [] : [stem])].join('/'));
    }
    if (!parts.has(headOf(name))) return null;
    const own = ownRoots.get(from.path) ?? '';
    for (const root of new Set([own, ...roots, ...scriptRoots(from)])) {
      const found = fileOf(byPath, root + stem);
      if (found) return found;
    }
    return null;
  };

  /** A script finds what is beside it; a module of a package does not, even if one is called like a library. */
  const scriptRoots = (from: Module): readonly string[] => {
    const beside = folderOf(from.path);
    if (beside === '') return [''];
    return from.isPackage || fileOf(byPath, `${beside}/__init__`) ? [] : [`${beside}/`];
  };

  const resolve = (from: Module, name: string, level: number): Module | null => {
    // What an import means depends on the folder of the file alone.
    const key = `${level} ${name} ${folderOf(from.path)}`;
    const before = resolved.get(key);
    if (before !== undefined) return before;
    const found = find(from, name, level);
    resolved.set(key, found);
    return found;
  };

  return {
    modules: modules.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    byPath: (path) => byPath.get(path) ?? null,
    hasTopLevel: (name) => !name.includes('.') && names.has(name),
    resolve,
    importersOf(module) {
      importers ??= findImporters(modules, resolve);
      return [
        ...new Set([
          ...(importers.byModule.get(module) ?? []),
          ...(importers.byHead.get(headOf(module.name)) ?? []),
          ...importers.inStrings,
        ]),
      ];
    },
    absoluteName(from, name, level) {
      if (level === 0) return name;
      const own = from.isPackage ? from.name.split('.') : from.name.split('.').slice(0, -1);
      const base = own.slice(0, own.length - (level - 1));
      return [...base, ...(name === '' ? [] : [name])].join('.');
    },
  };
}

interface Importers {
  /** Who names the module, or something in it, in `from … import`. */
  readonly byModule: ReadonlyMap<Module, ReadonlySet<Module>>;
  /** Who imports something below a top-level name with `import`. */
  readonly byHead: ReadonlyMap<string, ReadonlySet<Module>>;
  /** Who names modules in strings: tests that replace their members. */
  readonly inStrings: readonly Module[];
}

function findImporters(modules: readonly Module[], resolve: ModuleGraph['resolve']): Importers {
  const byModule = new Map<Module, Set<Module>>();
  const byHead = new Map<string, Set<Module>>();
  for (const other of modules) {
    const { imports, starImports } = other.binding;
    const found = [
      ...starImports.map((star) => resolve(other, star.module, star.level)),
      ...imports.flatMap(({ imported }) => {
        if (!imported) return [];
        if (imported.name === null) {
          add(byHead, headOf(imported.module), other);
          return [];
        }
        return [imported.module, joinedName(imported.module, imported.name)].map((name) =>
          resolve(other, name, imported.level),
        );
      }),
    ];
    for (const module of found) if (module) add(byModule, module, other);
  }
  const inStrings = modules.filter(({ tree }) => /\b(patch|setattr)\(/.test(tree.text));
  return { byModule, byHead, inStrings };
}

function add<Key, Item>(sets: Map<Key, Set<Item>>, key: Key, item: Item): void {
  const set = sets.get(key);
  if (set) set.add(item);
  else sets.set(key, new Set([item]));
}

function joinedName(module: string, name: string): string {
  return module === '' ? name : `${module}.${name}`;
}

function headOf(name: string): string {
  const end = name.indexOf('.');
  return end < 0 ? name : name.slice(0, end);
}

function fileOf(byPath: ReadonlyMap<string, Module>, stem: string): Module | null {
  for (const suffix of ['.py', '/__init__.py', '.pyi', '/__init__.pyi']) {
    const module = byPath.get(stem === '' ? suffix.slice(1) : stem + suffix);
    if (module) return module;
  }
  return null;
}

function relativeFolder(path: string, level: number): readonly string[] {
  const folders = path.split('/').slice(0, -1);
  return folders.slice(0, Math.max(0, folders.length - (level - 1)));
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The folder (with a final slash, or empty) that absolute imports of this file's package start from. */
export function rootOf(path: string, known: ReadonlySet<string>): string {
  let folder = folderOf(path);
  let inPackage = false;
  while (
    folder !== '' &&
    (known.has(`${folder}/__init__.py`) || known.has(`${folder}/__init__.pyi`))
  ) {
    inPackage = true;
    folder = folderOf(folder);
  }
  if (inPackage) return folder === '' ? '' : `${folder}/`;
  const first = path.split('/')[0] ?? '';
  return SOURCE_FOLDERS.includes(first) && path.includes('/') ? `${first}/` : '';
}

function dotted(path: string): string {
  return path
    .replace(/\.pyi?$/, '')
    .replace(/\/__init__$|^__init__$/, '')
    .replaceAll('/', '.');
}
