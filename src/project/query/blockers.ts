// Finds what in the project changes the meaning of a Query beyond its own text: listeners, Query and Session subclasses, fakes. It blocks nothing itself.
import { readCall, keyword, type Call } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { descendants, type PyNode, type Span } from '../../python/tree.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { changesQueries } from './custom-query.ts';
import { placeOf, type Place } from './place.ts';
import { testScopes } from './test-scopes.ts';

/** What stands in the way of rewriting queries. */
export interface QueryBlockers {
  /** `before_compile` listeners that always run. */
  readonly compileListeners: readonly Place[];
  /** The bulk update and delete events of Query and Session. */
  readonly bulkListeners: readonly Place[];
  /** Classes of the project that extend Query. */
  readonly queryClasses: readonly Place[];
  /** Where a session is told to use a Query class that changes what queries do. */
  readonly queryClassUses: readonly Place[];
  /** Classes of the project that extend Session, by id; the value says where they override `query`, `execute`, `scalars`, `scalar` or `get`. */
  readonly sessionClasses: ReadonlyMap<string, Place | null>;
  /** What only a test does to its own queries. */
  readonly inTests: readonly TestBlocker[];
  /** Classes of the project that define `query()` and are no sessions. */
  readonly otherQueryMethods: readonly Place[];
  /** Paths of modules whose queries a test replaces (`session.query.return_value`), with the place that does. */
  readonly mocked: ReadonlyMap<string, Place>;
}

/** A listener or Query class that stands inside of a test, and is no business of other queries. */
export interface TestBlocker extends Span {
  readonly kind: 'listener' | 'bulk-listener' | 'class';
  readonly place: Place;
  /** The file; `start` and `end` are those of the test in it, or of a function that the test calls. */
  readonly path: string;
}

const QUERY_BASES: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.Query',
  'sqlalchemy.orm.query.Query',
  'flask_sqlalchemy.query.Query',
  'flask_sqlalchemy.BaseQuery',
  'sqlalchemy.ext.horizontal_shard.ShardedQuery',
]);
const SESSION_BASES: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.Session',
  'sqlalchemy.ext.horizontal_shard.ShardedSession',
  'flask_sqlalchemy.session.Session',
  'flask_sqlalchemy.SignallingSession',
  'sqlmodel.Session',
]);
const COMPILE_EVENTS: ReadonlySet<string> = new Set(['before_compile']);
const BULK_EVENTS: ReadonlySet<string> = new Set([
  'before_compile_update',
  'before_compile_delete',
  'after_bulk_update',
  'after_bulk_delete',
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
  'before_compile',
  'after_bulk_',
  'Query',
  'Session',
  'query_cls',
  'query_class',
  'def query',
  'query =',
  'query=',
  'query.return_value',
  'query.side_effect',
];

interface Found {
  compileListeners: Place[];
  bulkListeners: Place[];
  queryClasses: Place[];
  queryClassUses: Place[];
  sessionClasses: Map<string, Place | null>;
  inTests: TestBlocker[];
  otherQueryMethods: Place[];
  mocked: Map<string, Place>;
}

/** Scans a project for them. */
export function findBlockers(graph: ModuleGraph, symbols: Symbols): QueryBlockers {
  const found: Found = {
    compileListeners: [],
    bulkListeners: [],
    queryClasses: [],
    queryClassUses: [],
    sessionClasses: new Map(),
    inTests: [],
    otherQueryMethods: [],
    mocked: new Map(),
  };
  for (const module of graph.modules) {
    const { text, root } = module.tree;
    if (!TRIGGERS.some((trigger) => text.includes(trigger))) continue;
    for (const node of descendants(
      root,
      'class_definition',
      'call',
      'attribute',
      'assignment',
      'pair',
    ))
      if (node.kind === 'class_definition') readClass(node, module, symbols, found);
      else if (node.kind === 'call') readListener(node, module, symbols, found);
      else if (node.kind === 'attribute') readMock(node, module, graph, found);
      else if (node.kind === 'pair') readOption(node, module, symbols, found);
  }
  return found;
}

function readClass(node: PyNode, module: Module, symbols: Symbols, found: Found): void {
  const place = placeOf(module, node);
  const kind = kindOfClass(node, module, symbols, 0);
  if (kind === 'query') found.queryClasses.push(place);
  const methods = methodNames(node, module);
  if (kind === 'session') {
    const override = methods.find((each) => SESSION_METHODS.has(each.text));
    const id = idOfClass(node, module, symbols);
    if (id !== null) found.sessionClasses.set(id, override ? placeOf(module, override) : null);
  } else {
    const query = methods.find((each) => each.text === 'query');
    if (query) found.otherQueryMethods.push(placeOf(module, query));
  }
}

/** The names of a class's methods; a function assigned to `query` (`query = run`, `self.query = run`) is one as well. */
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
  if (value?.kind === 'lambda') return true;
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

function kindOfClass(
  node: PyNode,
  module: Module,
  symbols: Symbols,
  depth: number,
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

/** `@event.listens_for(Query, "before_compile")`, `event.listen(Query, "before_compile", f)`, and `sessionmaker(query_cls=…)`. */
function readListener(node: PyNode, module: Module, symbols: Symbols, found: Found): void {
  const call = readCall(node);
  if (!call) return;
  const name = (call.callee.child('attribute') ?? call.callee).text;
  if (name === 'listens_for' || name === 'listen') {
    const event = stringValue(call.positional[1] ?? keyword(call, 'identifier'));
    if (event === null) return;
    if (COMPILE_EVENTS.has(event)) addBlocker('listener', node, module, found);
    if (BULK_EVENTS.has(event)) addBlocker('bulk-listener', node, module, found);
  }
  const custom = queryClassOf(call);
  if (custom && isCustom(custom, module, symbols)) addBlocker('class', custom, module, found);
}

function queryClassOf(call: Call): PyNode | null {
  // A query property is not the session's own query().
  if (call.callee.child('attribute')?.text === 'query_property') return null;
  return keyword(call, 'query_cls') ?? keyword(call, 'query_class');
}

/** `session_options={"query_cls": CachingQuery}`. */
function readOption(node: PyNode, module: Module, symbols: Symbols, found: Found): void {
  const value = node.child('value');
  if (value && stringValue(node.child('key')) === 'query_cls' && isCustom(value, module, symbols))
    found.queryClassUses.push(placeOf(module, value));
}

function isCustom(node: PyNode, module: Module, symbols: Symbols): boolean {
  return node.kind !== 'none' && changesQueries(module, node, symbols) !== null;
}

/** `session.query.return_value = …`: this file, and the modules that it imports, are run with a replaced query(). */
function readMock(node: PyNode, module: Module, graph: ModuleGraph, found: Found): void {
  const name = node.child('attribute')?.text;
  const object = node.child('object');
  if ((name !== 'return_value' && name !== 'side_effect') || object?.kind !== 'attribute') return;
  if (object.child('attribute')?.text !== 'query') return;
  const place = placeOf(module, node);
  if (!found.mocked.has(module.path)) found.mocked.set(module.path, place);
  for (const each of module.binding.imports) {
    if (!each.imported) continue;
    const { level, module: from, name: member } = each.imported;
    const targets = [
      member === null
        ? null
        : graph.resolve(module, from === '' ? member : `${from}.${member}`, level),
      graph.resolve(module, from, level),
    ];
    const target = targets.find((one) => one !== null);
    if (target && !found.mocked.has(target.path)) found.mocked.set(target.path, place);
  }
}

/** Notes a blocker for the whole project, or for the test that it stands in. */
function addBlocker(kind: TestBlocker['kind'], node: PyNode, module: Module, found: Found): void {
  const place = placeOf(module, node);
  const scopes = testScopes(node, module);
  if (!scopes || (kind === 'class' && /(^|\/)conftest\.py$/.test(module.path)))
    listOf(kind, found).push(place);
  else
    for (const { start, end } of scopes)
      found.inTests.push({ kind, place, path: module.path, start, end });
}

function listOf(kind: TestBlocker['kind'], found: Found): Place[] {
  switch (kind) {
    case 'class':
      return found.queryClassUses;
    case 'listener':
      return found.compileListeners;
    default:
      return found.bulkListeners;
  }
}
