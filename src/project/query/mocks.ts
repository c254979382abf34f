// Finds where tests put something else in place of `query`, and the production queries that it stands for. It judges no query.
import { keyword, readCall, type Call } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import { placesIn, type Place } from '../place.ts';
import { isTestPath } from '../test-paths.ts';

/** A place of a test that answers `query()` in place of a session or model. */
export interface Mock {
  readonly node: PyNode;
  /** Lines of the project whose queries it stands for. */
  readonly standsFor: readonly Place[];
}

/** What tests replace. */
export interface Mocks {
  /** Those of one file, by their nodes. */
  mocksIn(module: Module): ReadonlyMap<PyNode, Mock>;
  /** By the paths of the files whose queries may meet a mock: the place of the first. */
  readonly byPath: ReadonlyMap<string, Place>;
}

/** What a text holds that replaces `query`: the name, and one of the ways to replace it. */
const REPLACED = /\bquery\b|_QueryProperty/;
const REPLACING =
  /return_value|side_effect|patch|setattr|SimpleNamespace|Mock\b|create_autospec|\bdef[ \t]+query\b/;
const ANSWERS: ReadonlySet<string> = new Set(['return_value', 'side_effect']);

/** Finds them in all files; fakes only in those of tests. */
export function findMocks(graph: ModuleGraph): Mocks {
  const byPath = new Map<string, Place>();
  for (const module of graph.modules) {
    const starts = replacements(module);
    const [first] = starts;
    if (!first) continue;
    const place = placesIn(module)(first.node);
    for (const { path } of [module, ...starts.flatMap((each) => targetsOf(each, module, graph))])
      if (!byPath.has(path)) byPath.set(path, place);
  }
  const known = new Map<Module, ReadonlyMap<PyNode, Mock>>();
  return {
    byPath,
    mocksIn(module) {
      const mocks = known.get(module) ?? readMocks(module, graph);
      known.set(module, mocks);
      return mocks;
    },
  };
}

function readMocks(module: Module, graph: ModuleGraph): ReadonlyMap<PyNode, Mock> {
  const starts = replacements(module);
  const targets = new Set(starts.flatMap((each) => targetsOf(each, module, graph)));
  const standsFor = [...targets].flatMap(queriesIn);
  return new Map(starts.map(({ node }) => [node, { node, standsFor }]));
}

interface Replacement {
  readonly node: PyNode;
  /** The dotted text that a patch names. */
  readonly named: string | null;
}

/** The places of a file that replace `query`, one a line. */
function replacements(module: Module): readonly Replacement[] {
  const { root, text } = module.tree;
  if (!REPLACED.test(text) || !REPLACING.test(text)) return [];
  const placeOf = placesIn(module);
  const found = descendants(root, 'attribute', 'call', 'class_definition', 'pair').flatMap(
    (node) => readReplacement(node, module) ?? [],
  );
  const lines = new Set<Place>();
  return found.filter(({ node }) => {
    const place = placeOf(node);
    return !lines.has(place) && lines.add(place);
  });
}

function readReplacement(node: PyNode, module: Module): Replacement | null {
  switch (node.kind) {
    case 'attribute':
      return ANSWERS.has(node.child('attribute')?.text ?? '') && answersQuery(node.child('object'))
        ? { node, named: null }
        : null;
    case 'pair':
      return /^query\.(return_value|side_effect)\b/.test(stringValue(node.child('key')) ?? '')
        ? { node, named: null }
        : null;
    case 'class_definition':
      return isTestPath(module.path) && definesQuery(node) && !extendsLibrary(node)
        ? { node, named: null }
        : null;
    default: {
      const call = readCall(node);
      return call && readPatch(call, module);
    }
  }
}

/** `session.query.return_value`, `session.query().filter.return_value`. */
function answersQuery(object: PyNode | null): boolean {
  for (let each = object; each; each = each.child('object') ?? each.child('function'))
    if (each.kind === 'attribute' && each.child('attribute')?.text === 'query') return true;
  return false;
}

/** A class whose sessions are fakes: it has a `query()` of its own. */
function definesQuery(node: PyNode): boolean {
  return (node.child('body')?.named ?? []).some((each) => {
    const definition = each.kind === 'decorated_definition' ? each.child('definition') : each;
    return definition?.kind === 'function_definition' && definition.child('name')?.text === 'query';
  });
}

/** A test case may have a helper called `query`. */
function extendsLibrary(node: PyNode): boolean {
  return (node.child('superclasses')?.named ?? []).some((base) => /Test(Case)?$/.test(base.text));
}

/**
 * `patch("app.db.session.query")`, `patch.object(session, "query")`, `monkeypatch.setattr(session, "query", f)`, `SimpleNamespace(query=f)`;
 * with `mocker` the same.
 */
function readPatch(call: Call, module: Module): Replacement | null {
  const { callee, node } = call;
  const name = (callee.child('attribute') ?? callee).text;
  const isPatch = /^(patch|setattr|object)$/.test(name);
  const [first, second] = call.positional;
  if (isPatch && (name !== 'object' || callee.text.includes('patch'))) {
    const text = stringValue(first ?? null);
    if (text !== null && /\.(query|_QueryProperty)(\.|$)/.test(text)) return { node, named: text };
    if (stringValue(second ?? keyword(call, 'attribute')) === 'query') return { node, named: null };
  }
  const isFake = /^(SimpleNamespace|(Magic|NonCallable|Async)?Mock|create_autospec)$/.test(name);
  return isFake && keyword(call, 'query') !== null && isTestPath(module.path)
    ? { node, named: null }
    : null;
}

/** The modules whose queries it may answer: its own, those that it imports, and the one that a patch names. */
function targetsOf({ named }: Replacement, module: Module, graph: ModuleGraph): readonly Module[] {
  const imported = module.binding.imports.flatMap(({ imported: from }) => {
    if (!from) return [];
    const member = from.name === null ? null : joined(from.module, from.name);
    const whole = graph.resolve(module, from.module, from.level);
    return (member === null ? null : graph.resolve(module, member, from.level)) ?? whole ?? [];
  });
  return [module, ...imported, ...(named === null ? [] : patched(named, module, graph))];
}

function joined(module: string, name: string): string {
  return module === '' ? name : `${module}.${name}`;
}

/** The module that the text of a patch starts with. */
function patched(text: string, module: Module, graph: ModuleGraph): readonly Module[] {
  const parts = text.split('.');
  for (let length = parts.length - 1; length > 0; length--) {
    const found = graph.resolve(module, parts.slice(0, length).join('.'), 0);
    if (found) return [found];
  }
  return [];
}

/** Lines with `x.query(Model…)` or `Model.query`. */
function queriesIn(module: Module): readonly Place[] {
  if (!module.tree.text.includes('.query')) return [];
  const placeOf = placesIn(module);
  const places = descendants(module.tree.root, 'attribute').flatMap((node) => {
    if (node.child('attribute')?.text !== 'query') return [];
    const isCalled = node.field === 'function' && node.parent?.kind === 'call';
    const [first] = isCalled ? (readCall(node.parent)?.positional ?? []) : [];
    const selected = isCalled ? first : node.child('object');
    return selected && isClassLike(selected) ? [placeOf(node)] : [];
  });
  return [...new Set(places)];
}

/** `User`, `models.User`, `User.name`, `func.count(User.id)`. */
function isClassLike(node: PyNode): boolean {
  return /(^|[.(])[A-Z]\w*[a-z]/.test(node.text) && node.kind !== 'string';
}
