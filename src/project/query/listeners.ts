// Finds event listeners that change every Query, and the functions in which those of tests hold. It rewrites nothing.
import { keyword, readCall, type Call } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { placeOf, type Place } from '../place.ts';
import { isTestPath } from '../test-paths.ts';
import { functionKey, functionsUnder } from './test-functions.ts';

/** Listeners of Query and Session that change what queries do. */
export interface Listeners {
  /** `before_compile` listeners that always run. */
  readonly always: readonly Place[];
  /** `before_compile` listeners of one Query class, by its id. */
  readonly ofClass: ReadonlyMap<string, Place>;
  /** `before_compile` listeners that hold in some functions only, by `functionKey`. */
  readonly local: ReadonlyMap<string, LocalListener>;
  /** Those of bulk updates and deletes that always run. */
  readonly bulk: readonly Place[];
  /** Those of bulk updates and deletes that hold in some functions only. */
  readonly localBulk: ReadonlyMap<string, LocalListener>;
}

/** A listener of a test. */
export interface LocalListener {
  readonly place: Place;
  /** What it returns takes the place of the query; another only sees it. */
  readonly isChanging: boolean;
}

/** A call that registers a listener. */
export interface Registration {
  readonly event: string;
  readonly target: PyNode | null;
  readonly call: Call;
}

const BULK_EVENTS: ReadonlySet<string> = new Set([
  'before_compile_update',
  'before_compile_delete',
  'after_bulk_update',
  'after_bulk_delete',
]);

/** Reads `@event.listens_for(Query, "before_compile")` and `event.listen(Query, "before_compile", f)`. */
export function readRegistration(node: PyNode): Registration | null {
  const call = readCall(node);
  const name = (call?.callee.child('attribute') ?? call?.callee)?.text ?? '';
  if (!call || (name !== 'listens_for' && name !== 'listen')) return null;
  const event = stringValue(call.positional[1] ?? keyword(call, 'identifier'));
  return event === null
    ? null
    : { event, target: call.positional[0] ?? keyword(call, 'target'), call };
}

interface Found {
  readonly module: Module;
  readonly registration: Registration;
}

/** The listener that a test registers around a place. */
export function listenerAround(
  node: PyNode,
  path: string,
  local: ReadonlyMap<string, LocalListener>,
): LocalListener | null {
  if (local.size === 0) return null;
  for (
    let each = enclosing(node, 'function_definition');
    each;
    each = enclosing(each, 'function_definition')
  ) {
    const found = local.get(functionKey(path, each));
    if (found) return found;
  }
  return null;
}

/** Finds them in the modules that name such an event. */
export function findListeners(graph: ModuleGraph, symbols: Symbols): Listeners {
  const always: Place[] = [];
  const bulk: Place[] = [];
  const ofClass = new Map<string, Place>();
  const local: Found[] = [];
  const localBulk: Found[] = [];
  for (const module of graph.modules) {
    const { text, root } = module.tree;
    if (!text.includes('before_compile') && !text.includes('after_bulk_')) continue;
    for (const node of descendants(root, 'call')) {
      const registration = readRegistration(node);
      if (!registration) continue;
      const place = placeOf(module, node);
      if (BULK_EVENTS.has(registration.event)) {
        if (isLocal(node, module)) localBulk.push({ module, registration });
        else bulk.push(place);
      }
      if (registration.event !== 'before_compile') continue;
      const target = registration.target && symbols.symbolOf(module, registration.target);
      if (target?.kind === 'definition' && target.binding.kind === 'class')
        ofClass.set(target.id, place);
      else if (isLocal(node, module)) local.push({ module, registration });
      else always.push(place);
    }
  }
  return {
    always,
    bulk,
    ofClass,
    local: holdingIn(graph, symbols, local),
    localBulk: holdingIn(graph, symbols, localBulk),
  };
}

/** Only a test, a fixture or a helper of tests registers it. */
function isLocal(node: PyNode, module: Module): boolean {
  return enclosing(node, 'function_definition') !== null && isTestPath(module.path);
}

function holdingIn(
  graph: ModuleGraph,
  symbols: Symbols,
  listeners: readonly Found[],
): ReadonlyMap<string, LocalListener> {
  const found = new Map<string, LocalListener>();
  if (listeners.length === 0) return found;
  const under = functionsUnder(graph, symbols);
  for (const { module, registration } of listeners) {
    const { node } = registration.call;
    const owner = enclosing(node, 'function_definition');
    if (!owner) continue;
    const isChanging = keyword(registration.call, 'retval')?.kind === 'true';
    const place = placeOf(module, node);
    for (const reached of under({ module, node: owner })) {
      const key = functionKey(reached.module.path, reached.node);
      if (!isChanging && found.has(key)) continue;
      found.set(key, { place, isChanging });
    }
  }
  return found;
}
