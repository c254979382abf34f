// Finds where mapped objects come from: the query, the get() or the constructor, through variables, loops, calls, parameters and relationships.
import { enclosing, type PyNode } from '../../python/tree.ts';
import { readCall, readMethodCall } from '../../python/calls.ts';
import type { Binding } from '../../binder/scope.ts';
import { calledFunction, passedFor } from '../asyncio/called.ts';
import { functionOf } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';
import { appendedTo, appendedToEach } from './appended.ts';
import { attributeOf } from './attribute.ts';
import { displayedValues, mappingBehind, putInto, rowItem, rowsOf } from './mappings.ts';
import { executionOf, resultOf } from './result.ts';
import { functionsAround, isProperty, loadedBy, opened, providerIn } from './executed.ts';
import { crossing, deeper, MAX_DEPTH, searchFrom, type Search } from './search.ts';
import { madeFor } from './made-for.ts';
import { ownerClass, type Origin } from './loaded.ts';
import { returnsOf } from './statement.ts';

/** Where the object of an expression may come from; what is not known is left out. */
export function originsOf(node: PyNode, facts: Facts): readonly Origin[] {
  return objects(node, searchFrom(facts));
}

/** Where the objects that an expression yields may come from. */
export function elementOrigins(node: PyNode, facts: Facts): readonly Origin[] {
  return elements(node, searchFrom(facts));
}

function objects(node: PyNode, search: Search): readonly Origin[] {
  const inner = opened(node);
  if (search.depth > MAX_DEPTH || search.seen.has(inner) || search.budget.left-- <= 0) return [];
  const next = deeper(search, inner);
  switch (inner.kind) {
    case 'identifier':
      return ofName(inner, next, 'object');
    case 'conditional_expression':
      return [inner.named[0], inner.named[2]].flatMap((each) => (each ? objects(each, next) : []));
    case 'boolean_operator':
    case 'named_expression':
      return inner.named.flatMap((each) => objects(each, next));
    case 'attribute':
      return [...ofRow(inner, next), ...ofRelationship(inner, next, false)];
    case 'subscript': {
      const [value, index] = inner.named;
      if (!value || !index || index.kind === 'slice') return [];
      const listed = index.kind === 'string' ? [] : elements(value, next);
      return [...ofRow(inner, next), ...listed, ...values(value, next)];
    }
    case 'call':
      return ofCall(inner, next);
    default:
      return [];
  }
}

/** What is read of a row: `row.User`, `row[0]`. */
function ofRow(node: PyNode, search: Search): readonly Origin[] {
  const found = rowItem(node, search.facts);
  return found ? loadedBy(found.rows, found.index, search) : [];
}

/** Where the values of a dict may come from. */
function values(node: PyNode, search: Search): readonly Origin[] {
  const inner = opened(node);
  if (search.depth > MAX_DEPTH || search.seen.has(inner) || search.budget.left-- <= 0) return [];
  const next = deeper(search, inner);
  if (inner.kind === 'identifier') return ofName(inner, next, 'values');
  if (inner.kind === 'call') return returned(inner, next, values);
  return collected(displayedValues(inner), next);
}

function ofCall(node: PyNode, search: Search): readonly Origin[] {
  const { facts } = search;
  const execution = executionOf(node, facts);
  if (execution?.shape === 'object') {
    const found = loadedBy(execution, 0, search);
    // `self.cache.get(self.key)` looks like one, too.
    if (found.length > 0 || execution.kind !== 'get') return found;
  }
  const method = readMethodCall(node);
  if (method && ONE.has(method.method.text)) {
    const result = resultOf(method.receiver, facts);
    const isScalar = method.method.text.startsWith('scalar');
    if (result && (isScalar || result.shape === 'objects')) return loadedBy(result, 0, search);
    if (result) return [];
  }
  const call = readCall(node);
  const model = call && facts.mappedClass(call.callee);
  if (call && model?.role === 'mapped')
    return [
      {
        kind: 'new',
        facts,
        node,
        session: null,
        entity: model,
        entityNode: call.callee,
        statement: null,
        path: [],
        many: false,
        functions: functionsAround(node),
        frames: [],
      },
    ];
  const [first, ...others] = call?.positional ?? [];
  if (call && first && others.length === 0 && PICKING.has(facts.qualifiedName(call.callee) ?? ''))
    return elements(first, search);
  const mapping = mappingBehind(node);
  const kept = mapping ? values(mapping, search) : [];
  return kept.length > 0 ? kept : returned(node, search, objects);
}

/** Functions that give one of the elements. */
const PICKING: ReadonlySet<string> = new Set(['builtins.next', 'builtins.min', 'builtins.max']);

/** Methods of results that give one item. */
const ONE: ReadonlySet<string> = new Set(
  'scalar_one scalar_one_or_none scalar one one_or_none first fetchone'.split(' '),
);

/** What a function of the project returns. */
function returned(
  node: PyNode,
  search: Search,
  follow: (value: PyNode, search: Search) => readonly Origin[],
): readonly Origin[] {
  const call = readCall(node);
  const called = call && calledFunction(call.callee, search.facts);
  if (!called || search.seen.has(called.definition)) return [];
  const receiver = call.callee.child('object');
  const model = receiver && search.facts.mappedClass(receiver);
  const cls = model?.role === 'mapped' ? model : receiver?.text === 'cls' ? search.cls : null;
  const isOwn = receiver !== null && /^(self|super\(\))$/.test(receiver.text);
  const made = receiver === null ? null : isOwn ? search.made : madeFor(receiver, search.facts);
  const next = deeper(search, called.definition, called.facts, { cls, made });
  return returnsOf(called.definition)
    .flatMap((value) => follow(value, next))
    .map((origin) => ({
      ...crossing(origin, functionOf(node)),
      frames: [
        ...origin.frames,
        {
          definition: called.definition,
          home: called.facts,
          call: node,
          facts: search.facts,
          skipped: called.skipped,
        },
      ],
    }));
}

type Want = 'object' | 'elements' | 'values';

const FOLLOW = { object: objects, elements, values };

function ofName(node: PyNode, search: Search, want: Want): readonly Origin[] {
  const { facts } = search;
  return facts.binding.reaching(node).flatMap((binding) => ofBinding(binding, search, want));
}

function ofBinding(binding: Binding, search: Search, want: Want): readonly Origin[] {
  const { value, path, kind } = binding;
  const follow = FOLLOW[want];
  const [index, ...more] = path;
  if (kind === 'parameter') return ofParameter(binding, search, follow);
  if (!value || more.length > 0 || index === '*') return [];
  if (kind === 'for' || kind === 'comprehension') {
    if (want !== 'object') return collected(appendedToEach(binding, search.facts), search);
    const found =
      index === undefined ? elements(value, search) : ofItem(value, index, search, true);
    return found.map((origin) => ({ ...origin, many: true }));
  }
  if (kind !== 'assignment' && kind !== 'walrus') return [];
  if (index !== undefined)
    return [
      ...(want === 'object' ? ofItem(value, index, search, false) : []),
      ...ofReturnedItem(value, index, search, follow),
    ];
  const appended =
    want === 'elements'
      ? appendedTo(binding, search.facts)
      : want === 'values'
        ? putInto(binding, search.facts)
        : [];
  return [...follow(value, search), ...collected(appended, search)];
}

function collected(values: readonly PyNode[], search: Search): readonly Origin[] {
  return values
    .flatMap((each) => objects(each, search))
    .map((origin) => ({ ...origin, collected: true }));
}

/** `users, count = load(session)` of `return users, count`. */
function ofReturnedItem(
  value: PyNode,
  index: number,
  search: Search,
  follow: (value: PyNode, search: Search) => readonly Origin[],
): readonly Origin[] {
  return returned(opened(value), search, (given, next) => {
    const item = /^(tuple|expression_list)$/.test(given.kind) ? given.named[index] : null;
    return item && item.kind !== 'list_splat' ? follow(item, next) : [];
  });
}

/** `for index, user in enumerate(users)`, `for user, order in result`, `user, order = result.one()`. */
function ofItem(value: PyNode, index: number, search: Search, each: boolean): readonly Origin[] {
  const { facts } = search;
  const inner = opened(value);
  const call = readCall(inner);
  const [first] = call?.positional ?? [];
  if (each && call && first && facts.qualifiedName(call.callee) === 'builtins.enumerate')
    return index === 1 ? elements(first, search) : [];
  const paired = each && call ? call.positional[index] : undefined;
  if (call && paired && facts.qualifiedName(call.callee) === 'builtins.zip')
    return elements(paired, search);
  const method = readMethodCall(inner);
  if (each && method?.method.text === 'items' && index === 1 && method.positional.length === 0)
    return values(method.receiver, search);
  const row = !each && inner.kind === 'identifier' ? rowsOf(inner, facts) : null;
  if (row) return loadedBy(row, index, search);
  const receiver = !each && method && ONE.has(method.method.text) ? method.receiver : inner;
  const result = resultOf(receiver, facts);
  return result?.shape === 'rows' ? loadedBy(result, index, search) : [];
}

function ofParameter(
  binding: Binding,
  search: Search,
  follow: (value: PyNode, search: Search) => readonly Origin[],
): readonly Origin[] {
  const { facts } = search;
  const definition = enclosing(binding.statement, 'function_definition');
  if (!definition) return [];
  const provider = binding.value ? providerIn(binding.value, facts) : null;
  if (provider) {
    const called = calledFunction(provider, facts);
    if (!called || search.seen.has(called.definition)) return [];
    const next = deeper(search, called.definition, called.facts);
    return returnsOf(called.definition)
      .flatMap((value) => follow(value, next))
      .map((origin) => crossing(origin, definition));
  }
  const isSelf = definition.child('parameters')?.named[0] === binding.statement;
  if (isSelf && isProperty(definition)) return ofProperty(definition, search, follow);
  return facts.callersOf(definition).calls.flatMap(({ module, call, skipped }) => {
    const receiver = isSelf && skipped === 1 ? readMethodCall(call)?.receiver : null;
    const argument = receiver ?? passedFor(call, binding.statement, skipped);
    if (!argument) return [];
    return follow(argument, deeper(search, call, facts.in(module))).map((origin) =>
      crossing(crossing(origin, functionOf(call)), definition),
    );
  });
}

/** The objects whose property a function computes. */
function ofProperty(
  definition: PyNode,
  search: Search,
  follow: (value: PyNode, search: Search) => readonly Origin[],
): readonly Origin[] {
  const owner = enclosing(definition, 'class_definition')?.child('name');
  const model = owner ? search.facts.mappedClass(owner) : null;
  if (!model) return [];
  const mentions = search.facts.index.mentions(definition.child('name')?.text ?? '');
  return mentions.slice(0, MAX_MENTIONS).flatMap(({ module, node }) => {
    const attribute = node.kind === 'attribute' ? node : node.parent;
    const object = attribute?.kind === 'attribute' ? attribute.child('object') : null;
    if (!attribute || !object || node === object) return [];
    const next = deeper(search, attribute, search.facts.in(module));
    return follow(object, { ...next, budget: { left: BUDGET_EACH } })
      .filter((origin) => ownerClass(origin, search.facts)?.mro.includes(model.id))
      .map((origin) => crossing(crossing(origin, functionOf(attribute)), definition));
  });
}

/** How many reads of a property are followed, and how far each. */
const MAX_MENTIONS = 120;
const BUDGET_EACH = 40;

function ofRelationship(node: PyNode, search: Search, collection: boolean): readonly Origin[] {
  const owner = node.child('object');
  const name = node.child('attribute')?.text ?? '';
  if (!owner) return [];
  return objects(owner, search).flatMap((origin) => {
    const owner = ownerClass(origin, search.facts);
    const relation = owner && attributeOf(owner, name, search.facts);
    if (relation?.kind !== 'relationship' || relation.uselist !== collection) return [];
    return [{ ...origin, path: [...origin.path, relation] }];
  });
}

function elements(node: PyNode, search: Search): readonly Origin[] {
  const inner = opened(node);
  if (search.depth > MAX_DEPTH || search.seen.has(inner) || search.budget.left-- <= 0) return [];
  const next = deeper(search, inner);
  const { facts } = search;
  switch (inner.kind) {
    case 'identifier':
      return ofName(inner, next, 'elements');
    case 'attribute':
      return ofRelationship(inner, next, true);
    case 'boolean_operator':
      return inner.named.flatMap((each) => elements(each, next));
    case 'list_comprehension':
    case 'set_comprehension':
    case 'generator_expression': {
      const body = inner.child('body');
      return body ? objects(body, next) : [];
    }
    case 'list':
    case 'tuple':
      return inner.named.flatMap((each) => objects(each, next));
    case 'subscript': {
      const [value, index] = inner.named;
      return value && index?.kind === 'slice' ? elements(value, next) : [];
    }
    case 'call':
      break;
    default:
      return [];
  }
  const mapping = readMethodCall(inner);
  if (mapping?.method.text === 'values' && mapping.positional.length === 0) {
    const found = values(mapping.receiver, next);
    if (found.length > 0) return found;
  }
  const result = resultOf(inner, facts);
  if (result) return result.shape === 'objects' ? loadedBy(result, 0, search) : [];
  const call = readCall(inner);
  const [first] = call?.positional ?? [];
  if (call && first && SEQUENCES.has(facts.qualifiedName(call.callee) ?? ''))
    return elements(first, next);
  return returned(inner, next, elements);
}

const SEQUENCES = new Set(
  'list tuple set frozenset sorted reversed iter filter'
    .split(' ')
    .map((each) => `builtins.${each}`),
);
