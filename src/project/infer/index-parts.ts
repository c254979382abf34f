// What each file gives to the index by itself, and which files have which names; kept from pass to pass for files that have not changed.
import { descendants, hasIdentifier, identifierNames, type PyNode } from '../../python/tree.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { bodyScope } from './definitions.ts';
import type { ClassSource, Mention } from './tracer.ts';

/** What one file gives to the index. */
export interface ModulePart {
  readonly classes: readonly ClassSource[];
  /** Imported names with their aliases. */
  readonly aliases: readonly (readonly [name: string, alias: string])[];
  /** What names the class in `Base.query = session.query_property()`. */
  readonly queryProperties: readonly Mention[];
  /** Assignments to attributes of anything but `self` and `cls`. */
  readonly attributeAssignments: readonly (readonly [attribute: string, place: Mention])[];
}

/** The parts of all files. */
export interface IndexParts {
  partOf(module: Module, symbols: Symbols): ModulePart;
  /** The files of a graph that have an identifier of that name, in the order of the graph. */
  modulesNaming(graph: ModuleGraph, name: string): readonly Module[];
}

/** Creates an empty store; everything is read on demand. */
export function createIndexParts(): IndexParts {
  const parts = new Map<Module, ModulePart>();
  const named = new Map<string, Module[]>();
  const grouped = new Set<Module>();
  let first: ModuleGraph | null = null;
  let latest: ModuleGraph | null = null;
  let fresh: readonly Module[] = [];

  /** Files that are not those of the first pass are few: they are asked one by one. */
  function visit(graph: ModuleGraph): void {
    if (graph === latest) return;
    if (!first) {
      first = graph;
      for (const module of graph.modules) {
        grouped.add(module);
        for (const name of identifierNames(module.tree.root)) add(named, name, module);
      }
    }
    latest = graph;
    fresh = graph.modules.filter((module) => !grouped.has(module));
  }

  return {
    partOf(module, symbols) {
      const part = parts.get(module) ?? readPart(module, symbols);
      parts.set(module, part);
      return part;
    },
    modulesNaming(graph, name) {
      visit(graph);
      const found = named.get(name) ?? [];
      if (graph === first) return found;
      return [
        ...found.filter((module) => graph.byPath(module.path) === module),
        ...fresh.filter((module) => hasIdentifier(module.tree.root, name)),
      ].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
}

function add<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function readPart(module: Module, symbols: Symbols): ModulePart {
  const { root } = module.tree;
  const assignments = descendants(root, 'assignment');
  return {
    classes: descendants(root, 'class_definition').flatMap(
      (node) => describeClass(module, node, symbols) ?? [],
    ),
    aliases: module.binding.imports.flatMap(({ imported, name }) =>
      imported?.name && imported.name !== name ? [[imported.name, name] as const] : [],
    ),
    queryProperties: assignments.flatMap((node) => queryProperty(module, node)),
    attributeAssignments: assignments.flatMap((node) => attributeAssignment(module, node)),
  };
}

function attributeAssignment(
  module: Module,
  node: PyNode,
): readonly (readonly [string, Mention])[] {
  const left = node.child('left');
  const name = left?.kind === 'attribute' ? left.child('attribute')?.text : undefined;
  if (name === undefined) return [];
  const object = left?.child('object')?.text;
  return object === 'self' || object === 'cls' ? [] : [[name, { module, node }]];
}

function describeClass(module: Module, node: PyNode, symbols: Symbols): ClassSource | null {
  const name = node.child('name');
  const body = node.child('body');
  if (!name || !body) return null;
  const scope = bodyScope(module, body);
  const binding = module.binding
    .scopeOf(node)
    .bindings.get(name.text)
    ?.find((each) => each.value === node);
  if (!binding) return null;
  return { id: symbols.idOf(module, binding), name: name.text, module, node, scope };
}

/** `Base.query = session.query_property()`, or `query = …` in a class body; the node that names the class. */
function queryProperty(module: Module, node: PyNode): readonly Mention[] {
  const left = node.child('left');
  const right = node.child('right');
  if (right?.kind !== 'call' || !right.child('function')?.text.endsWith('.query_property'))
    return [];
  const object = left?.kind === 'attribute' ? left.child('object') : null;
  return object && left?.child('attribute')?.text === 'query' ? [{ module, node: object }] : [];
}
