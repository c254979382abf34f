// What a coroutine of the project does with the session that it is given, and whether what it returns needs that session. It rewrites nothing.
import {
  keyword,
  readCall,
  readMethodCall,
  unparenthesized,
  type MethodCall,
} from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { parameterName } from '../infer/arguments.ts';
import { elementOrigins, originsOf } from '../loads/origin.ts';
import { executionOf, resultOf, type Execution } from '../loads/result.ts';
import { returnsOf, statementsOf } from '../loads/statement.ts';
import { calledFunction, passedFor } from './called.ts';
import { rootName } from './reach.ts';
import { asyncSession, functionOf } from './sessions.ts';

const READS: ReadonlySet<string> = new Set(
  'execute scalar scalars stream stream_scalars exec get get_one'.split(' '),
);
const MAX_DEPTH = 4;

/** Whether all that a function does with the session of a parameter is to send SELECTs; false where that cannot be told. */
export function onlyReads(definition: PyNode, parameter: PyNode, facts: Facts, depth = 0): boolean {
  const name = parameterName(parameter);
  const body = definition.child('body');
  const scope = body && facts.binding.scopeOf(body);
  if (!body || !scope || name === null || depth > MAX_DEPTH) return false;
  if ((scope.bindings.get(name)?.length ?? 0) !== 1 || changesObjects(body, facts)) return false;
  const others = descendants(body, 'attribute').some((node) => {
    const object = node.child('object');
    return object !== null && object.text !== name && asyncSession(object, facts) !== null;
  });
  return (
    !others && facts.binding.references(scope, name).every((use) => isReadBy(use, facts, depth))
  );
}

/** Whether one use of a session sends a SELECT, itself or through a function that it is passed to. */
export function isReadBy(use: PyNode, facts: Facts, depth = 0): boolean {
  const call = use.parent?.kind === 'attribute' ? readMethodCall(use.parent.parent) : null;
  if (call?.receiver === use) return isPlainRead(call, facts);
  const given = use.parent?.kind === 'keyword_argument' ? use.parent : use;
  const outer = given.parent?.kind === 'argument_list' ? readCall(given.parent.parent) : null;
  const called = outer && calledFunction(outer.callee, facts);
  if (!outer || !called) return false;
  const taking = (called.definition.child('parameters')?.named ?? []).filter(
    (each) => passedFor(outer.node, each, called.skipped) === use,
  );
  const [only, ...others] = taking;
  return (
    only !== undefined &&
    others.length === 0 &&
    onlyReads(called.definition, only, called.facts, depth + 1)
  );
}

function isPlainRead(call: MethodCall, facts: Facts): boolean {
  if (!READS.has(call.method.text)) return false;
  const [first] = call.positional;
  if (call.method.text.startsWith('get'))
    return first !== undefined && keyword(call, 'with_for_update') === null;
  const statements = first ? statementsOf(first, facts) : [];
  return (
    statements.length > 0 &&
    statements.every(
      ({ selects, links }) =>
        selects && !links.some(({ method }) => method.text === 'with_for_update'),
    )
  );
}

const COLLECTION = /^(append|add|remove|discard|extend|insert|clear|pop|update)$/;

/** Whether code may change mapped objects: it assigns attributes, or puts things into collections that relationships may be. */
export function changesObjects(body: PyNode, facts: Facts): boolean {
  const targets = [
    ...descendants(body, 'assignment'),
    ...descendants(body, 'augmented_assignment'),
  ].flatMap((each) => attributesIn(each.child('left')));
  if (targets.some((target) => mayBeMapped(target.child('object'), facts))) return true;
  return descendants(body, 'call').some((node) => {
    const call = readCall(node);
    if (call && /(^|\.)(setattr|set_attribute)$/.test(call.callee.text)) return true;
    const method = readMethodCall(node);
    const name =
      method?.receiver.kind === 'attribute' ? method.receiver.child('attribute')?.text : undefined;
    return (
      method !== null &&
      name !== undefined &&
      COLLECTION.test(method.method.text) &&
      facts.models.mayBe(name, 'relationship')
    );
  });
}

function attributesIn(target: PyNode | null): readonly PyNode[] {
  if (!target) return [];
  if (target.kind === 'attribute') return [target];
  return /^(pattern_list|tuple_pattern|list_pattern|tuple|list)$/.test(target.kind)
    ? target.named.flatMap(attributesIn)
    : [];
}

/** Whether the object whose attribute is assigned may be mapped: all are, but those of classes that are known not to be. */
function mayBeMapped(object: PyNode | null, facts: Facts): boolean {
  const value = object && facts.infer(object)?.value;
  return value?.kind !== 'instance' || facts.models.classes.has(value.of);
}

/** Whether what a function returns may hold objects of a session, or what is still to be read through it. */
export function returnsObjects(definition: PyNode, facts: Facts, depth = 0): boolean {
  if (depth > MAX_DEPTH || yields(definition)) return true;
  return returnsOf(definition).some((value) => holdsObjects(value, facts, depth));
}

/** Whether the value of an expression may be, or hold, objects of a session. */
export function holdsObjects(node: PyNode, facts: Facts, depth = 0): boolean {
  const inner = unparenthesized(node);
  const within = (each: PyNode): boolean => holdsObjects(each, facts, depth);
  if (depth > MAX_DEPTH) return true;
  switch (inner.kind) {
    case 'await':
    case 'conditional_expression':
    case 'boolean_operator':
    case 'list':
    case 'tuple':
    case 'set':
    case 'dictionary':
    case 'pair':
    case 'list_splat':
    case 'keyword_argument':
    case 'binary_operator':
    case 'expression_list':
      return inner.named.some(within);
    case 'list_comprehension':
    case 'set_comprehension':
    case 'dictionary_comprehension':
    case 'generator_expression': {
      const body = inner.child('body');
      return inner.kind === 'generator_expression' || !body || within(body);
    }
    case 'identifier':
      return nameHoldsObjects(inner, facts, depth);
    case 'attribute': {
      const name = inner.child('attribute')?.text ?? '';
      return facts.models.mayBe(name, 'relationship') || rootName(inner) === 'self';
    }
    case 'call':
      return callHoldsObjects(inner, facts, depth);
    case 'subscript':
      return inner.named[0] ? within(inner.named[0]) : true;
    default:
      return !PLAIN.has(inner.kind);
  }
}

const PLAIN: ReadonlySet<string> = new Set(
  'string concatenated_string integer float true false none comparison_operator not_operator unary_operator'.split(
    ' ',
  ),
);

function nameHoldsObjects(node: PyNode, facts: Facts, depth: number): boolean {
  if (originsOf(node, facts).length > 0 || elementOrigins(node, facts).length > 0) return true;
  const bindings = facts.binding.reaching(node);
  if (bindings.length === 0) return true;
  return bindings.some(({ kind, value, annotation, scope }) => {
    if (kind === 'parameter') return annotation === null || !isPlainType(annotation, facts);
    if (scope.kind === 'module') return false;
    if (!value || value.start > node.start) return true;
    return kind === 'assignment' || kind === 'walrus' || kind === 'comprehension' || kind === 'for'
      ? holdsObjects(value, facts, depth + 1)
      : true;
  });
}

const PLAIN_TYPES =
  /^(int|str|float|bool|bytes|complex|None|uuid|UUID|datetime|date|time|timedelta|Decimal|decimal|list|tuple|set|dict|frozenset|List|Tuple|Set|Dict|Sequence|Iterable|Optional|Union|Literal|typing|collections|abc)$/;

/** Whether an annotation names nothing but plain values, or classes of the project that are not mapped. */
export function isPlainType(annotation: PyNode, facts: Facts): boolean {
  const names = descendants(annotation, 'identifier');
  return names.every((name) => {
    if (PLAIN_TYPES.test(name.text)) return true;
    const symbol = facts.symbols.symbolOf(facts.module, name);
    return (
      symbol?.kind === 'definition' &&
      symbol.binding.kind === 'class' &&
      !facts.models.classes.has(symbol.id)
    );
  });
}

function callHoldsObjects(node: PyNode, facts: Facts, depth: number): boolean {
  if (originsOf(node, facts).length > 0 || elementOrigins(node, facts).length > 0) return true;
  const call = readCall(node);
  if (!call) return true;
  const method = readMethodCall(node);
  if (method && asyncSession(method.receiver, facts) !== null)
    return method.method.text !== 'scalar' || selectsEntities(executionOf(node, facts));
  const called = calledFunction(call.callee, facts);
  if (called) return returnsObjects(called.definition, called.facts, depth + 1);
  const name = facts.qualifiedName(call.callee) ?? '';
  if (COUNTING.test(name)) return false;
  const given = [...call.positional, ...call.keywords.map(({ value }) => value)];
  const value = facts.infer(call.callee)?.value;
  const isPlainClass =
    (value?.kind === 'class' && !facts.models.classes.has(value.id)) || KEEPING.test(name);
  if (isPlainClass) return given.some((each) => holdsObjects(each, facts, depth));
  const result =
    method && CLOSING.test(method.method.text) ? resultOf(method.receiver, facts) : null;
  return !result || selectsEntities(result);
}

const COUNTING = /^builtins\.(len|str|int|float|bool|sum|any|all|repr|format|bytes|range)$/;
const KEEPING = /^builtins\.(list|tuple|set|dict|sorted)$/;
/** The methods of results that read all rows; what the others give is read later. */
const CLOSING = /^(all|first|one|one_or_none|scalar|scalar_one|scalar_one_or_none|fetchall)$/;

function selectsEntities(execution: Execution | null): boolean {
  if (execution?.kind !== 'select') return true;
  return execution.statements.some(({ head, facts: home }) =>
    head.positional.some((each) => !isColumn(each, home)),
  );
}

/** `User.name`, `func.count(…)`: neither an entity, a bundle nor a variable that may hold one. */
function isColumn(node: PyNode, facts: Facts): boolean {
  if (node.kind === 'attribute') {
    const owner = node.child('object');
    const model = owner && facts.mappedClass(owner);
    const name = node.child('attribute')?.text ?? '';
    return model?.attributes.get(name)?.kind === 'column';
  }
  const call = readCall(node);
  return (
    call !== null && (call.callee.text.startsWith('func.') || call.callee.text.includes('.func.'))
  );
}

/** Whether a function is a coroutine function, no generator. */
export function isCoroutine(definition: PyNode): boolean {
  return definition.token('async') !== null && !yields(definition);
}

function yields(definition: PyNode): boolean {
  return descendants(definition, 'yield').some((each) => functionOf(each) === definition);
}
