// Finds what declares models in the modules of a project: classes, base variables, Table() calls, attributes set after a class. It judges nothing yet.
import type { Binding } from '../../binder/scope.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Location } from '../models.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { calledName } from '../../python/calls.ts';
import { readCall, type Call } from './calls.ts';

/** A class statement of the project. */
export interface ClassSource {
  readonly id: string;
  readonly name: string;
  readonly module: Module;
  readonly location: Location;
  readonly node: PyNode;
  readonly decorators: readonly PyNode[];
  readonly superclasses: readonly PyNode[];
  readonly keywords: ReadonlyMap<string, PyNode>;
  /** What the class body binds, in order. */
  readonly members: ReadonlyMap<string, readonly Binding[]>;
}

/** A call whose result a variable holds: `Base = declarative_base()`, `users = Table(…)`. */
export interface CallSource {
  /** Id of the variable, `null` if the call is not assigned to a plain name. */
  readonly id: string | null;
  readonly name: string;
  readonly module: Module;
  readonly location: Location;
  readonly call: Call;
}

/** `User.posts = relationship(…)` outside of the class. */
export interface LateAttribute {
  readonly module: Module;
  readonly owner: PyNode;
  readonly name: string;
  readonly value: PyNode;
  readonly node: PyNode;
}

/** Everything of a project that may declare models. */
export interface Sources {
  readonly classes: ReadonlyMap<string, ClassSource>;
  /** Base variables by id. */
  readonly baseCalls: ReadonlyMap<string, CallSource>;
  readonly tableCalls: readonly CallSource[];
  readonly late: readonly LateAttribute[];
  /** `mapper(User, users)` and `registry.map_imperatively(User, users)`, by the id of the class. */
  readonly mapperCalls: ReadonlyMap<string, CallSource>;
}

const BASE_CALL = /^(?:declarative_base|automap_base|generate_base|make_declarative_base)$/;
/** The last part of what is called in a call of interest. */
const DECLARING_CALL =
  /^(?:declarative_base|automap_base|generate_base|make_declarative_base|mapper|map_imperatively)$|Table$/;
const MAPPER_CALL = /^(?:mapper|map_imperatively)$/;

interface Found {
  readonly classes: Map<string, ClassSource>;
  readonly baseCalls: Map<string, CallSource>;
  readonly tableCalls: CallSource[];
  readonly late: LateAttribute[];
  readonly mapperCalls: Map<string, CallSource>;
}

/** Walks every module once. */
export function findSources(graph: ModuleGraph, symbols: Symbols): Sources {
  const found: Found = {
    classes: new Map(),
    baseCalls: new Map(),
    tableCalls: [],
    late: [],
    mapperCalls: new Map(),
  };
  for (const module of graph.modules)
    for (const node of descendants(module.tree.root, 'class_definition', 'assignment', 'call'))
      if (node.kind === 'class_definition') addClass(found, symbols, module, node);
      else if (node.kind === 'assignment') addLate(found, module, node);
      else addCall(found, symbols, module, node);
  return found;
}

/** Where a node stands. */
export function locate(module: Module, node: PyNode): Location {
  return { path: module.path, start: node.start, end: node.end };
}

/** The id of the variable that `left = …` binds, `null` for other targets. */
export function variableId(symbols: Symbols, module: Module, left: PyNode): string | null {
  const binding = module.binding
    .scopeOf(left)
    .bindings.get(left.text)
    ?.find((each) => each.node === left);
  return binding ? symbols.idOf(module, binding) : null;
}

function addClass(found: Found, symbols: Symbols, module: Module, node: PyNode): void {
  const name = node.child('name');
  const body = node.child('body');
  if (!name || !body) return;
  const id = variableId(symbols, module, name);
  if (id === null) return;
  const keywords = new Map<string, PyNode>();
  const superclasses: PyNode[] = [];
  for (const argument of node.child('superclasses')?.named ?? []) {
    const keyword = argument.child('name');
    const value = argument.child('value');
    if (argument.kind !== 'keyword_argument') superclasses.push(argument);
    else if (keyword && value) keywords.set(keyword.text, value);
  }
  const source: ClassSource = {
    id,
    name: name.text,
    module,
    location: locate(module, node),
    node,
    decorators: decoratorsOf(node),
    superclasses,
    keywords,
    members: membersOf(module, node, body),
  };
  if (!found.classes.has(id)) found.classes.set(id, source);
}

/** Whether a class has functions under declared_attr: a mixin, though no class of the project uses it. */
export function declaresForOthers({ members, module }: ClassSource, symbols: Symbols): boolean {
  return [...members.values()].flat().some(({ kind, value }) => {
    if (kind !== 'function' || value === null) return false;
    return decoratorsOf(value).some((decorator) => {
      const symbol = symbols.symbolOf(module, decorator);
      return symbol?.kind === 'library' && /^sqlalchemy\.orm\.declared_attr\b/.test(symbol.name);
    });
  });
}

/** The expressions after `@` on a class or function. */
export function decoratorsOf(definition: PyNode): readonly PyNode[] {
  const { parent } = definition;
  if (parent?.kind !== 'decorated_definition') return [];
  return parent.named
    .filter((child) => child.kind === 'decorator')
    .flatMap((decorator) => decorator.named[0] ?? []);
}

function membersOf(
  module: Module,
  node: PyNode,
  body: PyNode,
): ReadonlyMap<string, readonly Binding[]> {
  const scope = module.binding.scopeOf(body.children[0] ?? body);
  return scope.node === node ? scope.bindings : new Map();
}

function addCall(found: Found, symbols: Symbols, module: Module, node: PyNode): void {
  const name = calledName(node);
  if (name === null || !DECLARING_CALL.test(name)) return;
  const call = readCall(node);
  if (!call) return;
  const left =
    node.parent?.kind === 'assignment' && node.field === 'right' ? node.parent.child('left') : null;
  const id = left?.kind === 'identifier' ? variableId(symbols, module, left) : null;
  const source: CallSource = {
    id,
    name: left?.text ?? '',
    module,
    location: locate(module, node),
    call,
  };
  if (MAPPER_CALL.test(name)) addMapper(found, symbols, source);
  else if (BASE_CALL.test(name)) {
    if (id !== null && !found.baseCalls.has(id)) found.baseCalls.set(id, source);
  } else if (isTable(symbols, module, call)) found.tableCalls.push(source);
}

function addMapper(found: Found, symbols: Symbols, source: CallSource): void {
  const { module, call } = source;
  const [mapped] = call.positional;
  const symbol = mapped && symbols.symbolOf(module, mapped);
  const callee = symbols.symbolOf(module, call.callee);
  const isLibrary = callee?.kind === 'library' && callee.name === 'sqlalchemy.orm.mapper';
  const known = isLibrary || call.callee.text.endsWith('.map_imperatively');
  if ((call.keywords.get('non_primary')?.kind ?? 'false') !== 'false') return;
  if (known && symbol?.kind === 'definition' && symbol.binding.kind === 'class')
    found.mapperCalls.set(symbol.id, source);
}

function isTable(symbols: Symbols, module: Module, call: Call): boolean {
  if (!call.callee.text.endsWith('Table')) return false;
  const symbol = symbols.symbolOf(module, call.callee);
  return symbol?.kind === 'library' && symbol.name === 'sqlalchemy.Table';
}

function addLate(found: Found, module: Module, node: PyNode): void {
  const left = node.child('left');
  const value = node.child('right');
  if (left?.kind !== 'attribute' || value?.kind !== 'call') return;
  const owner = left.child('object');
  const name = left.child('attribute');
  if (owner && name && owner.text !== 'self')
    found.late.push({ module, owner, name: name.text, value, node });
}
