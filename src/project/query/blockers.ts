// Finds what in the project changes the meaning of a Query beyond its own text: listeners, Query and Session subclasses, fakes. It blocks nothing itself.
import { keyword, readCall, type Call } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { changesQueries, QUERY_CLASSES } from './custom-query.ts';
import { findListeners, type Listeners } from './listeners.ts';
import { findMocks, type Mocks } from './mocks.ts';
import { placeOf, type Place } from '../place.ts';

/** What stands in the way of rewriting queries. */
export interface QueryBlockers {
  readonly listeners: Listeners;
  /** Where a session is told to use a Query class that changes what queries do. */
  readonly queryClassUses: readonly Place[];
  /** Some sessions of the project are made without one. */
  readonly hasUsualSessions: boolean;
  /** Classes of the project that extend Session, by id; the value says where they override `query`, `execute`, `scalars`, `scalar` or `get`. */
  readonly sessionClasses: ReadonlyMap<string, Place | null>;
  /** Classes of the project that define `query()` and are no sessions. */
  readonly otherQueryMethods: readonly QueryMethod[];
  readonly mocks: Mocks;
  /** Where the mappings are set up when a module is imported. */
  readonly setUpAt: Place | null;
}

/** A method `query()` of a class that is no session, and how many arguments a call of it may pass by position. */
export interface QueryMethod {
  /** The name of the class. */
  readonly owner: string;
  readonly place: Place;
  readonly least: number;
  readonly most: number;
}

const QUERY_BASES: ReadonlySet<string> = new Set([
  ...QUERY_CLASSES,
  'sqlalchemy.ext.horizontal_shard.ShardedQuery',
]);
const SESSION_BASES: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.Session',
  'sqlalchemy.orm.scoped_session',
  'sqlalchemy.ext.horizontal_shard.ShardedSession',
  'flask_sqlalchemy.session.Session',
  'flask_sqlalchemy.SignallingSession',
  'sqlmodel.Session',
]);
const SESSION_MAKERS: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.Session',
  'sqlalchemy.orm.sessionmaker',
  'flask_sqlalchemy.SQLAlchemy',
]);
const SESSION_METHODS: ReadonlySet<string> = new Set([
  'query',
  'execute',
  'scalars',
  'scalar',
  'get',
]);
/** What a file must contain to be looked at. */
const TRIGGERS: readonly string[] = [
  'Query',
  'Session',
  'SQLAlchemy',
  'scoped_session',
  'sessionmaker',
  'query_cls',
  'query_class',
  'configure_mappers',
  'def query',
  'query =',
  'query=',
];

interface Found {
  readonly listeners: Listeners;
  queryClassUses: Place[];
  hasUsualSessions: boolean;
  sessionClasses: Map<string, Place | null>;
  otherQueryMethods: QueryMethod[];
  setUpAt: Place | null;
}

/** Scans a project for them. No rewrite changes listeners and mocks: those of `before` stay. */
export function findBlockers(
  graph: ModuleGraph,
  symbols: Symbols,
  before: QueryBlockers | null,
): QueryBlockers {
  const listeners = before?.listeners ?? findListeners(graph, symbols);
  const found: Found = {
    listeners,
    queryClassUses: [],
    hasUsualSessions: false,
    sessionClasses: new Map(),
    otherQueryMethods: [],
    setUpAt: null,
  };
  for (const module of graph.modules) {
    const { text, root } = module.tree;
    if (!TRIGGERS.some((trigger) => text.includes(trigger))) continue;
    for (const node of descendants(root, 'class_definition', 'call', 'pair'))
      if (node.kind === 'class_definition') readClass(node, module, symbols, found);
      else if (node.kind === 'call') readMaker(node, module, symbols, found);
      else readOption(node, module, symbols, found);
  }
  return {
    ...found,
    mocks: before?.mocks ?? findMocks(graph),
  };
}

function readClass(node: PyNode, module: Module, symbols: Symbols, found: Found): void {
  if (kindOfClass(node, module, symbols) === 'session') {
    const id = idOfClass(node, module, symbols);
    if (id !== null) found.sessionClasses.set(id, overrideIn(node, module, symbols));
  } else {
    const query = methodNames(node, module).find((each) => each.text === 'query');
    if (!query) return;
    const owner = node.child('name')?.text ?? '';
    found.otherQueryMethods.push({ owner, place: placeOf(module, query), ...countsOf(query) });
  }
}

/** Where a session class, or a class of the project above it, overrides what executes queries. */
function overrideIn(node: PyNode, module: Module, symbols: Symbols, depth = 0): Place | null {
  if (depth > 8) return null;
  const own = methodNames(node, module).find((each) => SESSION_METHODS.has(each.text));
  if (own) return placeOf(module, own);
  for (const base of node.child('superclasses')?.named ?? []) {
    const symbol = symbols.symbolOf(module, base);
    if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'class' || !symbol.binding.value)
      continue;
    const above = overrideIn(symbol.binding.value, symbol.module, symbols, depth + 1);
    if (above !== null) return above;
  }
  return null;
}

const ANY_COUNT = { least: 0, most: Infinity };
const NO_COUNT = { least: 0, most: 0 };

/** How many arguments by position the method takes, its object not counted; a function that is assigned or given by a property may take any. */
function countsOf(name: PyNode): { readonly least: number; readonly most: number } {
  const { parent } = name;
  const parameters = parent?.kind === 'function_definition' ? parent.child('parameters') : null;
  if (!parent || !parameters) return ANY_COUNT;
  const decorators =
    parent.parent?.kind === 'decorated_definition'
      ? parent.parent.children.filter(({ kind }) => kind === 'decorator')
      : [];
  if (decorators.some(({ text }) => text.endsWith('property')))
    return givesFunction(parent) ? ANY_COUNT : NO_COUNT;
  const isStatic = decorators.some(({ text }) => text === '@staticmethod');
  const all = parameters.named.slice(isStatic ? 0 : 1);
  const end = all.findIndex(({ kind, text }) => !POSITIONAL.has(kind) || text.startsWith('*'));
  const positional = (end < 0 ? all : all.slice(0, end)).filter(({ kind }) => kind !== SEPARATOR);
  const isOpen = all.some(({ text }) => text.startsWith('*') && text.length > 1);
  return {
    least: positional.filter(({ kind }) => !kind.includes('default')).length,
    most: isOpen ? Infinity : positional.length,
  };
}

/** Whether a property may give something to be called: `return self.session.query`, but not a query that it makes. */
function givesFunction(property: PyNode): boolean {
  return descendants(property, 'return_statement').some(({ named: [value] }) => {
    const callee = readCall(value ?? null)?.callee.text;
    return value !== undefined && (callee === undefined || PARTIAL.test(callee));
  });
}

const PARTIAL = /^(functools\.)?partial(method)?$/;

const SEPARATOR = 'positional_separator';
const POSITIONAL: ReadonlySet<string> = new Set([
  SEPARATOR,
  'default_parameter',
  'identifier',
  'typed_default_parameter',
  'typed_parameter',
]);

/** The names of a class's methods; a function assigned to `query` (`query = run`, `self.query = session.query`) is one as well. */
function methodNames(node: PyNode, module: Module): readonly PyNode[] {
  const body = node.child('body');
  const defined = (body?.named ?? [])
    .map((each) => (each.kind === 'decorated_definition' ? each.child('definition') : each))
    .filter((each) => each?.kind === 'function_definition')
    .flatMap((each) => each?.child('name') ?? []);
  if (!body?.text.includes('query')) return defined;
  const assigned = descendants(body, 'assignment').flatMap((each) => {
    const left = each.child('left');
    const name = left?.kind === 'attribute' ? left.child('attribute') : left;
    return name?.text === 'query' && isFunction(each.child('right'), module) ? [name] : [];
  });
  return [...defined, ...assigned];
}

function isFunction(value: PyNode | null, module: Module): boolean {
  if (value?.kind === 'lambda' || value?.child('attribute')?.text === 'query') return true;
  if (value?.kind === 'identifier')
    return (
      module.binding.lookup(value.text, value)?.bindings.some((each) => each.kind === 'function') ??
      false
    );
  const callee = readCall(value)?.callee.text ?? '';
  return /^(staticmethod|classmethod|(functools\.)?partial(method)?)$/.test(callee);
}

function idOfClass(node: PyNode, module: Module, symbols: Symbols): string | null {
  const name = node.child('name');
  const binding =
    name && module.binding.lookup(name.text, node)?.bindings.find((each) => each.node === name);
  return binding ? symbols.idOf(module, binding) : null;
}

/** Whether a class extends Query, or Session or its registry. */
export function kindOfClass(
  node: PyNode,
  module: Module,
  symbols: Symbols,
  depth = 0,
): 'query' | 'session' | null {
  if (depth > 8) return null;
  for (const base of node.child('superclasses')?.named ?? []) {
    const symbol = symbols.symbolOf(module, base);
    if (symbol?.kind === 'library') {
      if (QUERY_BASES.has(symbol.name)) return 'query';
      if (SESSION_BASES.has(symbol.name)) return 'session';
    }
    if (symbol?.kind === 'definition' && symbol.binding.kind === 'class' && symbol.binding.value) {
      const kind = kindOfClass(symbol.binding.value, symbol.module, symbols, depth + 1);
      if (kind) return kind;
    }
  }
  return null;
}

/** `sessionmaker(query_cls=…)`, `SQLAlchemy(query_class=…)`. */
function readMaker(node: PyNode, module: Module, symbols: Symbols, found: Found): void {
  const call = readCall(node);
  if (!call) return;
  if (setsUpMappings(call, module, symbols)) found.setUpAt ??= placeOf(module, node);
  const custom = queryClassOf(call);
  if (custom && isCustom(custom, module, symbols, found))
    found.queryClassUses.push(placeOf(module, custom));
  else if (
    !found.hasUsualSessions &&
    !call.doubleStarred &&
    keyword(call, 'session_options') === null
  ) {
    const maker = symbols.symbolOf(module, call.callee);
    if (maker?.kind === 'library' && SESSION_MAKERS.has(maker.name)) found.hasUsualSessions = true;
  }
}

/** `configure_mappers()` that is called when the module is imported. */
function setsUpMappings({ callee, node }: Call, module: Module, symbols: Symbols): boolean {
  if (!callee.text.endsWith('configure_mappers')) return false;
  const symbol = symbols.symbolOf(module, callee);
  return (
    symbol?.kind === 'library' &&
    symbol.name === 'sqlalchemy.orm.configure_mappers' &&
    node.parent?.kind === 'expression_statement' &&
    node.parent.parent === module.tree.root
  );
}

function queryClassOf(call: Call): PyNode | null {
  // A query property is not the session's own query().
  if (call.callee.child('attribute')?.text === 'query_property') return null;
  return keyword(call, 'query_cls') ?? keyword(call, 'query_class');
}

/** `session_options={"query_cls": CachingQuery}`. */
function readOption(node: PyNode, module: Module, symbols: Symbols, found: Found): void {
  const value = node.child('value');
  if (
    value &&
    stringValue(node.child('key')) === 'query_cls' &&
    isCustom(value, module, symbols, found)
  )
    found.queryClassUses.push(placeOf(module, value));
}

function isCustom(node: PyNode, module: Module, symbols: Symbols, { listeners }: Found): boolean {
  return node.kind !== 'none' && changesQueries(module, node, symbols, listeners.ofClass) !== null;
}
