// Whether some other place may give a statement an option for the same relationship: SQLAlchemy refuses two strategies for one. It follows local variables; where a statement leaves them, all options of the project count.
import { readCall, readMethodCall, type Call } from '../../python/calls.ts';
import { contains, enclosing, type PyNode } from '../../python/tree.ts';
import { calledFunction } from '../asyncio/called.ts';
import type { Facts } from '../facts.ts';
import type { RelationshipAttribute } from '../models.ts';
import { placeOf } from '../place.ts';
import type { OptionPath } from './options.ts';

/** One relationship of a path, and how it is to be loaded. */
export interface Step {
  readonly relation: RelationshipAttribute;
  readonly strategy: string;
}

/** The place (`app/db.py:12:5`) of an option that may meet those steps on the same statement; `null` if there is none. */
export function otherStrategy(head: Call, steps: readonly Step[], facts: Facts): string | null {
  const whole = chainOf(head.node);
  if (staysHere(whole, facts, new Set())) return null;
  for (const step of steps) {
    for (const { module, node } of facts.index.mentions(step.relation.name)) {
      const option = optionAround(node);
      if (option === null || option.strategy === step.strategy) continue;
      if (contains(whole, node) && module === facts.module) continue;
      if (NEUTRAL.has(option.strategy) || isOfOther(option.owner, step, facts.in(module))) continue;
      return placeOf(module, node);
    }
    for (const module of facts.modules.modules)
      if (namedByString(step.relation.name).test(module.tree.text)) return module.path;
  }
  return null;
}

/** The strategies of a path, with those that the statement already has for its start; `null` where they cannot be repeated. */
export function agreeingStrategies(
  path: readonly RelationshipAttribute[],
  wanted: readonly string[],
  present: readonly OptionPath[],
): readonly string[] | null {
  const found: string[] = [];
  for (const [index, strategy] of wanted.entries()) {
    const same = present
      .filter((option) =>
        path.slice(0, index + 1).every(({ name }, at) => option[at]?.name === name),
      )
      .flatMap((option) => option.slice(index, index + 1))
      .filter((step) => !NEUTRAL.has(step.strategy));
    const [first] = same;
    if (first && (!REPEATABLE.has(first.strategy) || first.node.kind !== 'attribute')) return null;
    if (same.some((step) => step.strategy !== first?.strategy)) return null;
    found.push(first?.strategy ?? strategy);
  }
  return found;
}

const REPEATABLE: ReadonlySet<string> = new Set('selectinload joinedload subqueryload'.split(' '));
/** Options that say nothing about how a relationship is loaded. */
const NEUTRAL: ReadonlySet<string> = new Set(
  'defaultload load_only defer undefer undefer_group with_expression selectin_polymorphic'.split(
    ' ',
  ),
);
const OPTION = /^(\w+load(_all)?|contains_eager|eagerload|load_only|defer|undefer)$/;

/** The whole chain of methods that a call begins. */
function chainOf(head: PyNode): PyNode {
  let node = head;
  for (;;) {
    const outer = node.parent;
    if (outer?.kind === 'parenthesized_expression') node = outer;
    else if (
      outer?.kind === 'attribute' &&
      node.field === 'object' &&
      outer.parent?.kind === 'call'
    )
      node = outer.parent;
    else return node;
  }
}

const RUN = /^(scalars|scalar|execute|exec|stream|stream_scalars|all|first|one|one_or_none)$/;

/** Whether an expression is executed where it stands, or by way of local variables that get no further options. */
function staysHere(chain: PyNode, facts: Facts, seen: Set<PyNode>): boolean {
  if (seen.has(chain)) return true;
  seen.add(chain);
  const last = readMethodCall(chain);
  if (last && RUN.test(last.method.text)) return true;
  const { parent } = chain;
  if (parent?.kind === 'argument_list') {
    const call = readMethodCall(parent.parent);
    return call !== null && RUN.test(call.method.text) && !calledFunction(call.callee, facts);
  }
  if (parent?.kind === 'for_statement' || parent?.kind === 'for_in_clause')
    return chain.field === 'right';
  const target = parent?.kind === 'assignment' ? parent.child('left') : null;
  if (target?.kind !== 'identifier') return false;
  const place = facts.binding.lookup(target.text, target);
  if (place?.scope.kind !== 'function') return false;
  return facts.binding.references(place.scope, target.text).every((use) => {
    if (facts.binding.scopeOf(use) !== place.scope && use.parent?.kind !== 'for_in_clause')
      return false;
    const next = chainOf(use);
    return !addsOptions(next, use) && staysHere(next, facts, seen);
  });
}

function addsOptions(chain: PyNode, base: PyNode): boolean {
  for (
    let call = readMethodCall(chain);
    call && call.node.end > base.end;
    call = readMethodCall(call.receiver)
  )
    if (call.method.text === 'options') return true;
  return false;
}

/** The option that names an attribute: `joinedload(User.orders)`. */
function optionAround(
  node: PyNode,
): { readonly strategy: string; readonly owner: PyNode | null } | null {
  const attribute = node.kind === 'attribute' ? node : node.parent;
  if (attribute?.kind !== 'attribute' || node === attribute.child('object')) return null;
  const list = enclosing(attribute, 'argument_list', 'block', 'lambda');
  let outer = readCall(list?.parent ?? null);
  // `User.orders.and_(…)` and `User.orders.of_type(…)` are arguments themselves.
  const over =
    attribute.parent?.kind === 'attribute' ? readMethodCall(attribute.parent.parent) : null;
  if (over) outer = readCall(enclosing(over.node, 'argument_list')?.parent ?? null);
  const strategy = outer?.callee.child('attribute')?.text ?? outer?.callee.text ?? '';
  return OPTION.test(strategy) ? { strategy, owner: attribute.child('object') } : null;
}

/** Whether an option names the attribute of a class that has nothing to do with that of the step. */
function isOfOther(owner: PyNode | null, { relation }: Step, facts: Facts): boolean {
  const model = owner && facts.mappedClass(owner);
  if (!model) return false;
  const base = facts.models.classes.get(relation.owner);
  return !model.mro.includes(relation.owner) && base?.mro.includes(model.id) !== true;
}

function namedByString(name: string): RegExp {
  return new RegExp(`(load|contains_eager)\\(\\s*["']([\\w.]+\\.)?${name}["'.]`);
}
