// Finds where a class gets its `query` attribute from: Flask-SQLAlchemy's model base or a `query_property()`. It reads no queries.
import type { Binding } from '../../binder/scope.ts';
import { keyword, readCall } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import { FLASK_MODEL, FLASK_SQLALCHEMY } from '../../sqlalchemy/members.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass } from '../models.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { Symbols } from '../symbols.ts';

/** A name at the top of a module, and the attributes read from it: `db` and `.session`. */
export interface Holder {
  /** Id of the name. */
  readonly id: string;
  readonly name: string;
  readonly module: Module;
  /** `.session`, or empty. */
  readonly path: string;
}

/** Where `Model.query` comes from. */
export interface QueryProperty {
  readonly kind: 'flask' | 'query-property';
  /** The `SQLAlchemy()` object or the scoped_session; `null` where its name is not at the top of a module. */
  readonly holder: Holder | null;
  /** The class of the queries where it is not the usual one. */
  readonly queryClass: { readonly module: Module; readonly node: PyNode } | null;
  /** Surely a `SQLAlchemy()` object, or a scoped_session. */
  readonly proven: boolean;
  /** Members that a class of the project changes on the `SQLAlchemy()` object. */
  readonly override: { readonly module: Module; readonly node: PyNode } | null;
}

interface ClassSource {
  readonly module: Module;
  readonly node: PyNode;
  readonly members: ReadonlyMap<string, readonly Binding[]>;
}

/** The classes of a project, and where `query` is set on them from outside. */
export interface QuerySources {
  readonly classes: ReadonlyMap<string, ClassSource>;
  /** `Base.query = …`, by the id of the class. */
  readonly settings: ReadonlyMap<string, { readonly module: Module; readonly value: PyNode }>;
}

/** Reads all classes and assignments of `query` in a project. */
export function findQuerySources(graph: ModuleGraph, symbols: Symbols): QuerySources {
  const classes = new Map<string, ClassSource>();
  const settings = new Map<string, { module: Module; value: PyNode }>();
  for (const module of graph.modules)
    for (const node of descendants(module.tree.root, 'class_definition', 'assignment'))
      if (node.kind === 'class_definition') {
        const id = idOfClass(node, module, symbols);
        const body = node.child('body');
        const members = body && module.binding.scopeOf(body.children[0] ?? body).bindings;
        if (id !== null && members && !classes.has(id)) classes.set(id, { module, node, members });
      } else {
        const left = node.child('left');
        const value = node.child('right');
        const object = left?.kind === 'attribute' ? left.child('object') : null;
        if (!object || !value || left?.child('attribute')?.text !== 'query') continue;
        const symbol = symbols.symbolOf(module, object);
        if (symbol?.kind === 'definition') settings.set(symbol.id, { module, value });
      }
  return { classes, settings };
}

/** The id of the class that a `class` statement defines. */
export function idOfClass(node: PyNode, module: Module, symbols: Symbols): string | null {
  const name = node.child('name');
  const binding =
    name &&
    module.binding
      .scopeOf(node)
      .bindings.get(name.text)
      ?.find((each) => each.value === node);
  return binding ? symbols.idOf(module, binding) : null;
}

/** Where `query` of a declarative class comes from; `null` if the class has an attribute of its own under that name, or none. */
export function queryPropertyOf(model: MappedClass, facts: Facts): QueryProperty | null {
  if (model.attributes.has('query')) return null;
  const { classes, settings } = facts.querySources();
  const queryClass = classAttribute(model, 'query_class', facts);
  for (const id of lineage(model)) {
    if (id === FLASK_MODEL) return flaskProperty(model, queryClass, facts);
    const set = settings.get(id);
    if (set) return registryProperty(set.module, set.value, facts);
    const source = classes.get(id);
    const bindings = source?.members.get('query')?.filter((each) => each.kind !== 'annotation');
    if (!source || !bindings || bindings.length === 0) continue;
    const [only, ...more] = bindings;
    return only?.value && only.kind === 'assignment' && more.length === 0
      ? registryProperty(source.module, only.value, facts)
      : null;
  }
  return null;
}

function lineage(model: MappedClass): readonly string[] {
  return [model.id, ...model.mro.filter((id) => id !== model.id)];
}

function classAttribute(
  model: MappedClass,
  name: string,
  facts: Facts,
): { readonly module: Module; readonly node: PyNode } | null {
  for (const id of lineage(model)) {
    const source = facts.querySources().classes.get(id);
    const binding = source?.members.get(name)?.find((each) => each.kind !== 'annotation');
    if (source && binding) return { module: source.module, node: binding.value ?? binding.node };
  }
  return null;
}

/** `scoped_session.query_property(query_cls)`. */
function registryProperty(module: Module, value: PyNode, facts: Facts): QueryProperty | null {
  const call = readCall(value);
  if (call?.callee.child('attribute')?.text !== 'query_property') return null;
  const object = call.callee.child('object');
  if (!object) return null;
  const custom = call.positional[0] ?? keyword(call, 'query_cls');
  const holder = holderOf(module, object, facts);
  const made = holder && facts.symbols.definition(holder.id)?.binding.value;
  const callee = readCall(made ?? null)?.callee;
  const maker = holder && callee ? facts.symbols.symbolOf(holder.module, callee) : null;
  const isRegistry =
    maker?.kind === 'library'
      ? maker.name === 'sqlalchemy.orm.scoped_session'
      : maker?.kind === 'definition' && facts.queryBlockers().sessionClasses.get(maker.id) === null;
  const isFlask = maker?.kind === 'library' && maker.name === FLASK_SQLALCHEMY;
  return {
    kind: 'query-property',
    holder,
    queryClass: custom ? { module, node: custom } : null,
    proven: holder?.path === '' ? isRegistry : holder?.path === '.session' && isFlask,
    override: null,
  };
}

/** The definition at the top of a module that a dotted expression starts with. */
/** The name at the top of a module that an expression reads, with the attributes read from it. */
export function holderOf(module: Module, node: PyNode, facts: Facts): Holder | null {
  const symbol = facts.symbols.symbolOf(module, node);
  if (symbol?.kind === 'definition')
    return symbol.binding.scope.kind === 'module'
      ? { id: symbol.id, name: symbol.binding.name, module: symbol.module, path: '' }
      : null;
  const object = node.kind === 'attribute' ? node.child('object') : null;
  const owner = object && holderOf(module, object, facts);
  return owner && { ...owner, path: `${owner.path}.${node.child('attribute')?.text ?? ''}` };
}

function flaskProperty(
  model: MappedClass,
  queryClass: QueryProperty['queryClass'],
  facts: Facts,
): QueryProperty {
  const object = extensionOf(model, facts);
  const holder = object && holderOf(object.module, object.node, facts);
  const isObject = holder !== null && isFlaskObject(holder, facts);
  return {
    kind: 'flask',
    holder: holder?.path === '' ? { ...holder, path: '.session' } : null,
    queryClass: queryClass ?? (holder && givenQueryClass(holder, facts)),
    proven: isObject,
    override: holder && isObject ? overrideOf(holder, facts) : null,
  };
}

/** `SQLAlchemy(query_class=…)`. */
function givenQueryClass(holder: Holder, facts: Facts): QueryProperty['queryClass'] {
  const call = readCall(facts.symbols.definition(holder.id)?.binding.value ?? null);
  const node = call && (keyword(call, 'query_class') ?? call.positional[4]);
  return node && node.kind !== 'none' ? { module: holder.module, node } : null;
}

interface Place {
  readonly module: Module;
  readonly node: PyNode;
}

/** The `db` of the `db.Model` that the class descends from. */
function extensionOf(model: MappedClass, facts: Facts): Place | null {
  for (const id of lineage(model)) {
    const source = facts.querySources().classes.get(id);
    for (const base of source?.node.child('superclasses')?.named ?? []) {
      if (!source || base.kind === 'keyword_argument') continue;
      const symbol = facts.symbols.symbolOf(source.module, base);
      if (symbol?.kind === 'library' && symbol.name === FLASK_MODEL)
        return objectOfModel(source.module, base, facts, 0);
    }
  }
  return null;
}

/** The `db` of an expression that stands for `db.Model`, followed through `Model = db.Model` and imports. */
function objectOfModel(module: Module, node: PyNode, facts: Facts, depth: number): Place | null {
  if (depth > 8) return null;
  if (node.kind === 'attribute') {
    const object = node.child('object');
    return object && { module, node: object };
  }
  const [binding, ...more] = module.binding.lookup(node.text, node)?.bindings ?? [];
  if (!binding || more.length > 0) return null;
  if (binding.kind === 'assignment' && binding.path.length === 0 && binding.value)
    return objectOfModel(module, binding.value, facts, depth + 1);
  const { imported } = binding;
  if (!imported || imported.name === null) return null;
  const from = facts.modules.resolve(module, imported.module, imported.level);
  const [value, ...others] = from?.binding.module.bindings.get(imported.name) ?? [];
  return from && value?.value && others.length === 0
    ? objectOfModel(from, value.value, facts, depth + 1)
    : null;
}

/** Members of the extension object that decide what its sessions and helpers do. */
const DECIDING: ReadonlySet<string> = new Set([
  'Model',
  'Query',
  'create_scoped_session',
  'create_session',
  'first_or_404',
  'get_or_404',
  'make_declarative_base',
  'one_or_404',
  'paginate',
  'session',
  '_make_declarative_base',
  '_make_scoped_session',
]);

/** Whether a name at the top of a module holds a Flask-SQLAlchemy object. */
export function isFlaskObject(holder: Pick<Holder, 'id' | 'module'>, facts: Facts): boolean {
  const value = facts.symbols.definition(holder.id)?.binding.value ?? null;
  const callee = readCall(value)?.callee;
  return callee !== undefined && flaskLineage(holder.module, callee, facts) !== null;
}

function overrideOf(holder: Holder, facts: Facts): Place | null {
  const callee = readCall(facts.symbols.definition(holder.id)?.binding.value ?? null)?.callee;
  const sources = (callee && flaskLineage(holder.module, callee, facts)) ?? [];
  for (const { module, members } of sources)
    for (const [name, [binding]] of members)
      if (binding && DECIDING.has(name)) return { module, node: binding.node };
  return null;
}

/** The classes of the project between an expression and Flask-SQLAlchemy's own class; `null` if it is something else. */
function flaskLineage(
  module: Module,
  node: PyNode,
  facts: Facts,
  depth = 0,
): readonly ClassSource[] | null {
  const symbol = facts.symbols.symbolOf(module, node);
  if (symbol?.kind === 'library') return symbol.name === FLASK_SQLALCHEMY ? [] : null;
  if (symbol?.kind !== 'definition' || depth > 8) return null;
  const source = facts.querySources().classes.get(symbol.id);
  for (const base of source?.node.child('superclasses')?.named ?? []) {
    const above = source && flaskLineage(source.module, base, facts, depth + 1);
    if (source && above) return [source, ...above];
  }
  return null;
}
