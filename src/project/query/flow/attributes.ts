// Follows queries into attributes of objects, and out of them again. Every setting and every reading of the attribute has to be seen.
import type { PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import type { AttributeSetting, ClassSource } from '../../infer/tracer.ts';
import type { Module } from '../../modules.ts';
import type { AttributeSlot, Source } from './group.ts';
import { narrowed } from './narrowed.ts';
import { sessionOfObject, sessionThrough } from './session-moves.ts';
import { carriedBy } from './state.ts';
import type { Trace } from './trace.ts';

/** The query is kept in an attribute. */
export function keepInAttribute(source: Source, target: PyNode, trace: Trace): void {
  const { module } = source;
  const slot = attributeAt(module, target, trace);
  if (!slot) return trace.block(module, target, `it is kept in \`${target.text}\``);
  const { facts } = trace.contextOf(module);
  const object = target.child('object');
  trace.addEdge({
    from: source,
    to: slot,
    carry: (state) => ({
      ...state,
      ...(object ? carriedBy(state, (each) => sessionOfObject(each, object, target, facts)) : {}),
      passed: { items: null, joinpoint: null, rows: null, session: null },
    }),
  });
  holdAttribute(module, target, slot, trace);
}

/** An attribute has to hold queries of the group; `false` if it is no attribute of a class of the project. */
export function readAttribute(module: Module, node: PyNode, trace: Trace): boolean {
  const slot = attributeAt(module, node, trace);
  if (!slot) return false;
  holdAttribute(module, node, slot, trace);
  return true;
}

/** The attribute that an expression names, of an object of a class of the project. */
function attributeAt(module: Module, node: PyNode, trace: Trace): AttributeSlot | null {
  const { facts } = trace.contextOf(module);
  const object = node.child('object');
  const name = node.child('attribute')?.text;
  const owner = object && name !== undefined ? classOf(object, facts) : null;
  return owner && name !== undefined ? trace.attribute(relatedTo(owner, facts), name) : null;
}

/** The class of the project that an object is of, or that a name means. */
function classOf(object: PyNode, { infer, index }: Facts): ClassSource | null {
  const value = infer(object)?.value;
  if (value?.kind === 'instance') return index.classById(value.of);
  return value?.kind === 'class' ? index.classById(value.id) : null;
}

/** All classes that share objects or methods with a class. Sorted. */
export function relatedTo(owner: ClassSource, { index }: Facts): readonly ClassSource[] {
  const found = new Set<ClassSource>([owner]);
  for (const each of found) {
    for (const other of [...index.ancestors(each), ...index.descendants(each)])
      if (other !== null && typeof other !== 'string') found.add(other);
  }
  return [...found].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function holdAttribute(module: Module, at: PyNode, slot: AttributeSlot, trace: Trace): void {
  if (!trace.isNew(slot)) return;
  const { name, classes } = slot;
  const problem = unfollowable(slot, trace.contextOf(module).facts);
  if (problem !== null) return trace.block(module, at, problem);
  for (const owner of classes) {
    const { facts } = trace.contextOf(owner.module);
    for (const setting of facts.index.settingsOfSelf(owner).get(name) ?? [])
      requireSetting(owner.module, setting, trace);
    for (const { kind, value, node } of owner.scope.bindings.get(name) ?? []) {
      if (kind === 'assignment' && value) trace.require(owner.module, value);
      else if (kind !== 'annotation')
        trace.block(owner.module, node, `\`${name}\` is something else in \`${owner.name}\``);
    }
  }
  assignedOutside(slot, trace.contextOf(module).facts, trace);
  addReads(slot, slot, module, trace);
}

function requireSetting(module: Module, setting: AttributeSetting, trace: Trace): void {
  const { kind, value, path, target } = setting;
  if (kind === 'assigned' && value && path.length === 0) trace.require(module, value);
  else trace.block(module, target, `\`${target.text}\` may be something else`);
}

/** `other.query = …`. */
function assignedOutside({ name, classes }: AttributeSlot, facts: Facts, trace: Trace): void {
  for (const { module, node } of facts.index.attributeAssignments(name)) {
    const left = node.child('left');
    const object = left?.child('object');
    const value = node.child('right');
    const mine = trace.contextOf(module).facts;
    const known = object ? mine.infer(object) : null;
    if (known && !isOfClasses(object ?? node, classes, mine)) continue;
    if (!known || !value)
      return trace.block(module, node, `\`${left?.text ?? name}\` may be the same attribute`);
    trace.require(module, value);
  }
}

function isOfClasses(object: PyNode, classes: readonly ClassSource[], facts: Facts): boolean {
  const owner = classOf(object, facts);
  return owner !== null && classes.includes(owner);
}

/** Adds everything that reads an attribute of objects of the classes: it gives what `held` holds. */
export function addReads(
  { name, classes }: AttributeSlot,
  held: Source['reads'][number],
  from: Module,
  trace: Trace,
  session: typeof sessionThrough = sessionThrough,
): number {
  let count = 0;
  for (const { module, node } of trace.contextOf(from).facts.index.mentions(name)) {
    const whole = node.parent;
    const object =
      whole?.kind === 'attribute' && node.field === 'attribute' ? whole.child('object') : null;
    if (!whole || !object || isTarget(whole)) continue;
    const { facts } = trace.contextOf(module);
    // No query is called.
    if (whole.field === 'function' && whole.parent?.kind === 'call') continue;
    const known = facts.infer(object);
    if (known && !isOfClasses(object, classes, facts)) continue;
    if (!known || known.evidence === 'likely') {
      trace.block(module, whole, `\`${whole.text}\` may read the attribute that holds it`);
      return count;
    }
    count++;
    trace.addSource({
      module,
      node: whole,
      reads: [held],
      carried: (state) =>
        narrowed(
          {
            ...state,
            joinpoint: null,
            root: state.root && { ...state.root, text: '' },
            ...carriedBy(state, (each) => session(each, object, whole, facts)),
          },
          module,
          (other) => trace.contextOf(other).facts,
        ),
    });
  }
  return count;
}

function isTarget(node: PyNode): boolean {
  return node.parent?.kind === 'assignment' && node.field === 'left';
}

const DYNAMIC = /\b(getattr|setattr|hasattr|delattr|attrgetter|__dict__|vars)\b/;

/** Why not all that happens to an attribute can be seen. */
function unfollowable({ name, classes }: AttributeSlot, { modules }: Facts): string | null {
  const declared = classes.find(
    ({ node, scope }) => scope.bindings.has(name) && node.parent?.kind === 'decorated_definition',
  );
  if (declared) return `\`${declared.name}\`, whose attribute \`${name}\` it is, is decorated`;
  const named = modules.modules.find(
    ({ tree: { text } }) =>
      (text.includes(`'${name}'`) || text.includes(`"${name}"`)) && DYNAMIC.test(text),
  );
  return named ? `the attribute is read or set by its name (${named.path})` : null;
}
