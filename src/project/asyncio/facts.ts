// What a whole project does with asyncio and lazy loading: computed once, so that most files and names need no closer look.
import { isTestPath } from '../test-paths.ts';
import { readCall, keyword } from '../../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import { lazyOf } from '../loads/attribute.ts';
import type { MappedAttribute, ModelIndex } from '../models.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { ProjectIndex } from '../infer/tracer.ts';
import type { Symbols } from '../symbols.ts';

/** Facts about a project as a whole. */
export interface AsyncFacts {
  /** Some file imports the asyncio extension of SQLAlchemy or its classes. */
  readonly usesAsync: boolean;
  /** The names of attributes that may load when they are read. */
  readonly lazyNames: ReadonlySet<string>;
  /** The names of relationships that a new object does not have after its INSERT. */
  readonly relationNames: ReadonlySet<string>;
  /** The names of write-only and dynamic relationships. */
  readonly specialNames: ReadonlySet<string>;
  /** The names of columns that the database computes at an UPDATE. */
  readonly updatedNames: ReadonlySet<string>;
  /** The names of properties of mapped classes. */
  readonly propertyNames: ReadonlySet<string>;
  /** Whether sessions expire their objects at commit: `null` if factories differ, or none is seen. */
  readonly expiresOnCommit: boolean | null;
  /** The one method of the project of a name that has a body; `null` if there are several, or none. */
  onlyMethod(name: string): ProjectMethod | null;
}

/** A method of a class of the project. */
export interface ProjectMethod {
  readonly module: Module;
  readonly node: PyNode;
}

/** Computes the facts. */
export function findAsyncFacts(
  graph: ModuleGraph,
  symbols: Symbols,
  models: ModelIndex,
  index: ProjectIndex,
): AsyncFacts {
  const asynchronous = graph.modules.filter(({ tree }) => IMPORTS_ASYNC.test(tree.text));
  const settings = new Set(
    asynchronous
      .filter(({ path }) => !isTestPath(path))
      .flatMap((module) => factoriesIn(module, symbols).map((call) => expires(call))),
  );
  const [only] = settings;
  const usesAsync = asynchronous.length > 0;
  const none: ReadonlySet<string> = new Set();
  return {
    usesAsync,
    lazyNames: lazyNames(graph, models),
    relationNames: usesAsync
      ? new Set([
          ...namesOf(models, (each) => each.kind === 'relationship'),
          ...sqlModelRelations(graph).map(({ name }) => name),
        ])
      : none,
    specialNames: namesOf(
      models,
      (each) =>
        each.kind === 'relationship' && (each.lazy === 'write_only' || each.lazy === 'dynamic'),
    ),
    updatedNames: usesAsync ? updatedNames(graph, models) : none,
    propertyNames: usesAsync ? propertyNames(index, models) : none,
    expiresOnCommit: settings.size === 1 && only !== undefined ? only : null,
    onlyMethod: methodFinder(graph),
  };
}

/** Finds methods by name; the names are read when one is asked for first. */
function methodFinder(graph: ModuleGraph): AsyncFacts['onlyMethod'] {
  let names: ReadonlyMap<string, ProjectMethod | null> | null = null;
  return (name) => (names ??= methodsOf(graph)).get(name) ?? null;
}

function methodsOf(graph: ModuleGraph): ReadonlyMap<string, ProjectMethod | null> {
  const found = new Map<string, ProjectMethod | null>();
  for (const module of graph.modules) {
    for (const node of descendants(module.tree.root, 'function_definition')) {
      const name = node.child('name')?.text ?? '';
      const owner = enclosing(node, 'class_definition', 'function_definition');
      if (owner?.kind !== 'class_definition' || isStub(node)) continue;
      found.set(name, found.has(name) ? null : { module, node });
    }
  }
  return found;
}

/** `async def load(self) -> User: ...`, as protocols and abstract classes have them. */
export function isStub(definition: PyNode): boolean {
  const [first, ...others] = definition.child('body')?.named ?? [];
  return others.length === 0 && first?.text === '...';
}

/** An import of SQLAlchemy's asyncio extension; other libraries and projects have classes called AsyncSession too. */
const IMPORTS_ASYNC =
  /^[ \t]*(from|import)[ \t][^\n]*(\bsqlalchemy\.ext(\.|[ \t]+import[^\n]*\b)asyncio\b|\bsqlmodel\.ext\.asyncio\b|\bcreate_async_engine\b|\basync_sessionmaker\b)/m;

const ASYNC_MAKER = 'sqlalchemy.ext.asyncio.async_sessionmaker';
const ASYNC_SESSION = /^(sqlalchemy\.ext\.asyncio|sqlmodel\.ext\.asyncio\.session)\.AsyncSession$/;

/** The calls of a file that make async sessions or factories of them. */
function factoriesIn(module: Module, symbols: Symbols): readonly PyNode[] {
  return descendants(module.tree.root, 'call').filter((node) => {
    const call = readCall(node);
    if (!call || !/(sessionmaker|Session)$/.test(call.callee.text)) return false;
    const symbol = symbols.symbolOf(module, call.callee);
    const name = symbol?.kind === 'library' ? symbol.name : '';
    if (name === ASYNC_MAKER || ASYNC_SESSION.test(name)) return true;
    if (name !== 'sqlalchemy.orm.sessionmaker') return false;
    const made = keyword(call, 'class_');
    const madeSymbol = made && symbols.symbolOf(module, made);
    return madeSymbol?.kind === 'library' && ASYNC_SESSION.test(madeSymbol.name);
  });
}

/** Whether `expire_on_commit` is left on; `null` where it is not a literal. */
function expires(node: PyNode): boolean | null {
  const call = readCall(node);
  const value = call && keyword(call, 'expire_on_commit');
  if (value) return value.text === 'False' ? false : value.text === 'True' ? true : null;
  return call?.doubleStarred === true ? null : true;
}

function namesOf(
  models: ModelIndex,
  isWanted: (each: MappedAttribute) => boolean,
): ReadonlySet<string> {
  const attributes = [...models.classes.values()].flatMap((model) => [
    ...model.attributes.values(),
  ]);
  return new Set(attributes.filter(isWanted).map(({ name }) => name));
}

/** Columns that the server computes at an UPDATE. */
function updatedNames(graph: ModuleGraph, models: ModelIndex): ReadonlySet<string> {
  return namesOf(
    models,
    (each) =>
      each.kind === 'column' &&
      (graph.byPath(each.location.path)?.tree.text ?? '')
        .slice(each.location.start, each.location.end)
        .includes('onupdate'),
  );
}

function propertyNames(index: ProjectIndex, models: ModelIndex): ReadonlySet<string> {
  const bodies = [...models.classes.values()].flatMap(({ id }) => {
    return index.classById(id)?.node.child('body')?.named ?? [];
  });
  return new Set(
    bodies
      .filter(
        ({ kind, text }) =>
          kind === 'decorated_definition' && /^@(\w+\.)*(hybrid_)?property\b/m.test(text),
      )
      .flatMap((each) => each.child('definition')?.child('name')?.text ?? []),
  );
}

function lazyNames(graph: ModuleGraph, models: ModelIndex): ReadonlySet<string> {
  const partial = graph.modules.some(({ tree }) => /\b(load_only|defer)\(/.test(tree.text));
  const names = new Set<string>();
  for (const model of models.classes.values())
    for (const attribute of model.attributes.values())
      if (
        (attribute.kind === 'relationship' && attribute.lazy === 'select') ||
        (attribute.kind === 'column' && (attribute.deferred || partial))
      )
        names.add(attribute.name);
  for (const { name, lazy } of sqlModelRelations(graph)) if (lazy === 'select') names.add(name);
  return names;
}

/** The relationships of SQLModel classes, which are no attributes of the model index. */
function sqlModelRelations(
  graph: ModuleGraph,
): readonly { readonly name: string; readonly lazy: string | null }[] {
  return graph.modules
    .filter(({ tree }) => /\bRelationship\(/.test(tree.text))
    .flatMap(({ tree }) =>
      descendants(tree.root, 'assignment').flatMap((node) => {
        const call = readCall(node.child('right'));
        return call && /(^|\.)Relationship$/.test(call.callee.text)
          ? [{ name: node.child('left')?.text ?? '', lazy: lazyOf(call.node.text) }]
          : [];
      }),
    );
}
