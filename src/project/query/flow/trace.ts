// Follows a query from where it is made to everything that may hold or use it, and back to everything else that may be there instead. It rewrites nothing.
import { reachingBindings } from '../../../binder/flow.ts';
import type { Binding } from '../../../binder/scope.ts';
import { descendants, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import type { ClassSource } from '../../infer/tracer.ts';
import type { Module } from '../../modules.ts';
import type { RuleContext } from '../../rule.ts';
import { readLinks } from '../chain.ts';
import { placeOf } from '../place.ts';
import { readSite } from '../site.ts';
import { callSources, passTo, propertySources, requireArguments, resultSources } from './calls.ts';
import { keepInAttribute, readAttribute } from './attributes.ts';
import { destinationOf, type Destination } from './destination.ts';
import { itemsOf } from './elements.ts';
import type {
  AttributeSlot,
  Edge,
  ElementSlot,
  Obstacle,
  QueryGroup,
  Slot,
  Source,
} from './group.ts';
import { originsOf } from './origins.ts';
import { importedBy } from './importers.ts';

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

function byPlace(a: Source, b: Source): number {
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
    `\`${short(start)}\` may stand there too, which is not seen to be a query`,
  );
}

function short(node: PyNode): string {
  const text = node.text.replaceAll(/\s+/g, ' ');
  return text.length > 50 ? `${text.slice(0, 47)}…` : text;
}

/** A name that has to hold queries of the group. */
function readName(module: Module, identifier: PyNode, trace: Trace): void {
  const reads = reachingAt(identifier, module);
  if (reads.length === 0)
    return trace.block(module, identifier, `what \`${identifier.text}\` is, is not known`);
  for (const binding of reads) trace.hold(module, binding);
  trace.addSource({ module, node: identifier, reads, carried: null });
}

/** The bindings that an identifier may read: for functions inside of the scope, all of them. */
function reachingAt(identifier: PyNode, { binding }: Module): readonly Binding[] {
  const place = binding.lookup(identifier.text, identifier);
  if (!place) return [];
  let scope = binding.scopeOf(identifier);
  let anchor = identifier;
  // A comprehension is evaluated where it stands.
  while (scope.kind === 'comprehension' && scope !== place.scope && scope.parent) {
    anchor = scope.node;
    scope = scope.parent;
  }
  const reaching =
    scope === place.scope ? reachingBindings(anchor, scope, place.bindings) : place.bindings;
  return reaching.filter(({ kind }) => kind !== 'delete' && kind !== 'annotation');
}

const OWN_NAMES: ReadonlySet<string> = new Set(['locals', 'globals', 'exec', 'eval', 'vars']);

function holdBinding(module: Module, binding: Binding, trace: Trace): void {
  if (!trace.isNew(binding)) return;
  const { scope, name, node } = binding;
  const problem = unfollowable(module, binding, trace.contextOf(module).facts);
  if (problem) return trace.block(module, problem.node, problem.why);
  if (binding.kind === 'parameter') requireArguments(module, binding, trace);
  else if (binding.value && isPlain(binding)) trace.require(module, binding.value);
  else if (!requireItem(module, binding, trace))
    return trace.block(
      module,
      node,
      `\`${name}\` may be something else (${placeOf(module, node)})`,
    );
  for (const read of module.binding.references(scope, name)) {
    const reads = reachingAt(read, module);
    if (!reads.includes(binding)) continue;
    for (const other of reads) trace.hold(module, other);
    trace.addSource({ module, node: read, reads, carried: null });
  }
}

/** `query, total = …`: demands that the item is a query; `false` if the tuple is not written out. */
function requireItem(module: Module, { kind, path, value }: Binding, trace: Trace): boolean {
  const [index, ...deeper] = path;
  if (kind !== 'assignment' || !value || typeof index !== 'number' || deeper.length > 0)
    return false;
  const item = itemsOf(value)?.[index];
  if (item) trace.require(module, item);
  return item !== undefined || callSources(module, value, index, trace);
}

function isPlain({ kind, path }: Binding): boolean {
  return (kind === 'assignment' || kind === 'walrus') && path.length === 0;
}

/** Why not all that happens to a name can be seen. */
function unfollowable(
  module: Module,
  { scope, name, node }: Binding,
  facts: Facts,
): Pick<Obstacle, 'node' | 'why'> | null {
  if (scope.kind === 'class') return { node, why: `it is kept in the class attribute \`${name}\`` };
  const elsewhere = scope.bindings.get(name)?.find((each) => isBoundElsewhere(each, module));
  if (elsewhere)
    return {
      node: elsewhere.node,
      why: `another function sets \`${name}\` (${placeOf(module, elsewhere.node)})`,
    };
  const reflection = descendants(scope.node, 'call').find((call) => {
    const callee = call.child('function');
    return (
      callee?.kind === 'identifier' &&
      OWN_NAMES.has(callee.text) &&
      !module.binding.isBound(callee.text, callee) &&
      (callee.text !== 'vars' || call.child('arguments')?.named.length === 0)
    );
  });
  if (reflection) return { node: reflection, why: `\`${short(reflection)}\` may read \`${name}\`` };
  const importer = scope.kind === 'module' ? importedBy(module, name, facts) : null;
  return importer ? { node, why: `${importer} reads \`${name}\`` } : null;
}

function isBoundElsewhere({ node, scope }: Binding, { binding }: Module): boolean {
  if (scope.kind === 'comprehension' || scope.kind === 'lambda') return false;
  let home = binding.scopeOf(node);
  while (home.kind === 'comprehension' && home.parent) home = home.parent;
  return home !== scope;
}
