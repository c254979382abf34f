// Finds the relationships that a loop reads on its elements, nested loops included, and whether each read happens for every element.
import { unparenthesized } from '../../python/calls.ts';
import { contains, walk, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass, RelationshipAttribute } from '../models.ts';
import type { ElementSource } from './source.ts';

/** A lazy relationship read on the elements of a loop. */
export interface RelationshipRead {
  /** The relationships from the entity to what is read, outermost first. */
  readonly path: readonly RelationshipAttribute[];
  /** The attribute expression that is read first. */
  readonly node: PyNode;
  /** Whether every element is read, whatever its data. */
  readonly unconditional: boolean;
}

/** A `for` statement or comprehension clause with one plain target. */
export interface Loop {
  readonly target: PyNode;
  readonly iterable: PyNode;
  /** What is evaluated for each element. */
  readonly body: readonly PyNode[];
  /** The `for_statement` or `for_in_clause`. */
  readonly clause: PyNode;
  /** The statement, or the comprehension that holds the clause. */
  readonly node: PyNode;
}

/** Reads a `for_statement` or `for_in_clause`; `null` where the target is unpacked. */
export function readLoop(node: PyNode): Loop | null {
  const target = node.child('left');
  const iterable = node.child('right');
  if (target?.kind !== 'identifier' || !iterable) return null;
  if (node.kind === 'for_statement') {
    const body = node.child('body');
    return body ? { target, iterable, body: [body], clause: node, node } : null;
  }
  const comprehension = node.parent;
  if (node.kind !== 'for_in_clause' || !comprehension) return null;
  const index = comprehension.children.indexOf(node);
  const body = comprehension.children.filter(
    (child, at) => child.field === 'body' || (at > index && child.kind !== 'token'),
  );
  return { target, iterable, body, clause: node, node: comprehension };
}

/** Relationship strategies that load on access. */
const LAZY: ReadonlySet<string> = new Set(['select']);

/** All reads of lazy relationships on the elements of `loop`, in source order; the first read of each path only. */
export function relationshipReads(
  loop: Loop,
  entity: MappedClass,
  facts: Facts,
): readonly RelationshipRead[] {
  const found = new Map<string, RelationshipRead>();
  collect(loop, entity, [], true, facts, found);
  return [...found.values()];
}

function collect(
  loop: Loop,
  entity: MappedClass,
  path: readonly RelationshipAttribute[],
  outerSure: boolean,
  facts: Facts,
  found: Map<string, RelationshipRead>,
): void {
  for (const element of elementReads(loop, facts)) {
    const sure = outerSure && isUnconditional(element, loop);
    follow(element, entity, path, sure, facts, found);
  }
}

/** The places of the loop body that read its target. */
export function elementReads(loop: Loop, facts: Facts): readonly PyNode[] {
  const scope = facts.binding.scopeOf(loop.target);
  return facts.binding
    .references(scope, loop.target.text)
    .filter((node) => loop.body.some((part) => contains(part, node)))
    .filter((node) => facts.binding.reaching(node).some((binding) => binding.node === loop.target));
}

/** The places that read an element, an object that a nested loop takes from one, or a variable that holds all of them. */
export function elementsOf(loop: Loop, source: ElementSource, facts: Facts): readonly PyNode[] {
  const elements = [...elementReads(loop, facts)];
  for (const part of loop.body)
    walk(part, (node) => {
      if (node.kind !== 'for_statement' && node.kind !== 'for_in_clause') return;
      const nested = readLoop(node);
      if (nested && elements.some((element) => contains(nested.iterable, element)))
        elements.push(...elementReads(nested, facts));
    });
  for (const variable of source.variables) {
    const place = facts.binding.lookup(variable.text, variable);
    if (place) elements.push(...facts.binding.references(place.scope, variable.text));
  }
  return elements.filter((element) => !source.variables.includes(element));
}

/** Whether the loop may stop before its last element. */
export function endsEarly(loop: Loop): boolean {
  return loop.body.some((part) => leaves(part, true));
}

function leaves(node: PyNode, isOwnLoop: boolean): boolean {
  if (node.kind === 'return_statement' || (isOwnLoop && node.kind === 'break_statement'))
    return true;
  if (node.kind === 'function_definition' || node.kind === 'lambda') return false;
  const inner = isOwnLoop && node.kind !== 'for_statement' && node.kind !== 'while_statement';
  return node.children.some((child) => leaves(child, inner));
}

/** Follows `element.rel.rel…` and the loops over it. */
function follow(
  element: PyNode,
  entity: MappedClass,
  path: readonly RelationshipAttribute[],
  sure: boolean,
  facts: Facts,
  found: Map<string, RelationshipRead>,
): void {
  const attribute = element.parent;
  if (attribute?.kind !== 'attribute' || element.field !== 'object') return;
  const relation = entity.attributes.get(attribute.child('attribute')?.text ?? '');
  if (relation?.kind !== 'relationship' || isAssigned(attribute)) return;
  const longer = [...path, relation];
  if (relation.lazy !== null && LAZY.has(relation.lazy)) record(longer, attribute, sure, found);
  else if (
    relation.lazy !== 'joined' &&
    relation.lazy !== 'selectin' &&
    relation.lazy !== 'subquery'
  )
    return;
  const target = relation.target === null ? null : facts.models.classes.get(relation.target);
  if (!target) return;
  if (relation.uselist === false) follow(attribute, target, longer, sure, facts, found);
  const loop = loopOver(attribute);
  if (loop) collect(loop, target, longer, sure, facts, found);
}

function record(
  path: readonly RelationshipAttribute[],
  node: PyNode,
  unconditional: boolean,
  found: Map<string, RelationshipRead>,
): void {
  const key = path.map((each) => each.name).join('.');
  const before = found.get(key);
  if (!before) found.set(key, { path, node, unconditional });
  else if (unconditional && !before.unconditional) found.set(key, { ...before, unconditional });
}

function isAssigned(attribute: PyNode): boolean {
  const { parent } = attribute;
  return (
    (parent?.kind === 'assignment' || parent?.kind === 'augmented_assignment') &&
    attribute.field === 'left'
  );
}

function loopOver(collection: PyNode): Loop | null {
  let node = collection;
  while (node.parent?.kind === 'parenthesized_expression') node = node.parent;
  const parent = node.parent;
  if (
    !parent ||
    (parent.kind !== 'for_statement' && parent.kind !== 'for_in_clause') ||
    node.field !== 'right'
  )
    return null;
  const loop = readLoop(parent);
  return loop && unparenthesized(loop.iterable) === collection ? loop : null;
}

/** Whether `node` is evaluated for every element of `loop`, however the data turn out. */
function isUnconditional(node: PyNode, loop: Loop): boolean {
  if (loop.node.kind === 'generator_expression' && !isConsumedWhole(loop.node)) return false;
  for (let each = node; each !== loop.node && each.parent; each = each.parent) {
    if (isGuarded(each, each.parent, loop)) return false;
    if (each.parent.kind === 'block' && skipsBefore(each, each.parent)) return false;
  }
  return true;
}

/** Whether `child` is evaluated only under some condition of `parent`. */
function isGuarded(child: PyNode, parent: PyNode, loop: Loop): boolean {
  switch (parent.kind) {
    case 'if_statement':
    case 'elif_clause':
      return child.field !== 'condition' || parent.kind === 'elif_clause';
    case 'conditional_expression':
      return parent.named[1] !== child;
    case 'boolean_operator':
      return child.field === 'right';
    case 'comparison_operator':
      return parent.named.indexOf(child) > 1;
    case 'while_statement':
    case 'except_clause':
    case 'else_clause':
    case 'case_clause':
    case 'lambda':
    case 'function_definition':
      return true;
    case 'try_statement':
      return false;
    case 'for_statement':
      return child.field === 'body' && parent !== loop.node;
    default:
      return isFiltered(child, parent, loop);
  }
}

/** In a comprehension, what stands after a filter or a loop other than the one whose element is read. */
function isFiltered(child: PyNode, parent: PyNode, loop: Loop): boolean {
  if (!parent.kind.endsWith('_comprehension') && parent.kind !== 'generator_expression')
    return false;
  const clauses = parent.children.filter(
    (each) => each.kind === 'for_in_clause' || each.kind === 'if_clause',
  );
  const before = child.field === 'body' ? clauses : clauses.slice(0, clauses.indexOf(child));
  const own = parent === loop.node ? before.indexOf(loop.clause) + 1 : 0;
  return before.length > own;
}

/** Functions that run through a generator to its end. */
const CONSUMERS: ReadonlySet<string> = new Set(
  'list tuple set frozenset dict sorted sum min max join extend update'.split(' '),
);

function isConsumedWhole(generator: PyNode): boolean {
  const call =
    generator.parent?.kind === 'argument_list' ? generator.parent.parent : generator.parent;
  const callee = call?.kind === 'call' ? call.child('function') : null;
  const name = callee?.kind === 'attribute' ? callee.child('attribute') : callee;
  return name ? CONSUMERS.has(name.text) : false;
}

/** Whether a statement before `node` may leave the iteration early. */
function skipsBefore(node: PyNode, block: PyNode): boolean {
  return block.children.slice(0, block.children.indexOf(node)).some((statement) => {
    let leaves = false;
    walk(statement, (each) => {
      if (/^(continue|break|return|raise)_statement$/.test(each.kind)) leaves = true;
      return each.kind !== 'function_definition' && each.kind !== 'lambda';
    });
    return leaves;
  });
}
