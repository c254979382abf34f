// Tells whether the mappings are surely set up at a place: what makes an object, loads one or executes a statement of a mapped class does so. It reads one function.
import { calledName, readCall, readMethodCall } from '../../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { parameterName } from '../infer/arguments.ts';
import { headBehind, readChain } from './chain.ts';
import { ALIASES } from './entity-names.ts';

/** Whether something before a place has surely set up the mappings, or an object of a mapped class is at hand. */
export function isSetUp(place: PyNode, facts: Facts): boolean {
  if (facts.queryBlockers().setUpAt !== null) return true;
  for (let home = enclosing(place, ...HOMES); home; home = enclosing(home, ...HOMES))
    if (receivesObject(home, facts) || followsSetUp(place, home, facts)) return true;
  return followsSetUp(place, rootOf(place), facts);
}

const HOMES = ['function_definition', 'lambda'];

/** A method of a mapped class has an object, as has what is given one. */
function receivesObject(home: PyNode, facts: Facts): boolean {
  const parameters = (home.child('parameters')?.named ?? []).map(parameterName);
  const owner = enclosing(home, 'class_definition', ...HOMES);
  const name = owner?.kind === 'class_definition' ? owner.child('name') : null;
  const isStatic = home.parent?.kind === 'decorated_definition';
  if (name && parameters[0] === 'self' && !isStatic && facts.mappedClass(name)) return true;
  const body = home.child('body');
  if (!body) return false;
  const seen = new Set<string>();
  return descendants(body, 'identifier').some((each) => {
    if (!parameters.includes(each.text) || seen.has(each.text)) return false;
    seen.add(each.text);
    const inferred = facts.infer(each);
    const of = inferred?.value.kind === 'instance' ? inferred.value.of : null;
    return (
      inferred?.evidence === 'proven' &&
      of !== null &&
      facts.models.classes.get(of)?.role === 'mapped'
    );
  });
}

/** Whether a statement of the same blocks comes before, and is always executed then. */
function followsSetUp(place: PyNode, home: PyNode, facts: Facts): boolean {
  return descendants(home, 'call').some(
    (call) =>
      call.end <= place.start &&
      blockOf(call) !== null &&
      isAround(blockOf(call), place) &&
      setsUp(call, facts),
  );
}

/** The block whose statements are executed one after the other; `null` for what may be executed never, or later. */
function blockOf(call: PyNode): PyNode | null {
  for (let each = call.parent; each; each = each.parent) {
    if (/^(block|module)$/.test(each.kind)) return each;
    if (LATER.test(each.kind)) return null;
  }
  return null;
}

const LATER =
  /^(lambda|.*_comprehension|generator_expression|conditional_expression|boolean_operator)$/;

function isAround(block: PyNode | null, place: PyNode): boolean {
  return block !== null && block.start <= place.start && place.end <= block.end;
}

function setsUp(call: PyNode, facts: Facts): boolean {
  const read = readCall(call);
  if (!read) return false;
  const name = calledName(call) ?? '';
  if (name === 'configure_mappers') return true;
  const isClass = (node: PyNode | null | undefined): boolean =>
    node?.kind === 'identifier' || node?.kind === 'attribute'
      ? facts.mappedClass(node)?.role === 'mapped'
      : false;
  if (ALIASES.has(facts.qualifiedName(read.callee) ?? '') || isClass(read.callee)) return true;
  if (name === 'get' && isClass(read.positional[0])) return true;
  if (/^(execute|scalars?)$/.test(name))
    return read.positional.some(
      (each) =>
        calledName(each) !== null && descendants(each, 'identifier', 'attribute').some(isClass),
    );
  return EXECUTING.test(name) && readMethodCall(call) !== null && isExecuted(call, isClass);
}

const EXECUTING =
  /^(all|count|first|first_or_404|get|get_or_404|one|one_or_404|one_or_none|paginate|scalar)$/;

/** `session.query(User).first()`, `User.query.get(1)`. */
function isExecuted(call: PyNode, isClass: (node: PyNode | null) => boolean): boolean {
  const head = headBehind(call);
  if (head) return readChain(head).terminal?.node === call && isClass(head.selected[0] ?? null);
  for (let each: PyNode | null = call; each; each = each.child('function') ?? each.child('object'))
    if (each.kind === 'attribute' && each.child('attribute')?.text === 'query')
      return isClass(each.child('object'));
  return false;
}

function rootOf(node: PyNode): PyNode {
  let root = node;
  while (root.parent) root = root.parent;
  return root;
}
