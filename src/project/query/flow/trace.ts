// Follows a query from where it is made to everything that may hold or use it, and back to everything else that may be there instead. It rewrites nothing.
import type { Binding } from '../../../binder/scope.ts';
import type { PyNode } from '../../../python/tree.ts';
import type { ClassSource } from '../../infer/tracer.ts';
import type { Module } from '../../modules.ts';
import type { RuleContext } from '../../rule.ts';
import { readLinks } from '../chain.ts';
import { itemOf } from '../items.ts';
import { short } from '../short.ts';
import { readSite } from '../site.ts';
import { passTo } from './passing.ts';
import { callSources, propertySources, resultSources } from './results.ts';
import { keepInAttribute, readAttribute } from './attributes.ts';
import { isEmpty } from './empty.ts';
import { destinationOf, type Destination } from './destination.ts';
import type {
  AttributeSlot,
  Edge,
  ElementSlot,
  Obstacle,
  QueryGroup,
  Slot,
  Source,
} from './group.ts';
import { holdBinding, readName } from './names.ts';
import { originsOf } from './origins.ts';

/** What the files of this folder share while a group is traced. */
export interface Trace {
  contextOf(module: Module): RuleContext;
  /** Adds an expression that gives a query of the group. */
  addSource(
    source: Pick<Source, 'module' | 'node' | 'reads' | 'carried'> & {
      /** Where it goes, if it is no expression of its own: an item of a tuple that gets a name. */
      readonly destination?: Destination;
    },
  ): void;
  /** Adds the way of a query to what holds it. */
  addEdge(edge: Edge): void;
  /** Demands that the value of an expression is a query of the group, or None. */
  require(module: Module, value: PyNode): void;
  /** Notes that an empty list stands where a query of the group may stand too. */
  addEmpty(module: Module, node: PyNode): void;
  /** Demands that everything that may be in a parameter or variable is a query of the group, and finds what reads it. */
  hold(module: Module, binding: Binding): void;
  /** The slot for an item of what a function returns: always the same one. */
  element(definition: PyNode, index: number): ElementSlot;
  /** The slot for an attribute of related classes: always the same one. */
  attribute(classes: readonly ClassSource[], name: string): AttributeSlot;
  block(module: Module, node: PyNode, why: string): void;
  doubt(why: string): void;
  /** Whether something is done for the first time. */
  isNew(key: object): boolean;
}

/** Larger groups are left to people. */
const MOST_SOURCES = 2000;

/** Finds the group of the query that is made at `head`. */
export function traceGroup(head: PyNode, start: RuleContext): QueryGroup {
  const sources = new Map<PyNode, Source>();
  const edges: Edge[] = [];
  const doubts = new Set<string>();
  const empties = new Map<PyNode, Module>();
  const seen = new Set<object>();
  const attributes = new Map<string, AttributeSlot>();
  const elements = new Map<PyNode, Map<number, ElementSlot>>();
  const pending: Source[] = [];
  const contexts = new Map<Module, RuleContext>([[start.facts.module, start]]);
  let obstacle: Obstacle | null = null;

  const trace: Trace = {
    contextOf(module) {
      const known = contexts.get(module) ?? start.at(module.path);
      contexts.set(module, known);
      return known;
    },
    addSource({ module, node, reads, carried, destination }) {
      if (sources.has(node)) return;
      const source: Source = destination
        ? {
            module,
            node,
            site: null,
            links: { ...NO_LINKS, built: node },
            reads,
            carried,
            destination,
          }
        : readSource(module, node, reads, carried, trace);
      sources.set(node, source);
      pending.push(source);
      if (sources.size > MOST_SOURCES) trace.block(module, node, 'it is used in too many places');
    },
    addEdge: (edge) => void edges.push(edge),
    addEmpty: (module, node) => void empties.set(node, module),
    require: (module, value) => requireQuery(module, value, trace),
    hold: (module, binding) => holdBinding(module, binding, trace),
    element(definition, index) {
      const slots = elements.get(definition) ?? new Map<number, ElementSlot>();
      elements.set(definition, slots);
      const slot = slots.get(index) ?? { kind: 'element-slot', definition, index };
      slots.set(index, slot);
      return slot;
    },
    attribute(classes, name) {
      const key = `${classes[0]?.id ?? ''} ${name}`;
      const slot = attributes.get(key) ?? { kind: 'attribute-slot', classes, name };
      attributes.set(key, slot);
      return slot;
    },
    block: (module, node, why) => void (obstacle ??= { module, node, why }),
    doubt: (why) => void doubts.add(why),
    isNew(key) {
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    },
  };
  trace.addSource({ module: start.facts.module, node: head, reads: [], carried: null });
  const isBlocked = (): boolean => obstacle !== null;
  for (let next = pending.pop(); next && !isBlocked(); next = pending.pop()) follow(next, trace);
  const all = [...sources.values()].toSorted(byPlace);
  return {
    heads: all.filter((each) => each.site !== null),
    sources: all,
    edges,
    empties: [...empties].map(([node, module]) => ({ module, node })).toSorted(byPlace),
    obstacle,
    doubts: [...doubts],
  };
}

const NO_LINKS: Omit<Source['links'], 'built'> = {
  links: [],
  inner: [],
  terminal: null,
  property: null,
};

function byPlace(a: Pick<Source, 'module' | 'node'>, b: Pick<Source, 'module' | 'node'>): number {
  if (a.module !== b.module) return a.module.path < b.module.path ? -1 : 1;
  return a.node.start - b.node.start;
}

function readSource(
  module: Module,
  given: PyNode,
  reads: readonly Slot[],
  carried: Source['carried'],
  trace: Trace,
): Source {
  const { parent } = given;
  const isSplat = parent?.kind === 'list_splat' && parent.parent?.kind === 'attribute';
  const node = isSplat ? parent : given;
  const site = reads.length === 0 ? readSite(given, trace.contextOf(module)) : null;
  const links = site ? site.chain : readLinks(site ? given : node);
  const isEnded = links.terminal !== null || links.property !== null || isSplat;
  return {
    module,
    node: given,
    site,
    links,
    reads,
    carried,
    destination: isEnded ? null : destinationOf(links.built, module.binding),
  };
}

/** Adds what becomes of a query after an expression. */
function follow(source: Source, trace: Trace): void {
  const { module, destination, site } = source;
  if (site?.blocked) return trace.block(module, source.node, site.blocked);
  switch (destination?.kind) {
    case 'use':
      if (destination.use.kind === 'scalar-subquery' && !isComparedWithColumn(source, trace))
        trace.block(module, source.links.built, 'it is compared as an object');
      return;
    case 'bindings':
      return keep(source, destination.bindings, trace);
    case 'expression':
      keep(source, destination.bindings, trace);
      return becomes(source, destination.node, trace);
    case 'alternative':
      return becomes(source, destination.node, trace);
    case 'result':
      return resultSources(source, destination.definition, destination.index, trace);
    case 'argument':
      return passTo(source, destination.call, destination.argument, trace);
    case 'attributes':
      keep(source, destination.bindings, trace);
      for (const target of destination.targets) keepInAttribute(source, target, trace);
      return;
    case 'escape':
      return trace.block(module, destination.node, destination.how);
    default:
  }
}

/** `Model.column == query`: only with a column it is a part of an SQL expression. */
function isComparedWithColumn({ module, links }: Source, trace: Trace): boolean {
  const { facts } = trace.contextOf(module);
  let node = links.built;
  while (node.parent?.kind === 'parenthesized_expression') node = node.parent;
  const others = node.parent?.named.filter((each) => each !== node) ?? [];
  return others.some((each) => itemOf(each, facts).kind === 'columns');
}

function keep(source: Source, bindings: readonly Binding[], trace: Trace): void {
  for (const binding of bindings) {
    trace.addEdge({ from: source, to: binding, carry: null });
    trace.hold(source.module, binding);
  }
}

/** The query may be the value of a larger expression. */
function becomes(source: Source, node: PyNode, trace: Trace): void {
  trace.addEdge({ from: source, to: node, carry: null });
  if (!trace.isNew(node)) return;
  trace.require(source.module, node);
  trace.addSource({ module: source.module, node, reads: [node], carried: null });
}

function requireQuery(module: Module, value: PyNode, trace: Trace): void {
  for (const start of originsOf(value).starts) requireStart(module, start, trace);
}

function requireStart(module: Module, start: PyNode, trace: Trace): void {
  const ctx = trace.contextOf(module);
  if (isEmpty(start)) return trace.addEmpty(module, start);
  if (start.kind === 'identifier') return readName(module, start, trace);
  if ((start.kind === 'call' || start.kind === 'attribute') && readSite(start, ctx))
    return trace.addSource({ module, node: start, reads: [], carried: null });
  if (start.kind === 'attribute')
    if (propertySources(module, start, trace) || readAttribute(module, start, trace)) return;
  if (start.kind === 'call' || start.kind === 'await') {
    if (callSources(module, start, null, trace)) return;
  }
  trace.block(
    module,
    start,
    `\`${short(start)}\`, which is not known to be a query, may be used in its place`,
  );
}
