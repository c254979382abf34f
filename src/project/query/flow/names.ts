// Follows queries through names: everything that may give a name its value, and everything that reads it.
import { reachingBindings } from '../../../binder/flow.ts';
import type { Binding } from '../../../binder/scope.ts';
import { descendants, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import type { Module } from '../../modules.ts';
import { short } from '../short.ts';
import { placeOf } from '../../place.ts';
import { itemsOf } from './elements.ts';
import type { Obstacle } from './group.ts';
import { importedBy } from './importers.ts';
import { requireArguments } from './passing.ts';
import { callSources } from './results.ts';
import type { Trace } from './trace.ts';

/** A name that has to hold queries of the group. */
export function readName(module: Module, identifier: PyNode, trace: Trace): void {
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

/** Demands that all that a name may hold is a query of the group, and adds what reads it. */
export function holdBinding(module: Module, binding: Binding, trace: Trace): void {
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
