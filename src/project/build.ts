// Builds everything that is known about a project from its parsed files. It reads no files and rewrites nothing.
import { bindModule } from '../binder/bind.ts';
import type { PyNode, PyTree } from '../python/tree.ts';
import { findAsyncFacts, type AsyncFacts } from './asyncio/facts.ts';
import { findMetadataBinds, type MetadataBind } from './core/bound-metadata.ts';
import { findImplicitUses, type ImplicitUse } from './core/implicit-binds.ts';
import type { Facts } from './facts.ts';
import { createLeadsTo } from './import-cycles.ts';
import { buildGraph, moduleNames } from './graph.ts';
import { createInference } from './infer.ts';
import { buildModelIndex } from './models/build.ts';
import type { ModelIndex } from './models.ts';
import type { Module } from './modules.ts';
import type { Project } from './project.ts';
import type { JudgedGroup } from './query/flow/group.ts';
import type { NamedOptionFixes } from './query/loader-paths/thread.ts';
import { findBlockers, type QueryBlockers } from './query/blockers.ts';
import { findQuerySources, type QuerySources } from './query/query-properties.ts';
import { createSymbols } from './resolve-symbols.ts';
import type { Settings } from './settings.ts';

/**
 * Binds and indexes the parsed files (by path relative to the project root). Values are inferred later, on demand.
 * Files whose tree is that of `previous` are not bound again, and what is known of them stays.
 */
export function buildProject(
  trees: ReadonlyMap<string, PyTree>,
  settings: Settings,
  previous: Project | null = null,
): Project {
  const names = moduleNames([...trees.keys()]);
  const modules = [...trees].map(([path, tree]) => {
    const known = previous?.graph.byPath(path);
    return known?.tree === tree ? known : toModule(path, tree, names);
  });
  const graph = buildGraph(modules);
  const symbols = createSymbols(graph);
  const models = unchangedModels(modules, previous) ?? buildModelIndex(graph, symbols, settings);
  const inference = createInference(graph, symbols, models, settings, previous?.carried);
  let blockers: QueryBlockers | null = null;
  const queryBlockers = (): QueryBlockers =>
    (blockers ??= findBlockers(graph, symbols, previous?.queryBlockers() ?? null));
  let asyncFacts: AsyncFacts | null = null;
  let binds: readonly MetadataBind[] | null = null;
  let uses: readonly ImplicitUse[] | null = null;
  let sources: QuerySources | null = null;
  const leadsTo = createLeadsTo(graph);
  let namedOptions: NamedOptionFixes | null = null;
  const groups = new Map<PyNode, JudgedGroup>();
  const queryGroup = (head: PyNode, judge: () => JudgedGroup): JudgedGroup => {
    const known = groups.get(head);
    if (known) return known;
    const judged = judge();
    for (const { node } of judged.group.heads) groups.set(node, judged);
    return judged;
  };
  const factsFor = (path: string): Facts => {
    const module = graph.byPath(path);
    if (!module) throw new Error(`${path} is not part of the project`);
    return {
      module,
      binding: module.binding,
      modules: graph,
      models,
      symbols,
      infer: (node) => inference.infer(module, node),
      qualifiedName(node) {
        const symbol = symbols.symbolOf(module, node);
        return symbol?.kind === 'definition' ? symbol.id : (symbol?.name ?? null);
      },
      mappedClass(node) {
        const symbol = symbols.symbolOf(module, node);
        return symbol?.kind === 'definition' ? (models.classes.get(symbol.id) ?? null) : null;
      },
      definition(identifier) {
        const [only, ...more] = module.binding.reaching(identifier);
        return only && more.length === 0 ? only : null;
      },
      in: (other) => factsFor(other.path),
      functionsOf: (id) => inference.functionsOf(id),
      callersOf: (definition) => inference.callersOf(module, definition),
      eventsOf: (definition) => inference.eventsOf(module, definition),
      queryBlockers,
      asyncFacts: () => (asyncFacts ??= findAsyncFacts(graph, symbols, models, inference.index)),
      leadsTo,
      metadataBinds: () => (binds ??= findMetadataBinds(factsFor(path))),
      implicitUses: () => (uses ??= findImplicitUses(factsFor(path))),
      querySources: () => (sources ??= findQuerySources(graph, symbols)),
      index: inference.index,
      callsOf: inference.callsOf,
      queryGroup,
      namedOptions: (judge) => (namedOptions ??= judge()),
    };
  };
  return { graph, models, factsFor, queryBlockers, carried: inference.carried };
}

/** The models of the previous pass, if no file that has a part in them changed: no rewrite makes a class a mapped one. */
function unchangedModels(modules: readonly Module[], previous: Project | null): ModelIndex | null {
  if (!previous) return null;
  const { graph, models } = previous;
  const changed = modules.filter(({ path, tree }) => graph.byPath(path)?.tree !== tree);
  const classes = [...models.classes.values()];
  const places = [
    ...classes.flatMap(({ location, attributes }) => [
      location,
      ...[...attributes.values()].map((attribute) => attribute.location),
    ]),
    ...models.tables.map(({ location }) => location),
  ];
  const paths = new Set(places.map((place) => place.path));
  const bases = new Set(classes.flatMap(({ mro }) => mro));
  const hasPart = ({ path, name }: Module): boolean =>
    paths.has(path) || [...bases].some((id) => id.startsWith(`${name}.`));
  return changed.some(hasPart) ? null : models;
}

function toModule(path: string, tree: PyTree, names: ReadonlyMap<string, string>): Module {
  return {
    path,
    name: names.get(path) ?? path,
    isPackage: /(^|\/)__init__\.pyi?$/.test(path),
    tree,
    binding: bindModule(tree),
  };
}
